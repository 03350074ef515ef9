import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { endOfShanghaiDay, parseShanghaiDate } from '../../common/time/shanghai';
import type { Collection } from '../../database/collections';
import type { Bill, BillLine, PaymentProvider } from '../../platforms/wechat-pay/payment-provider';
import type { Order } from '../orders/order.schema';
import type { RefundRecord } from '../orders/refund.schema';
import {
  comparePayment,
  compareRefund,
  type ComparedOrder,
  type ComparedRefund,
  type Found,
  missingPayment,
  missingRefund,
  repeatedLine,
} from './comparison';
import type { Difference, Reconciliation, Sum } from './reconciliation.schema';

const BATCH = 500;
/** Longer than any bill takes to come, and then any batch of it. */
const LEASE_MS = 15 * 60_000;

const ORDER_FIELDS = { orderNo: 1, amount: 1, status: 1, transactionId: 1, paidAt: 1 } as const;
const REFUND_FIELDS = { orderNo: 1, amount: 1, status: 1, acceptedAt: 1 } as const;

export interface Books {
  orders: Collection<Order>;
  refunds: Collection<RefundRecord>;
  reconciliations: Collection<Reconciliation>;
  differences: Collection<Difference>;
}

/** The bill is still being made. */
export class BillNotReady extends Error {}

/** How often each number has been in the bill. */
interface Seen {
  orders: Map<string, number>;
  refunds: Map<string, number>;
}

/** How many lines have been compared so far. */
export type Progress = (lines: number) => void;

/**
 * Holds a day's bill against what is recorded here, line by line and both ways, and writes down every difference once.
 * The bill is read a batch at a time, so that neither a large one nor its comparison holds up anything else.
 */
