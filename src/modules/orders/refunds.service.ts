import { Injectable } from '@nestjs/common';
import type { ClientSession, mongo } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import type { Refund } from '../../platforms/wechat-pay/payment-provider';
import { PaymentAlarms } from '../payments/payment-alarms';
import { Benefits } from './benefits';
import { OrderStates, refundTransition } from './order-states';
import { nextRefundCheck } from './order-watch-times';
import { ORDER, type Order } from './order.schema';
import { REFUND, type RefundRecord, type RefundSource, type TakenBack } from './refund.schema';

export interface NewRefund {
  source: RefundSource;
  reason: string;
  /** fen */
  amount: number;
  takenBack: TakenBack;
  requestedBy?: { id: string; name: string };
}

type AfterRefund = (refundNo: string) => Promise<void>;

/**
 * Money on its way back. A refund is written in the transaction that is its reason, together with what it takes back;
 * asked for at WeChat Pay afterwards, under a number that WeChat Pay knows again; and ended by what WeChat Pay says.
 */
@Injectable()
export class Refunds {
  private started: AfterRefund = async () => undefined;

  constructor(
    @InjectCollection(REFUND) private readonly refunds: Collection<RefundRecord>,
    @InjectCollection(ORDER) private readonly orders: Collection<Order>,
    private readonly states: OrderStates,
    private readonly benefits: Benefits,
    private readonly transactions: Transactions,
    private readonly alarms: PaymentAlarms,
  ) {}

  /** Whoever asks for refunds at WeChat Pay is told of new ones here, once they are committed. */
  onAdded(started: AfterRefund): void {
    this.started = started;
  }

  find(refundNo: string): Promise<RefundRecord | null> {
    return this.refunds.findOne<RefundRecord>({ _id: refundNo });
  }

  ofOrder(orderId: number): Promise<RefundRecord[]> {
    return this.refunds.find<RefundRecord>({ orderId }).sort({ createdAt: 1 }).toArray();
  }

  /** @throws {AppError} CONFLICT where one is under way already, or has been given */
  async add(order: Order, refund: NewRefund, session: ClientSession): Promise<RefundRecord> {
    const record = newRefund(order, refund);
    await this.refunds
      .insertOne(record, { session, ignoreUndefined: true })
      .catch((error: unknown) => refuseSecond(error));
    await this.orders.updateOne(
      { _id: order._id },
      {
        $set: { refund: summaryOf(record), updatedAt: record.createdAt },
        $inc: { refundCount: 1 },
        $push: {
          events: {
            at: record.createdAt,
            what: 'requestRefund',
            by: refund.requestedBy?.id ?? refund.source,
          },
        },
      },
      { session },
    );
    this.transactions.afterCommit(session, () => this.started(record._id));
    return record;
  }

  /** Takes a refund's turn for this process: its next one is set before WeChat Pay is asked. null: not its turn, or over */
  async take(refundNo: string, now = new Date()): Promise<RefundRecord | null> {
    const refund = await this.find(refundNo);
    if (!refund?.nextCheckAt || refund.nextCheckAt > now) return null;
    const needsPeople = refund.status === 'abnormal';
    return this.refunds.findOneAndUpdate(
      { _id: refundNo, nextCheckAt: refund.nextCheckAt },
      {
        $set: { nextCheckAt: nextRefundCheck({ attempts: refund.attempts + 2, needsPeople }, now) },
        $inc: { attempts: 1 },
      },
      { returnDocument: 'after' },
    );
  }

