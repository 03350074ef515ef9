import { Schema } from 'mongoose';

export const RECONCILIATION = 'Reconciliation';
export const DIFFERENCE = 'ReconciliationDifference';

export const RECONCILIATION_STATUSES = ['running', 'done', 'failed'] as const;
export type ReconciliationStatus = (typeof RECONCILIATION_STATUSES)[number];

/** How many, and how much in fen. */
export interface Sum {
  count: number;
  amount: number;
}

/** A day's bill, held against what is recorded here; run again, it is replaced by the newer truth. */
export interface Reconciliation {
  /** the Shanghai day, YYYY-MM-DD */
  _id: string;
  status: ReconciliationStatus;
  /** who runs it must be done by then, or another one may */
  leaseUntil: Date;
  /** how often it has been run; the present one's number */
  runs: number;
  startedBy: string;
  startedAt: Date;
  finishedAt?: Date;
  /** hex SHA-1 of the bill; '' where the day had no trade */
  billHash?: string;
  theirs?: { payments: Sum; refunds: Sum };
  ours?: { payments: Sum; refunds: Sum };
  /** those that are not resolved */
  differences?: number;
  /** when what it has found was alarmed, and what was missed booked; the service does so, whoever has run it */
  settledAt?: Date;
  error?: string;
}

/** By the day alone, which _id holds: one day, or the newest first. */
export const reconciliationSchema = new Schema<Reconciliation>(
  { _id: String, status: { type: String, required: true } },
  { collection: 'reconciliations', versionKey: false, strict: false },
);

export const DIFFERENCE_KINDS = [
  'payment-missing-here',
  'payment-missing-there',
  'payment-amount',
  'payment-state',
  'payment-number',
  'payment-day',
  'payment-twice',
  'refund-missing-here',
  'refund-missing-there',
  'refund-amount',
  'refund-state',
  'refund-twice',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const DIFFERENCE_LABELS: Record<DifferenceKind, string> = {
  'payment-missing-here': '账单中有支付，本系统没有订单',
  'payment-missing-there': '本系统已支付，账单中没有',
  'payment-amount': '支付金额不一致',
  'payment-state': '账单中已支付，本系统未入账',
  'payment-number': '微信支付订单号不一致',
  'payment-day': '支付日期不一致',
  'payment-twice': '同一笔支付在账单中出现多次',
  'refund-missing-here': '账单中有退款，本系统没有退款单',
  'refund-missing-there': '本系统有退款，账单中没有',
  'refund-amount': '退款金额不一致',
  'refund-state': '退款状态不一致',
  'refund-twice': '同一笔退款在账单中出现多次',
};

/** One difference. Found again by a later run it is the same one; not found any more, it is resolved. */
export interface Difference {
  /** day, kind, and number of order or refund; of lines that stand in the bill more than twice, which of them too */
  _id: string;
  day: string;
  kind: DifferenceKind;
  orderNo: string;
  refundNo: string | null;
  /** in words or numbers, as it stands here and there; null where there is nothing */
  ours: string | null;
  theirs: string | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** the run that has seen it last */
  run: number;
  /** when somebody was called because of it */
  alarmedAt?: Date;
  resolvedAt?: Date;
}

export const differenceSchema = new Schema<Difference>(
  { _id: String, day: { type: String, required: true }, kind: String, run: Number },
  { collection: 'reconciliation_differences', versionKey: false, strict: false },
)
  // GET /api/admin/reconciliations/:date; a run resolves what it has not seen; what is to be alarmed and booked
  .index({ day: 1, firstSeenAt: 1, _id: 1 });