export class Reconciler {
  constructor(
    private readonly books: Books,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * @param day YYYY-MM-DD in Shanghai
   * @throws {AppError} CONFLICT while another one runs it; {BillNotReady}; what the provider throws
   */
  async run(day: string, startedBy: string, progress: Progress = () => undefined): Promise<Reconciliation> {
    const run = await this.begin(day, startedBy);
    try {
      const bill = await this.provider.bill(day);
      if (!bill) throw new BillNotReady('账单还在生成');
      return await this.finish(day, run, await this.compare(day, run, bill, progress));
    } catch (error) {
      await this.fail(day, run, error);
      throw error;
    }
  }

  /** Of all that want to run a day at once, one does. */
  private async begin(day: string, startedBy: string): Promise<number> {
    const now = new Date();
    const set = {
      status: 'running' as const,
      startedBy,
      startedAt: now,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    };
    try {
      const begun = await this.books.reconciliations.findOneAndUpdate(
        { _id: day, $or: [{ status: { $ne: 'running' } }, { leaseUntil: { $lte: now } }] },
        { $set: set, $inc: { runs: 1 }, $unset: { error: '', finishedAt: '', settledAt: '' } },
        { upsert: true, returnDocument: 'after' },
      );
      return begun?.runs ?? 1;
    } catch (error) {
      if (!duplicateKeyFields(error)) throw error;
      throw new AppError('CONFLICT', { message: '这一天正在对账，请稍后查看' });
    }
  }

  private async compare(
    day: string,
    run: number,
    bill: Bill,
    progress: Progress,
  ): Promise<Pick<Reconciliation, 'billHash' | 'theirs' | 'ours'>> {
    const seen: Seen = { orders: new Map(), refunds: new Map() };
    const theirs = { payments: sum(), refunds: sum() };
    let lines = 0;
    for await (const batch of inBatches(bill.lines())) {
      const firsts: BillLine[] = [];
      const found: Found[] = [];
      for (const line of batch) {
        add(line.kind === 'payment' ? theirs.payments : theirs.refunds, line.amount);
        const occurrence = see(seen, line);
        if (occurrence === 1) firsts.push(line);
        else found.push(repeatedLine(line, occurrence));
      }
      found.push(...(await this.compareBatch(day, firsts)));
      await this.keepTurn(day, run);
      await this.note(day, run, found);
      lines += batch.length;
      progress(lines);
    }
    const ours = { payments: sum(), refunds: sum() };
    await this.findMissing(day, run, seen, ours);
    return { billHash: bill.hash, theirs, ours };
  }

  private async compareBatch(day: string, batch: BillLine[]): Promise<Found[]> {
    const orderNos = batch.flatMap((line) => (line.kind === 'payment' ? [line.orderNo] : []));
    const refundNos = batch.flatMap((line) => (line.kind === 'refund' ? [line.refundNo] : []));
    const [orders, refunds] = await Promise.all([
      this.books.orders
        .find<ComparedOrder>({ orderNo: { $in: orderNos } }, { projection: ORDER_FIELDS })
        .toArray(),
      this.books.refunds
        .find<ComparedRefund>({ _id: { $in: refundNos } }, { projection: REFUND_FIELDS })
        .toArray(),
    ]);
    const orderOf = new Map(orders.map((order) => [order.orderNo, order]));
    const refundOf = new Map(refunds.map((refund) => [refund._id, refund]));
    return batch.flatMap((line) =>
      line.kind === 'payment'
        ? comparePayment(day, line, orderOf.get(line.orderNo))
        : compareRefund(line, refundOf.get(line.refundNo)),
    );
  }

  /** What was paid and refunded on that day here, and is not in the bill. */
  private async findMissing(
    day: string,
    run: number,
    seen: Seen,
    ours: { payments: Sum; refunds: Sum },
  ): Promise<void> {
    const { from, to } = rangeOf(day);
    const orders = this.books.orders.find<ComparedOrder>(
      { paidAt: { $gte: from, $lt: to, $type: 'date' } },
      { projection: ORDER_FIELDS },
    );
    for await (const batch of inBatches(orders)) {
      for (const { amount } of batch) add(ours.payments, amount);
      const missing = batch.filter(({ orderNo }) => !seen.orders.has(orderNo));
      await this.keepTurn(day, run);
      await this.note(day, run, missing.map(missingPayment));
    }
    const refunds = this.books.refunds.find<ComparedRefund>(
      { acceptedAt: { $gte: from, $lt: to, $type: 'date' } },
      { projection: REFUND_FIELDS },
    );
    for await (const batch of inBatches(refunds)) {
      for (const { amount } of batch) add(ours.refunds, amount);
      const missing = batch.filter(({ _id }) => !seen.refunds.has(_id));
      await this.keepTurn(day, run);
      await this.note(day, run, missing.map(missingRefund));
    }
  }

  private async note(day: string, run: number, found: Found[]): Promise<void> {
    if (found.length === 0) return;
    const now = new Date();
    await this.books.differences.bulkWrite(
      found.map((difference) => {
        const { kind, orderNo, refundNo, ours, theirs } = difference;
        return {
          updateOne: {
            filter: { _id: idOf(day, difference) },
            update: {
              $set: { day, kind, orderNo, refundNo, ours, theirs, lastSeenAt: now, run },
              $setOnInsert: { firstSeenAt: now },
              $unset: { resolvedAt: '' as const },
            },
            upsert: true,
          },
        };
      }),
    );
  }

  /** The lease is prolonged as the run goes on; who has lost it, to a later run, must not touch what that one finds. */
  private async keepTurn(day: string, run: number): Promise<void> {
    const kept = await this.books.reconciliations.updateOne(
      { _id: day, runs: run, status: 'running' },
      { $set: { leaseUntil: new Date(Date.now() + LEASE_MS) } },
    );
    if (kept.matchedCount === 0) throw takenOver();
  }

  private async finish(day: string, run: number, result: Partial<Reconciliation>): Promise<Reconciliation> {
    await this.keepTurn(day, run);
    const now = new Date();
    await this.books.differences.updateMany(
      { day, run: { $lt: run }, resolvedAt: { $exists: false } },
      { $set: { resolvedAt: now }, $unset: { alarmedAt: '' } },
    );
    const differences = await this.books.differences.countDocuments({ day, resolvedAt: { $exists: false } });
    const done = await this.books.reconciliations.findOneAndUpdate(
      { _id: day, runs: run },
      { $set: { ...result, status: 'done', finishedAt: now, differences } },
      { returnDocument: 'after' },
    );
    if (!done) throw takenOver();
    return done;
  }

  private async fail(day: string, run: number, error: unknown): Promise<void> {
    const why = error instanceof Error ? error.message : String(error);
    await this.books.reconciliations.updateOne(
      { _id: day, runs: run, status: 'running' },
      { $set: { status: 'failed', finishedAt: new Date(), error: why.slice(0, 500) } },
    );
  }
}

/** Counts the line. @returns how often its number has been in the bill by now */
function see(seen: Seen, line: BillLine): number {
  const [counts, no] = line.kind === 'payment' ? [seen.orders, line.orderNo] : [seen.refunds, line.refundNo];
  const occurrence = (counts.get(no) ?? 0) + 1;
  counts.set(no, occurrence);
  return occurrence;
}

function idOf(day: string, { kind, orderNo, refundNo, occurrence = 1 }: Found): string {
  return `${day}:${kind}:${refundNo ?? orderNo}${occurrence > 2 ? `:${occurrence}` : ''}`;
}

function takenOver(): AppError {
  return new AppError('CONFLICT', { message: '对账用时过长，已由另一次对账接替' });
}

const sum = (): Sum => ({ count: 0, amount: 0 });

function add(to: Sum, amount: number): void {
  to.count += 1;
  to.amount += amount;
}

function rangeOf(day: string): { from: Date; to: Date } {
  const from = parseShanghaiDate(day);
  if (!from) throw new Error(`${day} is no day`);
  return { from, to: endOfShanghaiDay(from) };
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
