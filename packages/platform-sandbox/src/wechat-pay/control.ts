import type { FastifyInstance } from 'fastify';
import { ControlError } from '../control/control-error';
import { Refusal } from '../platform/platform';
import { type Delivered, type DeliveryOrder, type NoticeOrder, type Notices, TAMPERINGS } from './notices';
import { REFUND_RESULTS, type Refund, type RefundResult, type Refunds } from './refunds';
import { rfc3339 } from './shanghai';
import { type Trade, TRADE_STATES, type Trades, type TradeState } from './trades';

export interface PayRecords {
  merchantId: string;
  trades: Trades;
  refunds: Refunds;
  notices: Notices;
  renewCertificate(): Promise<string>;
  settings(): Record<string, string>;
}

const number = { type: 'string', minLength: 1, maxLength: 64 };
const DELIVERY = {
  // 0: the notice is lost
  times: { type: 'integer', minimum: 0, maximum: 50, default: 1 },
  delayMs: { type: 'integer', minimum: 0, maximum: 600_000, default: 0 },
  atOnce: { type: 'boolean', default: false },
  tamper: { enum: TAMPERINGS },
};
const orderOf = (required: string[], properties: object) => ({
  schema: { body: { type: 'object', additionalProperties: false, required, properties } },
});
const PAY = orderOf(['out_trade_no'], { out_trade_no: number, force: { type: 'boolean' }, ...DELIVERY });
const NOTICE = orderOf([], { out_trade_no: number, out_refund_no: number, ...DELIVERY });
const STATE = orderOf(['out_trade_no', 'state'], { out_trade_no: number, state: { enum: TRADE_STATES } });
const REFUND_RESULT = orderOf(['out_refund_no'], {
  out_refund_no: number,
  status: { enum: REFUND_RESULTS, default: 'SUCCESS' },
  ...DELIVERY,
});

interface PayOrder extends DeliveryOrder {
  out_trade_no: string;
  /** even where it is closed: a payment that was already on its way */
  force?: boolean;
}

interface Repetition extends DeliveryOrder {
  out_trade_no?: string;
  out_refund_no?: string;
}

/** The payers' side of WeChat Pay, and its own. */
export function payControl(app: FastifyInstance, records: PayRecords): void {
  app.post<{ Body: PayOrder }>('/pay', PAY, ({ body }) => pay(records, body));
  app.post<{ Body: Repetition }>('/notice', NOTICE, ({ body }) => repeat(records, body));
  app.post<{ Body: { out_trade_no: string; state: TradeState } }>('/trade-state', STATE, ({ body }) => {
    const trade = told(() => records.trades.find(body.out_trade_no));
    trade.state = body.state;
    return shownTrade(trade);
  });
  app.post<{ Body: DeliveryOrder & { out_refund_no: string; status: RefundResult } }>(
    '/refund-result',
    REFUND_RESULT,
    ({ body }) => {
      const refund = told(() => records.refunds.decide(body.out_refund_no, body.status));
      return records.notices.deliver(refundNotice(records, refund), body);
    },
  );
  app.post('/renew-certificate', async () => ({ serialNo: await records.renewCertificate() }));
  app.get('/trades', () => records.trades.list().map(shownTrade));
  app.get('/refunds', () => records.refunds.list().map(shownRefund));
  app.get('/wechat-pay-settings', () => records.settings());
}

function pay(records: PayRecords, { out_trade_no, force, ...delivery }: PayOrder): Promise<Delivered> {
  const trade = told(() => {
    const { trades } = records;
    if (force) trades.find(out_trade_no).state = 'NOTPAY';
    return trades.pay(out_trade_no, { evenExpired: force === true });
  });
  return records.notices.deliver(paymentNotice(records, trade), delivery);
}

/** Posts what has been posted, or was lost, once more. */
function repeat(records: PayRecords, { out_trade_no, out_refund_no, ...delivery }: Repetition) {
  if (out_refund_no !== undefined) {
    const refund = told(() => records.refunds.find(out_refund_no));
    if (refund.status === 'PROCESSING') throw new ControlError(409, 'nothing to tell of it yet');
    return records.notices.deliver(refundNotice(records, refund), delivery);
  }
  const trade = told(() => records.trades.find(out_trade_no ?? ''));
  if (!trade.paidAt) throw new ControlError(409, 'nothing to tell of it yet');
  return records.notices.deliver(paymentNotice(records, trade), delivery);
}

function paymentNotice({ trades }: PayRecords, trade: Trade): NoticeOrder {
  return {
    eventType: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    originalType: 'transaction',
    // a notice tells of the payment, whatever has become of it since
    content: trades.described({ ...trade, state: 'SUCCESS' }),
    notifyUrl: trade.notifyUrl,
  };
}

const SUMMARIES = { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭' };

function refundNotice({ merchantId }: PayRecords, refund: Refund): NoticeOrder {
  const status = refund.status as RefundResult;
  if (!refund.notifyUrl) throw new ControlError(409, 'a refund without a notify_url');
  return {
    eventType: `REFUND.${status}`,
    summary: SUMMARIES[status],
    originalType: 'refund',
    content: {
      mchid: merchantId,
      out_trade_no: refund.outTradeNo,
      transaction_id: refund.transactionId,
      out_refund_no: refund.outRefundNo,
      refund_id: refund.refundId,
      refund_status: status,
      ...(refund.succeededAt ? { success_time: rfc3339(refund.succeededAt) } : {}),
      user_received_account: '支付用户零钱',
      amount: {
        total: refund.total,
        refund: refund.refund,
        payer_total: refund.total,
        payer_refund: refund.refund,
      },
    },
    notifyUrl: refund.notifyUrl,
  };
}

/** What WeChat Pay would refuse is a mistake of whoever gives the order. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ControlError(
      error.status === 404 ? 404 : 409,
      `${error.errcode}: ${String(error.body['message'])}`,
    );
  }
}

function shownTrade(trade: Trade): object {
  const { outTradeNo, description, total, openid, state, createdAt, expiresAt, paidAt } = trade;
  return {
    out_trade_no: outTradeNo,
    description,
    total,
    openid,
    state,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    paidAt: paidAt?.toISOString() ?? null,
  };
}

function shownRefund({ outRefundNo, outTradeNo, refund, reason, status, createdAt }: Refund): object {
  return {
    out_refund_no: outRefundNo,
    out_trade_no: outTradeNo,
    refund,
    reason,
    status,
    createdAt: createdAt.toISOString(),
  };
}
