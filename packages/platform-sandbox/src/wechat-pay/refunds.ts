import { randomInt } from 'node:crypto';
import { integer, nested, noticeAddress, text } from './fields';
import { refusal } from './refusals';
import { rfc3339 } from './shanghai';
import type { Trade, Trades } from './trades';

export const REFUND_RESULTS = ['SUCCESS', 'ABNORMAL', 'CLOSED'] as const;
export type RefundResult = (typeof REFUND_RESULTS)[number];

export interface Refund {
  outRefundNo: string;
  outTradeNo: string;
  refundId: string;
  transactionId: string;
  reason: string;
  refund: number;
  total: number;
  notifyUrl: string | undefined;
  status: RefundResult | 'PROCESSING';
  createdAt: Date;
  succeededAt?: Date;
}

const OUT_REFUND_NO = /^[0-9A-Za-z_\-|*@]{1,64}$/;

/** Money on its way back: taken on at once, and decided upon by `refund-result`. */
export class Refunds {
  private readonly refunds = new Map<string, Refund>();

  constructor(private readonly trades: Trades) {}

  /** Asked again under the same number, the same refund. */
  ask(body: Record<string, unknown>): Refund {
    const outRefundNo = text(body['out_refund_no'], '/out_refund_no', { pattern: OUT_REFUND_NO, max: 64 });
    const trade = this.trades.find(text(body['out_trade_no'], '/out_trade_no', { max: 32 }));
    const amount = nested(body['amount']);
    const refund = integer(amount['refund'], '/amount/refund', 1, trade.total);
    if (amount['currency'] !== 'CNY') throw refusal('PARAM_ERROR', '货币类型错误');
    if (amount['total'] !== trade.total)
      throw refusal('INVALID_REQUEST', '订单金额或退款金额与之前请求不一致');
    const known = this.refunds.get(outRefundNo);
    if (known) {
      if (known.outTradeNo !== trade.outTradeNo || known.refund !== refund)
        throw refusal('INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试');
      return known;
    }
    this.requireRest(trade, refund);
    const made = this.read(body, trade, outRefundNo, refund);
    this.refunds.set(outRefundNo, made);
    trade.state = 'REFUND';
    return made;
  }

  /** @throws Refusal RESOURCE_NOT_EXISTS */
  find(outRefundNo: string): Refund {
    const refund = this.refunds.get(outRefundNo);
    if (!refund) throw refusal('RESOURCE_NOT_EXISTS', '退款单不存在');
    return refund;
  }

  /** What becomes of it; an abnormal one may still succeed, when somebody has seen to it. */
  decide(outRefundNo: string, status: RefundResult): Refund {
    const refund = this.find(outRefundNo);
    const open = refund.status === 'PROCESSING' || (refund.status === 'ABNORMAL' && status === 'SUCCESS');
    if (!open) throw refusal('INVALID_REQUEST', `退款单已经是 ${refund.status}`);
    refund.status = status;
    if (status === 'SUCCESS') refund.succeededAt = this.trades.now();
    if (status === 'CLOSED' && this.restOf(this.trades.find(refund.outTradeNo)) === refund.total)
      this.trades.find(refund.outTradeNo).state = 'SUCCESS';
    return refund;
  }

  list(): Refund[] {
    return [...this.refunds.values()];
  }

  reset(): void {
    this.refunds.clear();
  }

  /** A refund as it is answered. */
  described(refund: Refund): Record<string, unknown> {
    return {
      refund_id: refund.refundId,
      out_refund_no: refund.outRefundNo,
      transaction_id: refund.transactionId,
      out_trade_no: refund.outTradeNo,
      channel: 'ORIGINAL',
      user_received_account: '支付用户零钱',
      create_time: rfc3339(refund.createdAt),
      ...(refund.succeededAt ? { success_time: rfc3339(refund.succeededAt) } : {}),
      status: refund.status,
      funds_account: 'AVAILABLE',
      amount: {
        total: refund.total,
        refund: refund.refund,
        payer_total: refund.total,
        payer_refund: refund.refund,
        settlement_refund: refund.refund,
        settlement_total: refund.total,
        discount_refund: 0,
        currency: 'CNY',
      },
    };
  }

  private requireRest(trade: Trade, refund: number): void {
    if (!trade.transactionId) throw refusal('INVALID_REQUEST', '订单未支付');
    const rest = this.restOf(trade);
    if (rest === 0) throw refusal('INVALID_REQUEST', '订单已全额退款');
    if (refund > rest) throw refusal('INVALID_REQUEST', '退款金额大于可退金额');
  }

  private restOf(trade: Trade): number {
    return this.list()
      .filter(({ outTradeNo, status }) => outTradeNo === trade.outTradeNo && status !== 'CLOSED')
      .reduce((rest, { refund }) => rest - refund, trade.total);
  }

  private read(body: Record<string, unknown>, trade: Trade, outRefundNo: string, refund: number): Refund {
    const { reason, notify_url: notifyUrl } = body;
    return {
      outRefundNo,
      outTradeNo: trade.outTradeNo,
      refundId: `50300${randomInt(1e9, 1e10)}${Date.now()}`,
      transactionId: trade.transactionId ?? '',
      reason: reason === undefined ? '' : text(reason, '/reason', { max: 80 }),
      refund,
      total: trade.total,
      notifyUrl: notifyUrl === undefined ? undefined : noticeAddress(notifyUrl, '/notify_url'),
      status: 'PROCESSING',
      createdAt: this.trades.now(),
    };
  }
}
