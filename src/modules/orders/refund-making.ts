import { afterTurn } from './order-watch-times';
import type { Order } from './order.schema';
import type { RefundRecord, RefundSource, TakenBack } from './refund.schema';

export interface NewRefund {
  source: RefundSource;
  reason: string;
  /** fen */
  amount: number;
  takenBack: TakenBack;
  requestedBy?: { id: string; name: string };
  claim?: string;
}

/** What its order says of it. */
export const summaryOf = ({ _id, status, amount }: RefundRecord): Order['refund'] => ({
  refundNo: _id,
  status,
  amount,
});

/**
 * Whether whoever makes it asks for it, too, as an administrator's request does; for what the service gives back by itself
 * there is a job. Nobody else takes its first turn, then: the answer would be told before the refund is asked for.
 */
export const isAskedForByMaker = ({ source }: { source: RefundSource }): boolean => source === 'admin';

/** A refund of what has been paid for an order, to be asked for at once. */
export function newRefund(order: Order, refund: NewRefund): RefundRecord {
  const now = new Date();
  const firstTurn = isAskedForByMaker(refund)
    ? { nextCheckAt: afterTurn({ attempts: 0 }, now), attempts: 1 }
    : { nextCheckAt: now, attempts: 0 };
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
    claim: refund.claim,
    ...firstTurn,
    requestedBy: refund.requestedBy?.id ?? null,
    requestedByName: refund.requestedBy?.name ?? '',
    createdAt: now,
    updatedAt: now,
  };
}
