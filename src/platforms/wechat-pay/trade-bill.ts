import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { AppError } from '../../common/errors/app-error';
import { fenOf } from '../../common/money/money';
import type { BillLine } from './payment-provider';

/** A bill that is not what it says it is, or not of the form that it has always had. */
export class BillError extends AppError {
  constructor(why: string, cause?: unknown) {
    super('UPSTREAM_ERROR', { message: `微信支付账单有误：${why}`, cause: cause ?? new Error(why) });
  }
}

/** Unzipped; a merchant with millions of trades a day has other ways. */
const LARGEST_BILL = 1024 * 1024 * 1024;

/** Before each field stands a backtick, so that spreadsheets leave long numbers alone; the last line is a summary. */
const SEPARATOR = ',`';
const COLUMNS = {
  at: '交易时间',
  appId: '公众账号ID',
  transactionId: '微信订单号',
  orderNo: '商户订单号',
  state: '交易状态',
  amount: '订单金额',
  refundId: '微信退款单号',
  refundNo: '商户退款单号',
  refundAmount: '申请退款金额',
  refundStatus: '退款状态',
} as const;
type Column = keyof typeof COLUMNS;
const FIRST_COLUMN_OF_SUMMARY = '总交易单数';

/** @throws {BillError} where the unzipped bytes are not those of the hash, which has come with a signed answer */
export async function checkHash(zipped: Buffer, hash: string): Promise<void> {
  const digest = createHash('sha1');
  let size = 0;
  try {
    for await (const chunk of unzipped(zipped)) {
      size += (chunk as Buffer).length;
      if (size > LARGEST_BILL) throw new BillError('太大');
      digest.update(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof BillError ? error : new BillError('不是 gzip', error);
  }
  if (digest.digest('hex') !== hash.toLowerCase()) throw new BillError('校验值不符');
}

/**
 * The trades in a bill of type ALL, without those of the merchant's other apps.
 * Read a piece at a time: neither memory nor the event loop is taken by a large one.
 * @throws {BillError} for a line that cannot be understood, by its number
 */
export async function* tradesOf(zipped: Buffer, appId: string): AsyncGenerator<BillLine> {
  const records = pipeline(
    unzipped(zipped),
    parse({ bom: true, delimiter: SEPARATOR, quote: false, relaxColumnCount: true, skipEmptyLines: true }),
    // the reader below is told of what goes wrong
    () => undefined,
  );
  let columns: string[] | undefined;
  let number = 0;
  for await (const record of records as AsyncIterable<string[]>) {
    number += 1;
    const [first = ''] = record;
    if (first.startsWith(FIRST_COLUMN_OF_SUMMARY)) return;
    if (!columns) columns = columnsOf(first);
    else {
      const line = lineOf(columns, [first.replace(/^`/, ''), ...record.slice(1)], number, appId);
      if (line) yield line;
    }
  }
  throw new BillError('没有汇总行，不完整');
}

function unzipped(zipped: Buffer): Readable {
  return pipeline(Readable.from([zipped]), createGunzip(), () => undefined);
}

/** The first line alone has no backticks. */
function columnsOf(header: string): string[] {
  const columns = header.split(',');
  const missing = Object.values(COLUMNS).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new BillError(`缺少列 ${missing.join('、')}`);
  return columns;
}

/** null for a trade of another app */
function lineOf(columns: string[], fields: string[], number: number, appId: string): BillLine | null {
  if (fields.length !== columns.length) throw new BillError(`第 ${number} 行有 ${fields.length} 列`);
  const field = (column: Column): string => (fields[columns.indexOf(COLUMNS[column])] ?? '').trim();
  if (field('appId') !== appId) return null;
  const fen = (column: 'amount' | 'refundAmount'): number => {
    const amount = fenOf(field(column));
    if (amount === null) throw new BillError(`第 ${number} 行的${COLUMNS[column]}`);
    return amount;
  };
  const common = { orderNo: field('orderNo'), transactionId: field('transactionId'), at: field('at') };
  if (field('state') !== 'REFUND')
    return { kind: 'payment', ...common, amount: fen('amount'), status: field('state') };
  return {
    kind: 'refund',
    ...common,
    refundNo: field('refundNo'),
    refundId: field('refundId'),
    amount: fen('refundAmount'),
    status: field('refundStatus'),
  };
}
