import { Injectable } from '@nestjs/common';
import type { ClientSession, mongo } from 'mongoose';
import { type Collection, InjectCollection } from '../../database/collections';
import { ORDER, type Order } from './order.schema';
import { ORDER_STATUS, type OrderStatus, type OrderStatusName } from './order-status';

/**
 * Every way that an order can go. There is no other one: what is not in this table cannot be written.
 *
 * | from | to | because |
 * |---|---|---|
 * | pending | paid | WeChat Pay says that it is paid: by a notice, or asked |
 * | pending | cancelled | it is closed at WeChat Pay, so that it cannot be paid any more |
 * | pending | refunded | WeChat Pay says that it was paid and given back, by somebody else than this service |
 * | paid | refunded | WeChat Pay says that a refund of ours has succeeded |
 * | cancelled | refunded | a payment arrived all the same, and has been given back |
 */
export const TRANSITIONS = {
  pay: { from: 'pending', to: 'paid' },
  cancel: { from: 'pending', to: 'cancelled' },
  findRefunded: { from: 'pending', to: 'refunded' },
  refund: { from: 'paid', to: 'refunded' },
  refundLate: { from: 'cancelled', to: 'refunded' },
} as const satisfies Record<string, { from: OrderStatusName; to: OrderStatusName }>;
export type Transition = keyof typeof TRANSITIONS;

/** The transition of a refund that has succeeded, by where the order is. */
export function refundTransition(status: OrderStatus): Transition | null {
  if (status === ORDER_STATUS.paid) return 'refund';
  return status === ORDER_STATUS.cancelled ? 'refundLate' : null;
}

interface Move {
  by: string;
  /** further fields that change with the status */
  set?: Partial<Order>;
  session?: ClientSession;
}

/** The one place that changes an order's status: one atomic update, from the one status that it may come from. */
@Injectable()
export class OrderStates {
  constructor(@InjectCollection(ORDER) private readonly orders: Collection<Order>) {}

  /** The order as it is afterwards; null where it is not in the status that this leads from. */
  move(id: number, transition: Transition, { by, set = {}, session }: Move): Promise<Order | null> {
    const { from, to } = TRANSITIONS[transition];
    const now = new Date();
    const changes: mongo.UpdateFilter<Order> = {
      $set: { ...set, status: ORDER_STATUS[to], nextCheckAt: null, updatedAt: now },
      // however it has come to this, there is nothing left to see to
      $unset: { disputedAt: '' },
      $push: { events: { at: now, what: transition, by } },
    };
    return this.orders.findOneAndUpdate({ _id: id, status: ORDER_STATUS[from] }, changes, {
      session,
      returnDocument: 'after',
    });
  }

  /**
   * Notes that a payment has come which is not the order's. It stays as it is until a person has given the money back;
   * WeChat Pay would say the same of it each time, so the watch leaves it alone.
   * @returns false where that has been noted already
   */
  async dispute(id: number, by: string): Promise<boolean> {
    const now = new Date();
    const { modifiedCount } = await this.orders.updateOne(
      { _id: id, disputedAt: { $exists: false } },
      {
        $set: { disputedAt: now, nextCheckAt: null, updatedAt: now },
        $push: { events: { at: now, what: 'dispute', by } },
      },
    );
    return modifiedCount === 1;
  }
}
