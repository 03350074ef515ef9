import { Schema } from 'mongoose';
import type { SkuType } from '../skus/sku-types';
import type { OrderStatus } from './order-status';
import type { RefundStatus } from './refund.schema';

export const ORDER = 'Order';

/** Something that happened to an order, for whoever looks into it. */
export interface OrderEvent {
  at: Date;
  what: string;
  /** notice, query, watch, or a member of staff */
  by: string;
}

export interface Order {
  /** order_id, from a sequence */
  _id: number;
  /** TOP, CV or REF, yyyyMMddHHmmss in Shanghai, four digits; WeChat Pay's out_trade_no */
  orderNo: string;
  memberId: number;
  /** who pays, in the mini-program; the payment must be theirs */
  openid: string;
  type: SkuType;
  skuCode: string;
  title: string;
  /** fen, as the price list had it when the order was made */
  amount: number;
  /** what is topped or refreshed */
  jobId?: number;
  topHour?: number;
  voucherNum?: number;
  status: OrderStatus;
  /** names the request that made it, so that the next attempt of the same request finds it */
  claim?: string;
  prepayId?: string;
  /** cannot be paid after this */
  expiresAt: Date;
  transactionId?: string;
  /** when the payer paid, as WeChat Pay says */
  paidAt?: Date;
  /** when what was paid for was given */
  fulfilledAt?: Date;
  cancelledAt?: Date;
  /** a payment has come that is not the order's; until somebody has given it back, nothing is given for it or asked about it */
  disputedAt?: Date;
  /** the latest refund, in short; its whole story is in `refunds` */
  refund?: { refundNo: string; status: RefundStatus; amount: number };
  refundCount: number;
  /** while it can be paid: when WeChat Pay is next asked about it */
  nextCheckAt: Date | null;
  checks: number;
  /** when a buyer's own asking last reached WeChat Pay */
  askedAt?: Date;
  events: OrderEvent[];
  createdAt: Date;
  updatedAt: Date;
}

/** Behind the sort key of each list index: filters that are compared within the index. */
const FILTERS = { status: 1, type: 1, 'refund.status': 1 } as const;
export const ORDER_INDEXES = { all: 'all_orders', ofMember: 'orders_of_member' } as const;

export const orderSchema = new Schema<Order>(
  {
    _id: Number,
    orderNo: { type: String, required: true },
    memberId: { type: Number, required: true },
    amount: { type: Number, required: true },
    status: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
    paidAt: Date,
    nextCheckAt: { type: Date, default: null },
  },
  { collection: 'orders', versionKey: false, strict: false, timestamps: true },
)
  // notices, POST /order/status; no number twice
  .index({ orderNo: 1 }, { unique: true })
  // the next attempt of a request whose first one died; one order a request
  .index({ claim: 1 }, { unique: true, partialFilterExpression: { claim: { $type: 'string' } } })
  // a payment counts for one order
  .index(
    { transactionId: 1 },
    { unique: true, partialFilterExpression: { transactionId: { $type: 'string' } } },
  )
  // the watch: whose turn it is to be asked about; only orders that can still be paid are in it
  .index({ nextCheckAt: 1 }, { partialFilterExpression: { nextCheckAt: { $type: 'date' } } })
  // reconciliation: what was paid on a day
  .index({ paidAt: 1 }, { partialFilterExpression: { paidAt: { $type: 'date' } } })
  // GET /api/admin/orders
  .index({ createdAt: -1, _id: -1, ...FILTERS }, { name: ORDER_INDEXES.all })
  // GET /api/admin/orders?memberId; what a member who orders has to pay already
  .index({ memberId: 1, createdAt: -1, _id: -1, ...FILTERS }, { name: ORDER_INDEXES.ofMember });
