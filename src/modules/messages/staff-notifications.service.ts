import { Injectable } from '@nestjs/common';
import type { ClientSession, Types } from 'mongoose';
import { formatShanghaiMinute } from '../../common/time/shanghai';
import { Settings } from '../../config/settings';
import { messageData } from '../../platforms/wechat/message-data';
import type { User } from '../users/user.schema';
import { UsersService } from '../users/users.service';
import { MessageQueue } from './message-queue.service';
import { Subscriptions } from './subscriptions.service';

export interface Notice {
  /** what has happened, 20 characters */
  text: string;
  /** of the person it is about */
  name: string;
  phone?: string;
  /** of the mini-program, to open from the message */
  page: string;
}

/** Tells members of staff what concerns them, by the way that they can be reached. */
@Injectable()
export class StaffNotifications {
  constructor(
    private readonly queue: MessageQueue,
    private readonly subscriptions: Subscriptions,
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  /** By subscribe message; false for somebody who has not subscribed. */
  async bySubscription(
    recipientId: Types.ObjectId,
    notice: Notice,
    session: ClientSession,
  ): Promise<boolean> {
    const recipient = await this.users.findInTransaction(recipientId.toHexString(), session);
    return recipient !== null && this.toMiniProgram(recipient, notice, session);
  }

  /** By subscribe message, else by the official account; false for somebody who is out of reach. */
  async byAnyWay(recipientId: Types.ObjectId, notice: Notice, session: ClientSession): Promise<boolean> {
    const recipient = await this.users.findInTransaction(recipientId.toHexString(), session);
    if (!recipient) return false;
    return (
      (await this.toMiniProgram(recipient, notice, session)) ||
      (await this.toOfficialAccount(recipient, notice, session))
    );
  }

  /** To the WeChat that the account is bound to now: a consent given through another one is nobody's here any more. */
  private async toMiniProgram(recipient: User, notice: Notice, session: ClientSession): Promise<boolean> {
    const { _id: recipientId, openid: touser } = recipient;
    const subscription = touser && (await this.subscriptions.current(recipientId, touser, session));
    if (!subscription) return false;
    const { templateId } = subscription;
    await this.queue.add(
      { channel: 'subscribe', recipientId, touser, templateId, ...content(notice) },
      session,
    );
    return true;
  }

  private async toOfficialAccount(recipient: User, notice: Notice, session: ClientSession): Promise<boolean> {
    const { _id: recipientId, officialOpenid: touser } = recipient;
    const templateId = this.settings.env.WECHAT_MP_TEMPLATE_ID;
    if (!touser || !templateId) return false;
    await this.queue.add(
      { channel: 'template', recipientId, touser, templateId, ...content(notice) },
      session,
    );
    return true;
  }
}

function content({ text, name, phone, page }: Notice) {
  const data = messageData({
    thing1: text,
    time2: formatShanghaiMinute(new Date()),
    thing3: phone ?? '未提供',
    thing7: name,
  });
  return { data, page };
}
