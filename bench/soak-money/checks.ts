import { mongo } from 'mongoose';
import type { Order } from '../../src/modules/orders/order.schema';
import type { VoucherAccount, VoucherEntry } from '../../src/modules/vouchers/voucher.schema';
import type { Trade } from './payers';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface StoredJob {
  _id: number;
  topStartsAt: Date | null;
  topEndsAt: Date | null;
}

/** What is in the database once everything is over. */
export class Books {
  private constructor(
    private readonly client: mongo.MongoClient,
    private readonly db: mongo.Db,
  ) {}

  static async open(uri: string, name: string): Promise<Books> {
    const client = await mongo.MongoClient.connect(uri);
    return new Books(client, client.db(name));
  }

  async drop(): Promise<void> {
    await this.db.dropDatabase();
  }

  close(): Promise<void> {
    return this.client.close();
  }

  async unsettled(trades: Trade[]): Promise<number> {
    const paid = trades.filter(({ state }) => state === 'SUCCESS').map(({ out_trade_no }) => out_trade_no);
    return paid.length - (await this.orders().countDocuments({ orderNo: { $in: paid }, status: 2 }));
  }

  /** How long each payment took to be booked, in ms, the quickest first. */
  async delays(): Promise<number[]> {
    const orders = await this.orders().find({ status: 2 }).toArray();
    return orders
      .map((order) => (order.fulfilledAt?.getTime() ?? 0) - order.createdAt.getTime())
      .toSorted((a, b) => a - b);
  }

  /** Everything that is not as it should be, in words. */
  async problems(trades: Trade[]): Promise<string[]> {
    return [
      ...(await this.ofOrders(trades)),
      ...(await this.ofLedgers()),
      ...(await this.ofContacts()),
      ...(await this.ofTops()),
    ];
  }

  private async ofOrders(trades: Trade[]): Promise<string[]> {
    const paid = new Set(
      trades.flatMap(({ state, out_trade_no }) => (state === 'SUCCESS' ? [out_trade_no] : [])),
    );
    const orders = await this.orders().find().toArray();
    const entries = await this.entries().find({ type: 'buy' }).toArray();
    const bought = new Map<string, number>();
    for (const { orderNo = '' } of entries) bought.set(orderNo, (bought.get(orderNo) ?? 0) + 1);
    const known = new Set(orders.map(({ orderNo }) => orderNo));
    const strangers = [...paid].filter((orderNo) => !known.has(orderNo));
    return [
      ...strangers.map((orderNo) => `${orderNo}: paid, and there is no order`),
      ...orders.flatMap((order) => {
        const { orderNo, status, type, fulfilledAt, events } = order;
        const isPaid = paid.has(orderNo);
        const times = bought.get(orderNo) ?? 0;
        const booked = events.filter(({ what }) => what === 'pay').length;
        const problems: string[] = [];
        if (isPaid !== (status === 2)) problems.push(`paid: ${String(isPaid)}, status ${status}`);
        if (isPaid !== (fulfilledAt !== undefined))
          problems.push('paid and not fulfilled, or the other way round');
        if (type === 'voucher' && times !== Number(isPaid)) problems.push(`vouchers given ${times} times`);
        if (booked > 1) problems.push(`booked ${booked} times`);
        return problems.map((problem) => `${orderNo}: ${problem}`);
      }),
    ];
  }

  private async ofLedgers(): Promise<string[]> {
    const accounts = await this.db.collection<VoucherAccount>('voucher_accounts').find().toArray();
    const problems: string[] = [];
    for (const { _id: memberId, balance, entries } of accounts) {
      const ledger = await this.entries().find({ memberId }).sort({ seq: 1 }).toArray();
      let last = 0;
      for (const [i, { seq, lastNum, changeNum, nextNum }] of ledger.entries()) {
        if (seq !== i + 1 || lastNum !== last || nextNum !== last + changeNum || nextNum < 0)
          problems.push(`member ${memberId}: entry ${seq} does not follow`);
        last = nextNum;
      }
      if (last !== balance || ledger.length !== entries)
        problems.push(`member ${memberId}: balance ${balance}, entries add up to ${last}`);
    }
    return problems;
  }

  /** Every contact has been paid for once. */
  private async ofContacts(): Promise<string[]> {
    const contacts = await this.db.collection('contacts').find().toArray();
    const costs = await this.entries().find({ type: 'cost' }).toArray();
    const pairs = costs.map(({ memberId, jobId }) => `${memberId}:${jobId}`);
    const problems: string[] = [];
    if (new Set(pairs).size !== pairs.length) problems.push('a contact was paid for twice');
    if (contacts.length !== costs.length)
      problems.push(`${contacts.length} contacts, ${costs.length} vouchers spent`);
    return problems;
  }

  /** A job is topped for as long as was paid for. */
  private async ofTops(): Promise<string[]> {
    const orders = await this.orders().find({ type: 'top', status: 2 }).toArray();
    const hours = new Map<number, number>();
    for (const { jobId = 0, topHour = 0 } of orders) hours.set(jobId, (hours.get(jobId) ?? 0) + topHour);
    const jobs = await this.db
      .collection<StoredJob>('marketplace_jobs')
      .find({ _id: { $in: [...hours.keys()] } })
      .toArray();
    return jobs.flatMap(({ _id, topStartsAt, topEndsAt }) => {
      const topped = (topEndsAt?.getTime() ?? 0) - (topStartsAt?.getTime() ?? 0);
      const due = (hours.get(_id) ?? 0) * HOUR_MS;
      return Math.abs(topped - due) < MINUTE_MS
        ? []
        : [`job ${_id}: topped ${topped / HOUR_MS} h, not ${due / HOUR_MS}`];
    });
  }

  private orders() {
    return this.db.collection<Order>('orders');
  }

  private entries() {
    return this.db.collection<VoucherEntry>('voucher_entries');
  }
}
