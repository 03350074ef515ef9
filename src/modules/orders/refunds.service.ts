import { Injectable } from '@nestjs/common';
import type { ClientSession, mongo } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { oldestKept } from '../../common/idempotency/idempotency.schema';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import type { Refund } from '../../platforms/wechat-pay/payment-provider';
import { PaymentAlarms } from '../payments/payment-alarms';
import { Benefits } from './benefits';
import { OrderStates, refundTransition } from './order-states';
import { afterTurn, nextRefundCheck } from './order-watch-times';
import { ORDER, type Order } from './order.schema';
import { isAskedForByMaker, type NewRefund, newRefund, summaryOf } from './refund-making';
import { REFUND, type RefundRecord } from './refund.schema';

/** A refund that WeChat Pay has not taken on by then is not only waiting for its next turn. */
const STUCK_AFTER_MS = 3_600_000;

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

  /** Whoever asks for refunds that nobody waits for is told of new ones here, once they are committed. */
  onAdded(started: AfterRefund): void {
    this.started = started;
  }

  find(refundNo: string): Promise<RefundRecord | null> {
    return this.refunds.findOne<RefundRecord>({ _id: refundNo });
  }

  ofOrder(orderId: number): Promise<RefundRecord[]> {
    return this.refunds.find<RefundRecord>({ orderId }).sort({ createdAt: 1 }).toArray();
  }

  /** The refund of an order that an earlier attempt of that request has made. */
  async madeBefore(
    orderId: number,
    claim: string | undefined,
    session: ClientSession,
  ): Promise<RefundRecord | null> {
    if (claim === undefined) return null;
    return this.refunds.findOne<RefundRecord>(
      { orderId, claim, createdAt: { $gt: oldestKept() } },
      { session },
    );
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
    if (!isAskedForByMaker(record)) this.transactions.afterCommit(session, () => this.started(record._id));
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
        $set: { nextCheckAt: afterTurn(refund, now, needsPeople) },
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

  /**
   * Notes why WeChat Pay has not taken it on yet, for administrators to see. What they must mend, or what has not worked
   * out for long, calls somebody, once.
   */
  async noteFailure(record: RefundRecord, lastError: string, needsPeople: boolean): Promise<void> {
    const now = new Date();
    const isLate = now.getTime() - record.createdAt.getTime() > STUCK_AFTER_MS;
    const isNews = (needsPeople || isLate) && record.stuckAt === undefined;
    if (isNews) this.alarms.raise('refund-stuck', { refundNo: record._id, why: lastError });
    const later = needsPeople ? { nextCheckAt: nextRefundCheck({ attempts: 0, needsPeople }, now) } : {};
    await this.refunds.updateOne(
      { _id: record._id, status: 'requested' },
      { $set: { lastError, updatedAt: now, ...later, ...(isNews ? { stuckAt: now } : {}) } },
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
    if (!after) return this.complete(record, facts, by, session);
    await this.show(after, session);
    const order = await this.orders.findOne<Order>({ _id: record.orderId }, { session });
    const transition = order && refundTransition(order.status);
    if (transition) await this.states.move(record.orderId, transition, { by, session });
  }

  /** It is over already. One that is closed here has given back what it had taken: that somebody must decide about. */
  private async complete(
    { _id }: RefundRecord,
    { acceptedAt }: Partial<RefundRecord>,
    by: string,
    session: ClientSession,
  ): Promise<void> {
    const record = await this.refunds.findOne<RefundRecord>({ _id }, { session });
    if (record?.status === 'closed')
      this.transactions.afterCommit(session, () =>
        this.alarms.raise('refund-against-books', { refundNo: _id, by }),
      );
    else if (record && acceptedAt)
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

function refuseSecond(error: unknown): never {
  if (!duplicateKeyFields(error)) throw error;
  throw new AppError('CONFLICT', { message: '该订单已经退款或正在退款' });
}
