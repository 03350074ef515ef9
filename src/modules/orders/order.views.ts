import { z } from 'zod';
import { yuanOf } from '../../common/money/money';
import { formatShanghaiTime } from '../../common/time/shanghai';
import type { PayParams } from '../../platforms/wechat-pay/payment-provider';
import { SKU_TYPES } from '../skus/sku-types';
import { ORDER_STATUS, ORDER_STATUS_LABELS } from './order-status';
import type { Order } from './order.schema';
import { REFUND_STATUS_LABELS, REFUND_STATUSES, type RefundRecord } from './refund.schema';

const orderNo = z.string().meta({ description: '订单号', example: 'CV202601101520151234' });
const amount = z.number().meta({ description: '金额（元）', example: 3.99 });
const status = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .meta({ description: '1 待支付，2 已支付，3 已取消，4 已退款', example: 2 });

const payParams = z.strictObject({
  timeStamp: z.string().meta({ example: '1700000000' }),
  nonceStr: z.string().meta({ example: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS' }),
  package: z.string().meta({ example: 'prepay_id=wx201410272009395522657a690389285100' }),
  signType: z.literal('RSA'),
  paySign: z.string().meta({ example: 'ZzZq8zKxZJw9Qk...' }),
});

/** What a buyer gets: the order, and what `wx.requestPayment` is called with. */
export const placedOrder = z.strictObject({
  order_id: z.int().meta({ example: 90001 }),
  order_no: orderNo,
  amount,
  pay_params: payParams,
});
export type PlacedOrder = z.infer<typeof placedOrder>;

export function toPlaced(order: Order, params: PayParams): PlacedOrder {
  return {
    order_id: order._id,
    order_no: order.orderNo,
    amount: yuanOf(order.amount),
    pay_params: params,
  };
}

export const orderStatusView = z.strictObject({
  order_no: orderNo,
  status,
  amount,
  paid_at: z.string().meta({ description: '支付时间，未支付为空', example: '2026-01-10 15:21:03.000' }),
});
export type OrderStatusView = z.infer<typeof orderStatusView>;

export function toStatus(order: Order): OrderStatusView {
  return {
    order_no: order.orderNo,
    status: order.status,
    amount: yuanOf(order.amount),
    paid_at: formatShanghaiTime(order.paidAt),
  };
}

const instant = z.iso.datetime().nullable();
const refundStatus = z.enum(REFUND_STATUSES).meta({
  description: Object.entries(REFUND_STATUS_LABELS)
    .map(([code, label]) => `${code} ${label}`)
    .join('，'),
  example: 'processing',
});

/** One order in an administrator's list. */
export const adminOrder = z.strictObject({
  id: z.string().meta({ example: '90001' }),
  orderNo,
  type: z.enum(SKU_TYPES).meta({ description: 'top 置顶，refresh 刷新，voucher 联系券', example: 'voucher' }),
  skuCode: z.string().meta({ example: 'voucher_1' }),
  title: z.string().meta({ example: '联系券 1 张' }),
  amount,
  status,
  statusText: z.string().meta({ example: '已支付' }),
  memberId: z.int().meta({ example: 298 }),
  jobId: z.int().nullable().meta({ example: null }),
  topHour: z.int().nullable().meta({ example: null }),
  contactVoucherNum: z.int().nullable().meta({ example: 1 }),
  transactionId: z
    .string()
    .nullable()
    .meta({ description: '微信支付订单号', example: '4200001234202601101234567890' }),
  refund: z
    .strictObject({
      refundNo: z.string().meta({ example: 'CV202601101520151234R1' }),
      status: refundStatus,
      amount,
    })
    .nullable(),
  createdAt: z.iso.datetime(),
  paidAt: instant,
  fulfilledAt: instant.meta({ description: '权益发放时间' }),
  cancelledAt: instant,
  disputedAt: instant.meta({
    description:
      '收到与订单不符的支付（金额或付款人不同）的时间，处理后为空；请在微信支付商户平台退款，再查看订单详情',
    example: null,
  }),
  expiresAt: z.iso.datetime().meta({ description: '在此之前可以支付' }),
});
export type AdminOrder = z.infer<typeof adminOrder>;

export function toAdminOrder(order: Order): AdminOrder {
  const { refund } = order;
  return {
    id: String(order._id),
    orderNo: order.orderNo,
    type: order.type,
    skuCode: order.skuCode,
    title: order.title,
    amount: yuanOf(order.amount),
    status: order.status,
    statusText: ORDER_STATUS_LABELS[order.status],
    memberId: order.memberId,
    jobId: order.jobId ?? null,
    topHour: order.topHour ?? null,
    contactVoucherNum: order.voucherNum ?? null,
    transactionId: order.transactionId ?? null,
    refund: refund ? { ...refund, amount: yuanOf(refund.amount) } : null,
    createdAt: order.createdAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    fulfilledAt: order.fulfilledAt?.toISOString() ?? null,
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    disputedAt: order.disputedAt?.toISOString() ?? null,
    expiresAt: order.expiresAt.toISOString(),
  };
}

export const LIST_FIELDS = { events: 0, claim: 0, openid: 0, prepayId: 0 } as const;

const adminRefund = z.strictObject({
  refundNo: z.string().meta({ example: 'CV202601101520151234R1' }),
  amount,
  reason: z.string().meta({ example: '误购' }),
  source: z
    .enum(['admin', 'late-payment', 'not-deliverable'])
    .meta({ description: 'admin 管理员退款，late-payment 取消后到账，not-deliverable 无法发放' }),
  status: refundStatus,
  refundId: z.string().nullable().meta({ description: '微信支付退款单号', example: null }),
  vouchersTakenBack: z.int().meta({ description: '收回的联系券', example: 1 }),
  topHoursTakenBack: z.number().meta({ description: '收回的置顶小时数', example: 0 }),
  lastError: z.string().nullable().meta({ description: '微信支付最近一次拒绝的原因', example: null }),
  requestedBy: z.string().nullable().meta({ description: '退款的管理员', example: null }),
  requestedByName: z.string().meta({ example: '王敏' }),
  createdAt: z.iso.datetime(),
  acceptedAt: instant.meta({ description: '微信支付受理时间' }),
  succeededAt: instant.meta({ description: '退款成功时间' }),
});

/** One order with its whole story. */
export const adminOrderDetail = adminOrder.extend({
  refunds: z.array(adminRefund),
  events: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      what: z.string().meta({ example: 'pay' }),
      by: z
        .string()
        .meta({ description: 'notice 通知，query 查询，watch 巡查，或员工编号', example: 'notice' }),
    }),
  ),
});

