import { Schema } from 'mongoose';

export const REFUND = 'Refund';

export const REFUND_STATUSES = ['requested', 'processing', 'success', 'abnormal', 'closed'] as const;
/**
 * requested: to be asked for at WeChat Pay · processing: it has taken it on · success: the money is back ·
 * abnormal: it could not be handed to the buyer, a person must see to it at WeChat Pay · closed: it will not be given back
 */
export type RefundStatus = (typeof REFUND_STATUSES)[number];

export const REFUND_STATUS_LABELS: Record<RefundStatus, string> = {
  requested: '待提交',
  processing: '退款中',
  success: '已退款',
  abnormal: '退款异常',
  closed: '退款关闭',
};

/** Why money goes back: an administrator says so; it came too late; what was paid for cannot be given any more. */
export type RefundSource = 'admin' | 'late-payment' | 'not-deliverable';

/** What was taken back of what had been given, so that it can be given again. */
export interface TakenBack {
  vouchers?: number;
  topHours?: number;
}

export interface RefundRecord {
  /** the order's number, R, and which of its refunds this is; WeChat Pay's out_refund_no */
  _id: string;
  orderId: number;
  orderNo: string;
  memberId: number;
  /** fen */
  amount: number;
  /** fen, of the whole order */
  total: number;
  reason: string;
  source: RefundSource;
  status: RefundStatus;
  /** unless it is closed: an order has one such refund at most */
  active?: true;
  takenBack: TakenBack;
  refundId?: string;
  /** when WeChat Pay took it on, as it says */
  acceptedAt?: Date;
  succeededAt?: Date;
  /** while it is under way: when it is next seen to */
  nextCheckAt: Date | null;
  attempts: number;
  lastError?: string;
  /** when somebody was called because WeChat Pay does not take it on */
  stuckAt?: Date;
  /** names the request that made it, so that the next attempt of the same request finds it */
  claim?: string;
  /** the administrator's id; null for the service itself */
  requestedBy: string | null;
  requestedByName: string;
  createdAt: Date;
  updatedAt: Date;
}

export const refundSchema = new Schema<RefundRecord>(
  {
    _id: String,
    orderId: { type: Number, required: true },
    amount: { type: Number, required: true },
    status: { type: String, required: true },
    nextCheckAt: { type: Date, default: null },
  },
  { collection: 'refunds', versionKey: false, strict: false, timestamps: true },
)
  // an order is not refunded twice
  .index({ orderId: 1 }, { unique: true, partialFilterExpression: { active: true }, name: 'one_active' })
  // GET /api/admin/orders/:id; an order has a few at most, among which the next attempt of a request looks for its own
  .index({ orderId: 1, createdAt: 1 })
  // the watch: which is to be asked for, or asked about
  .index({ nextCheckAt: 1 }, { partialFilterExpression: { nextCheckAt: { $type: 'date' } } })
  // reconciliation: what was taken on on a day
  .index({ acceptedAt: 1 }, { partialFilterExpression: { acceptedAt: { $type: 'date' } } });
