import { formatShanghaiDay } from '../../common/time/shanghai';
import { yuanText } from '../../common/money/money';
import type { BillLine } from '../../platforms/wechat-pay/payment-provider';
import { ORDER_STATUS_LABELS } from '../orders/order-status';
import type { Order } from '../orders/order.schema';
import { REFUND_STATUS_LABELS, type RefundRecord, type RefundStatus } from '../orders/refund.schema';
import type { DifferenceKind } from './reconciliation.schema';

/** What one line, or one record without a line, has come to. */
export interface Found {
  kind: DifferenceKind;
  orderNo: string;
  refundNo: string | null;
  ours: string | null;
  theirs: string | null;
  /** of a number that the bill has more than once: which line of it this is, from 2 */
  occurrence?: number;
}

type PaymentLine = Extract<BillLine, { kind: 'payment' }>;
type RefundLine = Extract<BillLine, { kind: 'refund' }>;
export type ComparedOrder = Pick<Order, 'orderNo' | 'amount' | 'status' | 'transactionId' | 'paidAt'>;
export type ComparedRefund = Pick<RefundRecord, '_id' | 'orderNo' | 'amount' | 'status' | 'acceptedAt'>;

/** A payment of the bill against the order of its number; everything in which they differ. */
export function comparePayment(day: string, line: PaymentLine, order: ComparedOrder | undefined): Found[] {
  const { orderNo, amount, status, transactionId } = line;
  const found = (kind: DifferenceKind, ours: string | null, theirs: string | null): Found => ({
    kind,
    orderNo,
    refundNo: null,
    ours,
    theirs,
  });
  if (!order) return [found('payment-missing-here', null, `${yuanText(amount)} ${status}`)];
  // an order that was cancelled and paid all the same has its payment, too
  const isBooked = order.transactionId !== undefined && order.paidAt !== undefined;
  const differences: Found[] = [];
  if (order.amount !== amount)
    differences.push(found('payment-amount', yuanText(order.amount), yuanText(amount)));
  if (!isBooked || status !== 'SUCCESS')
    differences.push(found('payment-state', ORDER_STATUS_LABELS[order.status], status));
  if (isBooked && order.transactionId !== transactionId)
    differences.push(found('payment-number', order.transactionId ?? null, transactionId));
  if (order.paidAt && formatShanghaiDay(order.paidAt) !== day)
    differences.push(found('payment-day', formatShanghaiDay(order.paidAt), day));
  return differences;
}

/** What a refund here may have come to by now, for what the bill says of it. */
const FITTING: Record<string, readonly RefundStatus[]> = {
  SUCCESS: ['success'],
  PROCESSING: ['processing', 'success', 'abnormal', 'closed'],
  CHANGE: ['abnormal', 'success'],
  FAIL: ['closed'],
};

export function compareRefund(line: RefundLine, refund: ComparedRefund | undefined): Found[] {
  const { orderNo, refundNo, amount, status } = line;
  const found = (kind: DifferenceKind, ours: string | null, theirs: string | null): Found => ({
    kind,
    orderNo,
    refundNo,
    ours,
    theirs,
  });
  if (!refund || refund.orderNo !== orderNo)
    return [found('refund-missing-here', null, `${yuanText(amount)} ${status}`)];
  const differences: Found[] = [];
  if (refund.amount !== amount)
    differences.push(found('refund-amount', yuanText(refund.amount), yuanText(amount)));
  if (!FITTING[status]?.includes(refund.status))
    differences.push(found('refund-state', REFUND_STATUS_LABELS[refund.status], status));
  return differences;
}

/** A line whose number has been in the bill already; the first was compared, and there is nothing else that this could be. */
export function repeatedLine(line: BillLine, occurrence: number): Found {
  const { kind, orderNo, transactionId, amount, status } = line;
  return {
    kind: `${kind}-twice`,
    orderNo,
    refundNo: kind === 'refund' ? line.refundNo : null,
    ours: null,
    theirs: `${yuanText(amount)} ${status} ${kind === 'refund' ? line.refundId : transactionId}`,
    occurrence,
  };
}

export function missingPayment({ orderNo, amount, status }: ComparedOrder): Found {
  const ours = `${yuanText(amount)} ${ORDER_STATUS_LABELS[status]}`;
  return { kind: 'payment-missing-there', orderNo, refundNo: null, ours, theirs: null };
}

export function missingRefund({ _id, orderNo, amount, status }: ComparedRefund): Found {
  const ours = `${yuanText(amount)} ${REFUND_STATUS_LABELS[status]}`;
  return { kind: 'refund-missing-there', orderNo, refundNo: _id, ours, theirs: null };
}
