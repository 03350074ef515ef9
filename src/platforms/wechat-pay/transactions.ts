import { z } from 'zod';
import { UpstreamFailure } from '../upstream/upstream-failure';
import type { Payment, PaymentState, Refund } from './payment-provider';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** A transaction, as a query answers it and as a notice carries it. */
export const transactionAnswer = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string().optional(),
  trade_state: z.string(),
  success_time: instant.optional(),
  // an empty object, as long as nobody has paid
  payer: z.object({ openid: z.string().optional() }).optional(),
  amount: z.object({ total: z.int(), currency: z.string().default('CNY') }).optional(),
});
type Transaction = z.infer<typeof transactionAnswer>;

/** A refund, as it is answered to being asked for and to a query. */
export const refundAnswer = z.object({
  refund_id: z.string().min(1),
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  status: z.enum(['SUCCESS', 'CLOSED', 'PROCESSING', 'ABNORMAL']),
  create_time: instant.optional(),
  success_time: instant.nullish(),
  amount: z.object({ total: z.int(), refund: z.int() }),
});

/** What a notice of a refund carries; its words differ from the answers'. */
export const refundNotice = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1),
  refund_status: z.enum(['SUCCESS', 'CLOSED', 'ABNORMAL']),
  success_time: instant.nullish(),
  amount: z.object({ total: z.int(), refund: z.int() }),
});

interface Owner {
  appId: string;
  merchantId: string;
}

/** @throws {UpstreamFailure} for the transaction of another order or another merchant, or one that lacks what it must have */
export function stateOf(transaction: Transaction, orderNo: string, owner: Owner): PaymentState {
  const { appid, mchid, out_trade_no } = transaction;
  if (appid !== owner.appId || mchid !== owner.merchantId || out_trade_no !== orderNo)
    throw malformed('another transaction than the one asked for');
  switch (transaction.trade_state) {
    case 'SUCCESS':
      return { kind: 'paid', payment: paymentOf(transaction) };
    case 'REFUND':
      return { kind: 'refunded', payment: paymentOf(transaction) };
    case 'NOTPAY':
    case 'PAYERROR':
      return { kind: 'unpaid' };
    case 'USERPAYING':
    case 'ACCEPT':
      return { kind: 'paying' };
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'closed' };
    default:
      throw malformed(`trade_state ${transaction.trade_state}`);
  }
}

function paymentOf({ transaction_id, success_time, amount, payer }: Transaction): Payment {
  if (!transaction_id || !success_time || !amount || !payer?.openid)
    throw malformed('a payment that lacks a part');
  return {
    transactionId: transaction_id,
    paidAt: success_time,
    amount: amount.total,
    currency: amount.currency,
    openid: payer.openid,
  };
}

export function refundOf(answer: z.infer<typeof refundAnswer>): Refund {
  return {
    orderNo: answer.out_trade_no,
    refundNo: answer.out_refund_no,
    refundId: answer.refund_id,
    status: answer.status.toLowerCase() as Refund['status'],
    amount: answer.amount.refund,
    total: answer.amount.total,
    ...(answer.create_time ? { createdAt: answer.create_time } : {}),
    ...(answer.success_time ? { succeededAt: answer.success_time } : {}),
  };
}

export function refundOfNotice(notice: z.infer<typeof refundNotice>): Refund {
  return {
    orderNo: notice.out_trade_no,
    refundNo: notice.out_refund_no,
    refundId: notice.refund_id,
    status: notice.refund_status.toLowerCase() as Refund['status'],
    amount: notice.amount.refund,
    total: notice.amount.total,
    ...(notice.success_time ? { succeededAt: notice.success_time } : {}),
  };
}

function malformed(why: string): UpstreamFailure {
  return new UpstreamFailure('wechat-pay', 'malformed', new Error(why));
}
