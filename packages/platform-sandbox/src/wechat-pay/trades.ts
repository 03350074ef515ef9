import { randomBytes, randomInt } from 'node:crypto';
import { integer, nested, noticeAddress, text } from './fields';
import { refusal } from './refusals';
import { daysBefore, rfc3339 } from './shanghai';

export const TRADE_STATES = [
  'NOTPAY',
  'USERPAYING',
  'PAYERROR',
  'SUCCESS',
  'CLOSED',
  'REVOKED',
  'REFUND',
] as const;
export type TradeState = (typeof TRADE_STATES)[number];

export interface Trade {
  outTradeNo: string;
  description: string;
  /** fen */
  total: number;
  openid: string;
  notifyUrl: string;
  state: TradeState;
  prepayId: string;
  createdAt: Date;
  /** after this it cannot be paid */
  expiresAt: Date;
  transactionId?: string;
  paidAt?: Date;
}

interface Owner {
  merchantId: string;
  appId(): string;
}

const OUT_TRADE_NO = /^[0-9A-Za-z_\-|*]{6,32}$/;
const PREPAY_MS = 2 * 3_600_000;
const LARGEST_TOTAL = 100_000_000;
const OPENID = /^o_[A-Za-z0-9_-]{1,64}$/;
const UNPAID: readonly TradeState[] = ['NOTPAY', 'USERPAYING', 'PAYERROR'];

/** Orders that merchants have made, by their own numbers. */
export class Trades {
  private readonly trades = new Map<string, Trade>();
  /** how many days ago everything happens, so that there is something in yesterday's bill */
  daysAgo = 0;

  constructor(private readonly owner: Owner) {}

  /** An order's prepay_id; asked again with the same content, the same. */
  prepare(body: Record<string, unknown>): Trade {
    this.requireOwner(body);
    const wanted = this.read(body);
    const known = this.current(wanted.outTradeNo);
    if (!known) {
      this.trades.set(wanted.outTradeNo, wanted);
      return wanted;
    }
    const same =
      known.total === wanted.total &&
      known.openid === wanted.openid &&
      known.description === wanted.description &&
      known.notifyUrl === wanted.notifyUrl;
    if (!same) throw refusal('OUT_TRADE_NO_USED');
    if (known.state === 'CLOSED' || known.state === 'REVOKED') throw refusal('ORDER_CLOSED');
    if (!UNPAID.includes(known.state)) throw refusal('ORDERPAID');
    return known;
  }

  /** @throws Refusal ORDER_NOT_EXIST */
  find(outTradeNo: string): Trade {
    const trade = this.current(outTradeNo);
    if (!trade) throw refusal('ORDER_NOT_EXIST');
    return trade;
  }

  close(outTradeNo: string, body: Record<string, unknown>): void {
    if (body['mchid'] !== this.owner.merchantId) throw refusal('PARAM_ERROR', '商户号错误');
    const trade = this.find(outTradeNo);
    if (trade.state === 'CLOSED') return;
    if (!UNPAID.includes(trade.state)) throw refusal('ORDERPAID', '订单已支付，不能关闭');
    trade.state = 'CLOSED';
  }

  /** The payer pays. @throws Refusal for what cannot be paid */
  pay(outTradeNo: string, { evenExpired = false } = {}): Trade {
    const trade = evenExpired ? this.trades.get(outTradeNo) : this.current(outTradeNo);
    if (!trade) throw refusal('ORDER_NOT_EXIST');
    if (!UNPAID.includes(trade.state)) throw refusal(trade.state === 'CLOSED' ? 'ORDER_CLOSED' : 'ORDERPAID');
    trade.state = 'SUCCESS';
    trade.paidAt = this.now();
    trade.transactionId = `42000${randomInt(1e9, 1e10)}${Date.now()}`;
    return trade;
  }

  /** When whatever happens now is said to have happened. */
  now(): Date {
    return daysBefore(new Date(), this.daysAgo);
  }

  list(): Trade[] {
    return Array.from(this.trades.keys(), (outTradeNo) => this.find(outTradeNo));
  }

  reset(): void {
    this.trades.clear();
    this.daysAgo = 0;
  }

  requireMerchant(mchid: unknown): void {
    if (mchid !== this.owner.merchantId) throw refusal('PARAM_ERROR', '商户号错误');
  }

  /** An order as a query answers it and a notice carries it. */
  described(trade: Trade): Record<string, unknown> {
    const { outTradeNo, state, transactionId, paidAt, total, openid } = trade;
    const isPaid = transactionId !== undefined && paidAt !== undefined;
    return {
      appid: this.owner.appId(),
      mchid: this.owner.merchantId,
      out_trade_no: outTradeNo,
      trade_state: state,
      trade_state_desc: state,
      ...(isPaid
        ? {
            transaction_id: transactionId,
            trade_type: 'JSAPI',
            bank_type: 'OTHERS',
            success_time: rfc3339(paidAt),
          }
        : {}),
      payer: isPaid ? { openid } : {},
      amount: {
        total,
        currency: 'CNY',
        ...(isPaid ? { payer_total: total, payer_currency: 'CNY' } : {}),
      },
    };
  }

  /** An order that nobody has paid in time is closed. */
  private current(outTradeNo: string): Trade | undefined {
    const trade = this.trades.get(outTradeNo);
    if (trade && UNPAID.includes(trade.state) && trade.expiresAt.getTime() <= Date.now())
      trade.state = 'CLOSED';
    return trade;
  }

  private requireOwner({ appid, mchid }: Record<string, unknown>): void {
    this.requireMerchant(mchid);
    if (appid !== this.owner.appId()) throw refusal('APPID_MCHID_NOT_MATCH');
  }

  private read(body: Record<string, unknown>): Trade {
    const amount = nested(body['amount']);
    if (amount['currency'] !== undefined && amount['currency'] !== 'CNY')
      throw refusal('PARAM_ERROR', '货币类型错误');
    if (body['attach'] !== undefined) text(body['attach'], '/attach', { max: 128 });
    const now = new Date();
    return {
      outTradeNo: text(body['out_trade_no'], '/out_trade_no', { pattern: OUT_TRADE_NO, max: 32 }),
      description: text(body['description'], '/description', { max: 127 }),
      total: integer(amount['total'], '/amount/total', 1, LARGEST_TOTAL),
      openid: text(nested(body['payer'])['openid'], '/payer/openid', { pattern: OPENID, max: 128 }),
      notifyUrl: noticeAddress(body['notify_url'], '/notify_url'),
      state: 'NOTPAY',
      prepayId: `wx${randomBytes(17).toString('hex')}`,
      createdAt: now,
      expiresAt: expiryOf(body['time_expire'], now),
    };
  }
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;

/** A prepay_id is good for two hours, whatever was asked for. */
function expiryOf(value: unknown, now: Date): Date {
  const latest = new Date(now.getTime() + PREPAY_MS);
  if (value === undefined) return latest;
  const asked = new Date(text(value, '/time_expire', { pattern: RFC3339, max: 64 }));
  if (Number.isNaN(asked.getTime()) || asked <= now) throw refusal('PARAM_ERROR', '订单失效时间错误');
  return asked < latest ? asked : latest;
}
