import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { oldestKept } from '../../common/idempotency/idempotency.schema';
import { theString } from '../../database/partial-indexes';
import { Sequences } from '../../database/sequences';
import { Transactions } from '../../database/transactions';
import type { Sku } from '../skus/sku.schema';
import { newOrderNo } from './order-numbers';
import { ORDER_STATUS } from './order-status';
import { nextOrderCheck } from './order-watch-times';
import { ORDER, ORDER_INDEXES, type Order } from './order.schema';

/** An order can be paid for two hours, as long as a prepay_id is good. */
const PAYABLE_MS = 2 * 3_600_000;
/** An order that has less time left is not given out again. */
const TOO_LATE_MS = 5 * 60_000;
const MOST_TRIES = 20;
/**
 * Of one member, at a time: WeChat Pay is asked about each a dozen times until it is paid or over, whoever makes them.
 * A buyer who tries this and that has a handful.
 */
const MOST_PENDING = 20;
/** An order that is older has long been over, or waits for a person. */
const PENDING_MS = 24 * 3_600_000;

export interface NewOrder {
  memberId: number;
  openid: string;
  sku: Sku;
  jobId?: number;
  claim?: string;
}

/** Orders, as they are written and found. */
@Injectable()
export class OrdersStore {
  constructor(
    @InjectCollection(ORDER) private readonly orders: Collection<Order>,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
  ) {}

  find(orderNo: string, session?: ClientSession): Promise<Order | null> {
    return this.orders.findOne<Order>({ orderNo }, { session });
  }

  findById(id: number, session?: ClientSession): Promise<Order | null> {
    return this.orders.findOne<Order>({ _id: id }, { session });
  }

  /**
   * A new order; or the one that an earlier attempt of the same request has made, while it can still be paid.
   * Four digits by chance are soon given twice, so a number that is taken is drawn again.
   * @throws {AppError} RATE_LIMITED for a member who has as many to pay as there may be
   */
  async make(wanted: NewOrder): Promise<Order> {
    const id = await this.sequences.next('order');
    for (let tries = 1; ; tries += 1) {
      const order = newOrder(id, wanted);
      try {
        await this.transactions.run({}, (session) => this.add(order, session));
        return order;
      } catch (error) {
        const fields = duplicateKeyFields(error);
        if (!fields || tries === MOST_TRIES) throw error;
        const made = fields.includes('claim') ? await this.madeBefore(wanted.claim) : null;
        if (made) return made;
      }
    }
  }

  private async add(order: Order, session: ClientSession): Promise<void> {
    const { memberId } = order;
    const name = `orders-of:${memberId}`;
    await this.transactions.inTurn(name, session);
    // a member's orders are made one after another, so of two at once the second counts the first
    await this.sequences.contend(name, session);
    const pending = await this.orders
      .find<Pick<Order, 'expiresAt'>>(
        {
          memberId,
          status: ORDER_STATUS.pending,
          createdAt: { $gt: new Date(Date.now() - PENDING_MS) },
        },
        { session, projection: { expiresAt: 1 }, hint: ORDER_INDEXES.ofMember },
      )
      .sort({ createdAt: 1, _id: 1 })
      .limit(MOST_PENDING)
      .toArray();
    if (pending.length === MOST_PENDING) throw tooManyPending(pending[0]?.expiresAt ?? new Date());
    await this.orders.insertOne(order, { session, ignoreUndefined: true });
  }

  async update(id: number, set: Partial<Order>, session?: ClientSession): Promise<void> {
    await this.orders.updateOne({ _id: id }, { $set: { ...set, updatedAt: new Date() } }, { session });
  }

  /** Takes a turn at asking WeChat Pay for a buyer, who may not do so more often than this. */
  async takeTurnToAsk(order: Order, pauseMs: number): Promise<boolean> {
    const now = Date.now();
    const { modifiedCount } = await this.orders.updateOne(
      {
        _id: order._id,
        $or: [{ askedAt: { $exists: false } }, { askedAt: { $lte: new Date(now - pauseMs) } }],
      },
      { $set: { askedAt: new Date(now) } },
    );
    return modifiedCount === 1;
  }

  /** Orders whose turn it is, each taken for this process: the next turn is set before anything is asked. */
  async takeDue(most: number): Promise<Order[]> {
    const now = new Date();
    const due = await this.orders
      .find<Order>({ nextCheckAt: { $lte: now, $type: 'date' } })
      .sort({ nextCheckAt: 1 })
      .limit(most)
      .toArray();
    const taken = await Promise.all(
      due.map((order) =>
        this.orders.findOneAndUpdate(
          { _id: order._id, status: ORDER_STATUS.pending, nextCheckAt: order.nextCheckAt },
          { $set: { nextCheckAt: nextOrderCheck(order, now) }, $inc: { checks: 1 } },
          { returnDocument: 'after' },
        ),
      ),
    );
    return taken.filter((order) => order !== null);
  }

  /** The order that an earlier attempt of that request has made, unless it is over: then the request makes another one. */
  async madeBefore(claim: string | undefined): Promise<Order | null> {
    if (claim === undefined) return null;
    const order = await this.orders.findOne<Order>({ claim: theString(claim) });
    if (!order) return null;
    const left = order.expiresAt.getTime() - Date.now();
    // a key is good for a day; the same one later is another request
    const isOld = order.createdAt <= oldestKept();
    if (order.status === ORDER_STATUS.paid && !isOld) return order;
    if (order.status === ORDER_STATUS.pending && left > TOO_LATE_MS) return order;
    await this.orders.updateOne({ _id: order._id, claim }, { $unset: { claim: '' } });
    return null;
  }
}

/** @param firstEndsAt when the oldest of them is over */
function tooManyPending(firstEndsAt: Date): AppError {
  return new AppError('RATE_LIMITED', {
    message: `您有 ${MOST_PENDING} 笔订单待支付，请先支付，或等它们过期后再下单`,
    retryAfter: Math.max(60, Math.ceil((firstEndsAt.getTime() - Date.now()) / 1000)),
  });
}

function newOrder(id: number, { memberId, openid, sku, jobId, claim }: NewOrder): Order {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + PAYABLE_MS);
  return {
    _id: id,
    orderNo: newOrderNo(sku.type, now),
    memberId,
    openid,
    type: sku.type,
    skuCode: sku._id,
    title: sku.title,
    amount: sku.price,
    jobId,
    topHour: sku.topHour,
    voucherNum: sku.voucherNum,
    status: ORDER_STATUS.pending,
    claim,
    expiresAt,
    refundCount: 0,
    nextCheckAt: nextOrderCheck({ checks: 0, expiresAt }, now),
    checks: 1,
    events: [{ at: now, what: 'create', by: `member:${memberId}` }],
    createdAt: now,
    updatedAt: now,
  };
}