  async due(most: number): Promise<string[]> {
    const found = await this.refunds
      .find({ nextCheckAt: { $lte: new Date(), $type: 'date' } }, { projection: { _id: 1 } })
      .sort({ nextCheckAt: 1 })
      .limit(most)
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** Notes why WeChat Pay has not taken it on yet, for administrators to see. */
  async noteFailure(refundNo: string, lastError: string, needsPeople: boolean): Promise<void> {
    const now = new Date();
    const later = needsPeople ? { nextCheckAt: nextRefundCheck({ attempts: 0, needsPeople }, now) } : {};
    await this.refunds.updateOne(
      { _id: refundNo, status: 'requested' },
      { $set: { lastError, updatedAt: now, ...later } },
    );
  }

  /**
   * What WeChat Pay says of a refund, by whatever way and however often.
   * @throws {AppError} NOT_FOUND for none of ours, INVALID_PARAMS for other amounts than ours
   */
  async apply(said: Refund, by: string): Promise<void> {
    const record = await this.find(said.refundNo);
    if (!record || record.orderNo !== said.orderNo) {
      this.alarms.raise('unknown-refund', { refundNo: said.refundNo, orderNo: said.orderNo, by });
      throw new AppError('NOT_FOUND', { message: '退款单不存在' });
    }
    if (record.amount !== said.amount || record.total !== said.total) {
      this.alarms.raise('refund-differs', { refundNo: record._id, expected: record.amount, by });
      throw new AppError('INVALID_PARAMS', { message: '退款金额与退款单不符' });
    }
    await this.transactions.run({}, (session) => this.write(record, said, by, session));
  }

  /** WeChat Pay will never give it: what was taken back for it is given again. */
  async giveUp(record: RefundRecord, lastError: string): Promise<void> {
    this.alarms.raise('refund-refused', { refundNo: record._id, why: lastError });
    await this.transactions.run({}, (session) => this.close(record, { lastError }, 'refusal', session));
  }

  private async write(record: RefundRecord, said: Refund, by: string, session: ClientSession): Promise<void> {
    const facts = {
      refundId: said.refundId,
      ...(said.createdAt ? { acceptedAt: said.createdAt } : {}),
    };
    switch (said.status) {
      case 'processing':
        return this.note(record, ['requested'], { ...facts, status: 'processing' }, session);
      case 'abnormal':
        await this.note(record, ['requested', 'processing'], { ...facts, status: 'abnormal' }, session, () =>
          this.alarms.raise('refund-abnormal', { refundNo: record._id }),
        );
        return;
      case 'closed':
        await this.close(record, facts, by, session);
        return;
      case 'success':
        await this.succeed(record, { ...facts, succeededAt: said.succeededAt ?? new Date() }, by, session);
    }
  }

  private async note(
    record: RefundRecord,
    from: RefundRecord['status'][],
    set: Partial<RefundRecord>,
    session: ClientSession,
    then?: () => void,
  ): Promise<void> {
    const after = await this.change(record, from, { $set: set }, session);
    if (!after) return;
    await this.show(after, session);
    if (then) this.transactions.afterCommit(session, then);
  }

  private async succeed(
    record: RefundRecord,
    facts: Partial<RefundRecord>,
    by: string,
    session: ClientSession,
  ): Promise<void> {
    // a notice does not say when it was taken on, which its line in the bill goes by: that is asked once more
    const isKnown = (facts.acceptedAt ?? record.acceptedAt) !== undefined;
    const set = { ...facts, status: 'success' as const, nextCheckAt: isKnown ? null : new Date() };
    const open: RefundRecord['status'][] = ['requested', 'processing', 'abnormal'];
    const after = await this.change(record, open, { $set: set, $unset: { lastError: '' } }, session);
    if (!after) return this.complete(record, facts, session);
    await this.show(after, session);
    const order = await this.orders.findOne<Order>({ _id: record.orderId }, { session });
    const transition = order && refundTransition(order.status);
    if (transition) await this.states.move(record.orderId, transition, { by, session });
  }

  private async complete(
    record: RefundRecord,
    { acceptedAt }: Partial<RefundRecord>,
    session: ClientSession,
  ): Promise<void> {
    if (acceptedAt)
      await this.change(record, ['success'], { $set: { acceptedAt, nextCheckAt: null } }, session);
  }

  private async close(
    record: RefundRecord,
    facts: Partial<RefundRecord>,
    by: string,
    session: ClientSession,
  ): Promise<void> {
    const set = { ...facts, status: 'closed' as const, nextCheckAt: null };
    const open: RefundRecord['status'][] = ['requested', 'processing', 'abnormal'];
    const after = await this.change(record, open, { $set: set, $unset: { active: '' } }, session);
    if (!after) return;
    await this.show(after, session);
    const order = await this.orders.findOne<Order>({ _id: record.orderId }, { session });
    if (order && record.source === 'admin')
      await this.benefits.of(order).restore(order, record.takenBack, session);
    this.transactions.afterCommit(session, () =>
      this.alarms.raise('refund-closed', { refundNo: record._id, by }),
    );
  }

  private change(
    { _id }: RefundRecord,
    from: RefundRecord['status'][],
    update: { $set: Partial<RefundRecord>; $unset?: mongo.UpdateFilter<RefundRecord>['$unset'] },
    session: ClientSession,
  ): Promise<RefundRecord | null> {
    return this.refunds.findOneAndUpdate(
      { _id, status: { $in: from } },
      { ...update, $set: { ...update.$set, updatedAt: new Date() } },
      { session, returnDocument: 'after' },
    );
  }

  private async show(refund: RefundRecord, session: ClientSession): Promise<void> {
    await this.orders.updateOne(
      { _id: refund.orderId, 'refund.refundNo': refund._id },
      { $set: { 'refund.status': refund.status, updatedAt: refund.updatedAt } },
      { session },
    );
  }
}

const summaryOf = ({ _id, status, amount }: RefundRecord): Order['refund'] => ({
  refundNo: _id,
  status,
  amount,
});

function newRefund(order: Order, refund: NewRefund): RefundRecord {
  const now = new Date();
  return {
    _id: `${order.orderNo}R${order.refundCount + 1}`,
    orderId: order._id,
    orderNo: order.orderNo,
    memberId: order.memberId,
    amount: refund.amount,
    total: order.amount,
    reason: refund.reason,
    source: refund.source,
    status: 'requested',
    active: true,
    takenBack: refund.takenBack,
    nextCheckAt: now,
    attempts: 0,
    requestedBy: refund.requestedBy?.id ?? null,
    requestedByName: refund.requestedBy?.name ?? '',
    createdAt: now,
    updatedAt: now,
  };
}

function refuseSecond(error: unknown): never {
  if (!duplicateKeyFields(error)) throw error;
  throw new AppError('CONFLICT', { message: '该订单已经退款或正在退款' });
}