export function toAdminDetail(order: Order, refunds: RefundRecord[]): z.infer<typeof adminOrderDetail> {
  return {
    ...toAdminOrder(order),
    refunds: refunds.map(toAdminRefund),
    events: order.events.map(({ at, what, by }) => ({ at: at.toISOString(), what, by })),
  };
}

function toAdminRefund(refund: RefundRecord): z.infer<typeof adminRefund> {
  return {
    refundNo: refund._id,
    amount: yuanOf(refund.amount),
    reason: refund.reason,
    source: refund.source,
    status: refund.status,
    refundId: refund.refundId ?? null,
    vouchersTakenBack: refund.takenBack.vouchers ?? 0,
    topHoursTakenBack: refund.takenBack.topHours ?? 0,
    lastError: refund.lastError ?? null,
    requestedBy: refund.requestedBy,
    requestedByName: refund.requestedByName,
    createdAt: refund.createdAt.toISOString(),
    acceptedAt: refund.acceptedAt?.toISOString() ?? null,
    succeededAt: refund.succeededAt?.toISOString() ?? null,
  };
}

/** Whether money is here that can be given back: of a paid order, or one that was paid after it had been cancelled. */
export function isRefundable({ status, transactionId }: Order): boolean {
  return status === ORDER_STATUS.paid || (status === ORDER_STATUS.cancelled && transactionId !== undefined);
}
