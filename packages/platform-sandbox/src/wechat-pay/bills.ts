import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { refusal } from './refusals';
import type { Refund, Refunds } from './refunds';
import { dayOf, daysBefore, minuteOf } from './shanghai';
import type { Trade, Trades } from './trades';

/** Of a bill of type ALL. */
const COLUMNS = [
  '交易时间',
  '公众账号ID',
  '商户号',
  '特约商户号',
  '设备号',
  '微信订单号',
  '商户订单号',
  '用户标识',
  '交易类型',
  '交易状态',
  '付款银行',
  '货币种类',
  '应结订单金额',
  '代金券金额',
  '微信退款单号',
  '商户退款单号',
  '退款金额',
  '充值券退款金额',
  '退款类型',
  '退款状态',
  '商品名称',
  '商户数据包',
  '手续费',
  '费率',
  '订单金额',
  '申请退款金额',
  '费率备注',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string>>;
const SUMMARY =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const OLDEST_DAYS = 90;
const LINK_MS = 30_000;
const LINE_BREAK = '\r\n';

interface Owner {
  merchantId: string;
  appId(): string;
}

interface Link {
  bytes: Buffer;
  until: number;
}

/** A day's trades as WeChat Pay writes them down, and the links under which they are fetched. */
export class Bills {
  private readonly links = new Map<string, Link>();
  /** whether what is downloaded is not what its hash says */
  spoilt = false;
  /** whether each line stands in it twice */
  doubled = false;

  constructor(
    private readonly owner: Owner,
    private readonly trades: Trades,
    private readonly refunds: Refunds,
  ) {}

  /** @param base where the links begin */
  order(query: Readonly<Record<string, string | undefined>>, base: string): Record<string, unknown> {
    const { bill_date: day = '', bill_type: type = 'ALL', tar_type: packing } = query;
    requireDay(day);
    if (type !== 'ALL') throw refusal('PARAM_ERROR', '沙箱只提供 ALL 账单');
    if (packing !== undefined && packing !== 'GZIP') throw refusal('PARAM_ERROR', 'tar_type 错误');
    const text = this.text(day);
    if (text === null) throw refusal('NO_STATEMENT_EXIST');
    const token = randomBytes(24).toString('base64url');
    const bytes = Buffer.from(this.spoilt ? text.replace(/\d/, '7') : text);
    this.links.set(token, {
      bytes: packing ? gzipSync(bytes) : bytes,
      until: Date.now() + LINK_MS,
    });
    return {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(text).digest('hex'),
      download_url: `${base}/v3/billdownload/file?token=${token}`,
    };
  }

  fetch(token: string | undefined): Buffer {
    const link = this.links.get(token ?? '');
    if (!link || link.until < Date.now()) throw refusal('PARAM_ERROR', '账单下载链接已失效');
    return link.bytes;
  }

  reset(): void {
    this.links.clear();
    this.spoilt = false;
    this.doubled = false;
  }

  /** null where the day had no trade */
  private text(day: string): string | null {
    const paid = this.trades.list().filter(({ paidAt }) => paidAt && dayOf(paidAt) === day);
    const refunded = this.refunds.list().filter(({ createdAt }) => dayOf(createdAt) === day);
    if (paid.length + refunded.length === 0) return null;
    const rows = [
      ...paid.map((trade) => this.paymentRow(trade)),
      ...refunded.map((refund) => this.refundRow(refund)),
    ].flatMap((row) => (this.doubled ? [row, row] : [row]));
    const total = sum(paid.map((trade) => trade.total));
    const back = sum(refunded.map(({ refund }) => refund));
    const summary = [
      String(rows.length),
      yuan(total),
      yuan(back),
      '0.00',
      '0.00000',
      yuan(total),
      yuan(back),
    ];
    const lines = [
      COLUMNS.join(','),
      ...rows.map((row) => ticked(COLUMNS.map((column) => row[column] ?? ''))),
      SUMMARY,
      ticked(summary),
    ];
    // WeChat Pay's begins with a byte order mark
    return `\ufeff${lines.join(LINE_BREAK)}${LINE_BREAK}`;
  }

  private paymentRow(trade: Trade): Row {
    const amount = yuan(trade.total);
    const at = trade.paidAt ?? trade.createdAt;
    return {
      ...this.commonOf(trade, trade.transactionId ?? '', at),
      交易状态: 'SUCCESS',
      应结订单金额: amount,
      微信退款单号: '0',
      商户退款单号: '0',
      退款金额: '0.00',
      订单金额: amount,
      申请退款金额: '0.00',
    };
  }

  private refundRow(refund: Refund): Row {
    const back = yuan(refund.refund);
    return {
      ...this.commonOf(this.trades.find(refund.outTradeNo), refund.transactionId, refund.createdAt),
      交易状态: 'REFUND',
      应结订单金额: '0.00',
      微信退款单号: refund.refundId,
      商户退款单号: refund.outRefundNo,
      退款金额: back,
      退款类型: 'ORIGINAL',
      退款状态: REFUND_WORDS[refund.status],
      订单金额: '0.00',
      申请退款金额: back,
    };
  }

  private commonOf({ outTradeNo, openid, description }: Trade, transactionId: string, at: Date): Row {
    return {
      交易时间: minuteOf(at),
      公众账号ID: this.owner.appId(),
      商户号: this.owner.merchantId,
      特约商户号: '0',
      微信订单号: transactionId,
      商户订单号: outTradeNo,
      用户标识: openid,
      交易类型: 'JSAPI',
      付款银行: 'OTHERS',
      货币种类: 'CNY',
      代金券金额: '0.00',
      充值券退款金额: '0.00',
      商品名称: description,
      手续费: '0.00000',
      费率: '0.60%',
    };
  }
}

const REFUND_WORDS = { SUCCESS: 'SUCCESS', PROCESSING: 'PROCESSING', ABNORMAL: 'CHANGE', CLOSED: 'FAIL' };

function requireDay(day: string): void {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
  const now = new Date();
  if (!isDay || day >= dayOf(now) || day < dayOf(daysBefore(now, OLDEST_DAYS)))
    throw refusal('PARAM_ERROR', '账单日期错误：只能下载三个月内、今天以前的账单');
}

const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const yuan = (fen: number): string => (fen / 100).toFixed(2);
const ticked = (fields: string[]): string => fields.map((field) => `\`${field}`).join(',');
