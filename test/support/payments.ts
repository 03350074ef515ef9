import type { Order } from '../../src/modules/orders/order.schema';
import type { RefundRecord } from '../../src/modules/orders/refund.schema';
import type { VoucherAccount, VoucherEntry } from '../../src/modules/vouchers/voucher.schema';
import type { Actor, Answer } from './actor';
import { TestApp } from './app';
import { eventually } from './eventually';
import { post, storedJobs } from './jobs';
import { type Delivery, PlatformSandbox } from './sandbox';

export const BUY = '/contact_voucher/buy';
export const SPEND = '/contact_voucher/cost';
export const RECORDS = '/contact_voucher/records';
export const STATUS = '/order/status';
export const NOTIFY = '/wechat/pay/notify';

/** The default price list, as members ask for it. */
export const ONE = { price: 3.99, contact_voucher_num: 1 };
export const TEN = { price: 34, contact_voucher_num: 10 };

/** An app whose members pay, with the sandbox as WeChat Pay. */
export class Market {
  private constructor(
    readonly app: TestApp,
    readonly sandbox: PlatformSandbox,
    readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<Market> {
    const sandbox = await PlatformSandbox.start({ wechatPay: true });
    const all = { ...sandbox.environment, ...sandbox.merchantEnvironment, ...env };
    const app = await TestApp.start({ env: all });
    await sandbox.deliverTo(app.url);
    return new Market(app, sandbox, all);
  }

  /** Another instance of the same service. */
  second(options: { databaseUri?: string } = {}): Promise<TestApp> {
    return TestApp.start({ env: this.env, database: this.app.database, ...options });
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.sandbox.stop();
  }

  /**
   * Forgets orders at WeChat Pay and faults; notices go on coming to the app, which looks after no order of before any
   * more: its looks would use up faults that are meant for others.
   */
  async reset(): Promise<void> {
    const due = { nextCheckAt: { $type: 'date' as const } };
    await this.orders().updateMany(due, { $unset: { nextCheckAt: '' } });
    await this.refunds().updateMany(due, { $unset: { nextCheckAt: '' } });
    await this.sandbox.reset();
    await this.sandbox.deliverTo(this.app.url);
  }

  /** The number of an order that the member can pay. */
  async order(member: Actor, what: object = ONE): Promise<string> {
    return orderNoOf(await member.post(BUY, what));
  }

  /** An order that is paid and fulfilled. */
  async bought(member: Actor, what: object = ONE): Promise<string> {
    const orderNo = await this.order(member, what);
    const { answers } = await this.sandbox.pay(orderNo);
    if (answers[0] !== 200) throw new Error(`the notice was answered with ${answers.join()}`);
    return orderNo;
  }

  pay(orderNo: string, how?: Delivery & { force?: boolean }) {
    return this.sandbox.pay(orderNo, how);
  }

  async balance(member: Actor): Promise<number> {
    return (await member.post(RECORDS)).body.data.contact_voucher_num as number;
  }

  orders() {
    return this.app.connection.collection<Order>('orders');
  }

  refunds() {
    return this.app.connection.collection<RefundRecord>('refunds');
  }

  async stored(orderNo: string): Promise<Order> {
    const order = await this.orders().findOne<Order>({ orderNo });
    if (!order) throw new Error(`no order ${orderNo}`);
    return order;
  }

  /** Time has passed: the order can no longer be paid, and it is its turn. */
  async expire(orderNo: string): Promise<void> {
    const past = new Date(Date.now() - 1000);
    await this.orders().updateOne({ orderNo }, { $set: { expiresAt: past, nextCheckAt: past } });
  }

  /** It is the turn of these orders, or of all, and of all refunds; the watch sees to them now. */
  async watch(...orderNos: string[]): Promise<void> {
    const past = new Date(Date.now() - 1000);
    const due = { nextCheckAt: { $type: 'date' as const } };
    const filter = orderNos.length > 0 ? { orderNo: { $in: orderNos }, ...due } : due;
    await this.orders().updateMany(filter, { $set: { nextCheckAt: past } });
    await this.refunds().updateMany(due, { $set: { nextCheckAt: past } });
    await this.runJob('orders.watch');
  }

  /** What is done regularly is done now. */
  async runJob(name: string): Promise<void> {
    const jobs = this.app.connection.collection('jobs');
    const begun = new Date();
    await jobs.updateOne({ name }, { $set: { nextRunAt: new Date(0) } });
    await eventually(
      async () => {
        const job = await jobs.findOne({ name });
        expect(job?.['lastFinishedAt']?.getTime()).toBeGreaterThanOrEqual(begun.getTime());
      },
      { within: 20_000 },
    );
  }

  /** The sum of an account's entries must be its balance, each entry the next of the one before. */
  async requireSoundLedgers(): Promise<void> {
    const { connection } = this.app;
    const accounts = await connection.collection<VoucherAccount>('voucher_accounts').find().toArray();
    for (const { _id: memberId, balance, entries } of accounts) {
      const ledger = await connection
        .collection<VoucherEntry>('voucher_entries')
        .find({ memberId })
        .sort({ seq: 1 })
        .toArray();
      expect(ledger.map(({ seq }) => seq)).toEqual(Array.from({ length: entries }, (_, i) => i + 1));
      let last = 0;
      for (const entry of ledger) {
        expect(entry.lastNum).toBe(last);
        expect(entry.nextNum).toBe(entry.lastNum + entry.changeNum);
        expect(entry.nextNum).toBeGreaterThanOrEqual(0);
        last = entry.nextNum;
      }
      expect(last).toBe(balance);
    }
    const orphans = await connection
      .collection<VoucherEntry>('voucher_entries')
      .countDocuments({ memberId: { $nin: accounts.map(({ _id }) => _id) } });
    expect(orphans).toBe(0);
  }
}

export function orderNoOf(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`no order: ${answer.text}`);
  return answer.body.data.order_no as string;
}

/** Spends a voucher on a job. */
export const spend = (member: Actor, jobId: number, headers: Record<string, string> = {}): Promise<Answer> =>
  member.post(SPEND, { purpose_id: jobId, purpose_type: 1 }, headers);

let copies = 10_000_000;
/** The numbers of `count` jobs of one member: one that is posted, and copies of it, since nobody may post so many. */
export async function manyJobs(app: TestApp, count: number): Promise<number[]> {
  const jobs = storedJobs(app);
  const posted = await jobs.findOne({ _id: await post(await app.asMember()) });
  const made = Array.from({ length: count }, () => ({ ...posted!, _id: ++copies }));
  await jobs.insertMany(made);
  return made.map(({ _id }) => _id);
}
