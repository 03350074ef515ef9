import * as fc from 'fast-check';
import type { VoucherEntry } from '../../src/modules/vouchers/voucher.schema';
import type { Actor, Answer } from '../support/actor';
import type { TestApp } from '../support/app';
import { testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { BUY, manyJobs, Market, ONE, spend, TEN } from '../support/payments';

const JOBS = 6;
/** What a request may be answered with while its database breaks down and others do the same thing at once. */
const EXPECTED = new Set([200, 400, 409, 503]);

type Action =
  | { kind: 'buy'; pack: 1 | 10; notices: number }
  | { kind: 'spend'; job: number }
  | { kind: 'refund'; order: number; result: 'SUCCESS' | 'CLOSED'; notices: number }
  | { kind: 'break'; how: 'cut' | 'lose' };

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('buy' as const),
    pack: fc.constantFrom(1 as const, 10 as const),
    notices: fc.integer({ min: 0, max: 2 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('spend' as const), job: fc.nat({ max: JOBS - 1 }) }),
  },
  fc.record({
    kind: fc.constant('refund' as const),
    order: fc.nat({ max: 20 }),
    result: fc.constantFrom('SUCCESS' as const, 'CLOSED' as const),
    notices: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constant('break' as const), how: fc.constantFrom('cut' as const, 'lose' as const) }),
);
/** Rounds of actions: what is in a round happens at once. */
const anyStory = fc.array(fc.array(anyAction, { minLength: 1, maxLength: 4 }), {
  minLength: 4,
  maxLength: 9,
});

describe('vouchers, whatever happens in whatever order', () => {
  let market: Market;
  let proxy: DatabaseProxy;
  /** an instance whose connections to the database break */
  let shaky: TestApp;
  let admin: Actor;
  let jobs: number[];

  beforeAll(async () => {
    market = await Market.start();
    proxy = await DatabaseProxy.to(testDatabase().uri);
    shaky = await market.second({ databaseUri: proxy.uri });
    admin = await market.app.asAdmin();
    jobs = await manyJobs(market.app, JOBS);
  });
  afterAll(async () => {
    await proxy.restore();
    await shaky.app.close();
    await proxy.cut();
    await market.stop();
  });

  const entriesOf = (memberId: number) =>
    market.app.connection.collection<VoucherEntry>('voucher_entries').find({ memberId }).toArray();

  function requireExpected(answer: Answer): Answer {
    if (!EXPECTED.has(answer.status)) throw new Error(`${answer.status} ${answer.text}`);
    return answer;
  }

  /** One action of a round, at either instance. */
  async function act(action: Action, member: Actor, orders: string[], onShaky: boolean): Promise<void> {
    const who = onShaky ? member.at(shaky.url) : member;
    switch (action.kind) {
      case 'buy': {
        const answer = requireExpected(await who.post(BUY, action.pack === 1 ? ONE : TEN));
        if (answer.status !== 200) return;
        const orderNo = answer.body.data.order_no as string;
        orders.push(orderNo);
        await market.pay(orderNo, { times: action.notices, atOnce: true });
        return;
      }
      case 'spend':
        requireExpected(await spend(who, jobs[action.job]!));
        return;
      case 'refund': {
        const orderNo = orders[action.order % Math.max(orders.length, 1)];
        if (!orderNo) return;
        const at = onShaky ? admin.at(shaky.url) : admin;
        requireExpected(await at.post(`/api/admin/orders/${orderNo}/refund`, { reason: '误购' }));
        const open = (await market.sandbox.refunds()).filter(
          ({ out_trade_no, status }) => out_trade_no === orderNo && status === 'PROCESSING',
        );
        for (const { out_refund_no } of open)
          await market.sandbox
            .refundResult(out_refund_no, action.result, { times: action.notices })
            // another one of the round has decided it already
            .catch(() => undefined);
        return;
      }
      case 'break':
        if (action.how === 'lose') proxy.loseAnswersTo('commitTransaction', 1);
        else {
          await proxy.cut();
          await proxy.restore();
        }
    }
  }

  /** Everything that was lost on its way is found; then nothing is open any more. */
  async function settleAll(): Promise<void> {
    for (const { out_refund_no, status } of await market.sandbox.refunds())
      if (status === 'PROCESSING') await market.sandbox.refundResult(out_refund_no, 'SUCCESS', { times: 0 });
    await eventually(
      async () => {
        await market.watch();
        const paid = (await market.sandbox.trades()).filter(({ state }) => state !== 'NOTPAY');
        const numbers = paid.map(({ out_trade_no }) => out_trade_no);
        expect(await market.orders().countDocuments({ orderNo: { $in: numbers }, status: 1 })).toBe(0);
        const open = { status: { $in: ['requested' as const, 'processing' as const] } };
        for (const { out_refund_no, status } of await market.sandbox.refunds())
          if (status === 'PROCESSING') await market.sandbox.refundResult(out_refund_no);
        expect(await market.refunds().countDocuments(open)).toBe(0);
      },
      { within: 60_000, every: 200 },
    );
  }

  async function requireAllInOrder(member: Actor): Promise<void> {
    await market.requireSoundLedgers();
    const entries = await entriesOf(member.memberId);
    const paid = (await market.sandbox.trades()).filter(
      ({ state }) => state !== 'NOTPAY' && state !== 'CLOSED',
    );
    // every payment has given its vouchers, once
    expect(entries.flatMap(({ type, orderNo }) => (type === 'buy' ? [orderNo] : [])).toSorted()).toEqual(
      paid.map(({ out_trade_no }) => out_trade_no).toSorted(),
    );
    // every contact was paid for, once
    const contacts = await market.app.connection
      .collection('contacts')
      .find({ memberId: member.memberId })
      .toArray();
    const spent = entries.filter(({ type }) => type === 'cost');
    expect(spent.map(({ jobId }) => jobId).toSorted()).toEqual(
      contacts.map(({ jobId }) => jobId as number).toSorted(),
    );
    expect(new Set(spent.map(({ jobId }) => jobId)).size).toBe(spent.length);
    // what went back was taken back, and what did not was given again
    for (const refund of await market.refunds().find({ memberId: member.memberId }).toArray()) {
      const order = await market.stored(refund.orderNo);
      expect(['success', 'closed']).toContain(refund.status);
      if (refund.status === 'success') expect(order.status).toBe(4);
    }
    for (const orderNo of paid.map(({ out_trade_no }) => out_trade_no)) {
      const order = await market.stored(orderNo);
      const moved = entries.filter(({ refundOf }) => refundOf === orderNo);
      const takenBack = moved.reduce((total, { changeNum }) => total - changeNum, 0);
      if (order.status === 4) expect(takenBack).toBeGreaterThan(0);
      else expect(takenBack).toBe(0);
    }
  }

  it('have a balance that is the sum of their entries, and everything happened once', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, fc.infiniteStream(fc.boolean()), async (story, coin) => {
        await market.reset();
        const member = await market.app.asMember();
        const orders: string[] = [];
        for (const round of story)
          await Promise.all(round.map((action) => act(action, member, orders, coin.next().value)));
        await proxy.restore();
        await settleAll();
        await requireAllInOrder(member);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 300_000);
});
