import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError, invalidField } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { UsersService } from '../users/users.service';
import type { SubscribeDto, SubscriptionView } from './messages.dto';
import type { OutgoingMessage } from './outgoing-message.schema';
import { SUBSCRIPTION, type Subscription } from './subscription.schema';

/** Who wants to be told through the mini-program, and by which template. */
@Injectable()
export class Subscriptions {
  constructor(
    @InjectCollection(SUBSCRIPTION) private readonly subscriptions: Collection<Subscription>,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {AppError} FORBIDDEN for somebody else's account; INVALID_PARAMS for an openid that is not the account's */
  async save(input: SubscribeDto, caller: StaffCaller): Promise<SubscriptionView> {
    const { principal } = caller;
    if (input.advisorId !== principal.id && principal.role !== 'admin') throw new AppError('FORBIDDEN');
    return this.transactions.run(caller, async (session) => {
      const advisor = await this.users.findInTransaction(input.advisorId, session);
      if (!advisor?.active) throw invalidField('advisorId', '顾问不存在或已停用');
      if (advisor.openid !== input.openid)
        throw invalidField('openid', '与该员工绑定的微信不符，请先登录小程序');
      return toView(await this.upsert(input, session));
    });
  }

  /** The consent that this WeChat gave last and that still stands, if there is one. */
  current(advisorId: Types.ObjectId, openid: string, session: ClientSession): Promise<Subscription | null> {
    return this.subscriptions.findOne<Subscription>(
      { advisorId, subscribed: true, openid },
      { session, sort: { subscribeTime: -1 } },
    );
  }

  /** WeChat says that a message was not authorised: unless consented to again since, the next goes another way. */
  async usedUp({ recipientId, templateId, createdAt }: OutgoingMessage): Promise<void> {
    await this.subscriptions.updateOne(
      { advisorId: recipientId, templateId, subscribeTime: { $lte: createdAt } },
      { $set: { subscribed: false } },
    );
  }

  private async upsert(input: SubscribeDto, session: ClientSession): Promise<Subscription> {
    const { advisorId, templateId, openid, subscribed, subscribeData } = input;
    const saved = await this.subscriptions
      .findOneAndUpdate(
        { advisorId: new Types.ObjectId(advisorId), templateId },
        {
          $set: {
            openid,
            subscribed,
            subscribeTime: new Date(),
            ...(subscribeData ? { subscribeData } : {}),
          },
        },
        { session, upsert: true, returnDocument: 'after' },
      )
      .catch((error: unknown) => runAgainOnDuplicate(error));
    if (!saved) throw new Error('an upsert gave nothing back');
    return saved;
  }
}

function toView(subscription: Subscription): SubscriptionView {
  const id = subscription._id.toHexString();
  return {
    _id: id,
    id,
    advisorId: subscription.advisorId.toHexString(),
    openid: subscription.openid,
    templateId: subscription.templateId,
    subscribed: subscription.subscribed,
    subscribeTime: subscription.subscribeTime.toISOString(),
  };
}
