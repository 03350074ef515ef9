import type { Actor } from '../support/actor';
import { testDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { Market, ONE, TEN } from '../support/payments';
import { refusal } from '../support/refusal';
import { runCommand } from '../support/service-process';

const REPORTS = '/api/admin/reconciliations';
const BILL = '/v3/bill/tradebill';
const QUERY = '/v3/pay/transactions/out-trade-no/:out_trade_no';
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string =>
  new Date(Date.now() + 8 * 3_600_000 - days * DAY_MS).toISOString().slice(0, 10);

describe('reconciliation', () => {
  let market: Market;
  let admin: Actor;
  let member: Actor;
  beforeAll(async () => {
    market = await Market.start();
    admin = await market.app.asAdmin();
  });
  beforeEach(async () => {
    await market.reset();
    for (const name of ['orders', 'refunds', 'reconciliations', 'reconciliation_differences'])
      await market.app.connection.collection(name).deleteMany({});
    member = await market.app.asMember();
    // what is paid and refunded now is in yesterday's bill
    await market.sandbox.configurePay({ daysAgo: 1, spoilBills: false, doubleBills: false });
  });
  afterAll(() => market.stop());

  const run = (date = dayBefore(1), headers: Record<string, string> = {}) =>
    admin.post(REPORTS, { date }, headers);
  const report = async (query: Record<string, number> = {}) =>
    (await admin.get(`${REPORTS}/${dayBefore(1)}`, query)).body.data;
  const found = async () =>
    ((await report({ pageSize: 100 })).found.list as Record<string, unknown>[]).map(
      ({ kind, orderNo, refundNo, resolvedAt }) => [kind, refundNo ?? orderNo, resolvedAt !== null],
    );
  const refund = (orderNo: string) => admin.post(`/api/admin/orders/${orderNo}/refund`, { reason: '误购' });
  const fault = (more: object) =>
    market.sandbox.fault({ platform: 'wechat-pay', route: BILL, kind: 'error', ...more });

  it('of a day on which all is as it should be finds nothing', async () => {
    await market.bought(member, ONE);
    const orderNo = await market.bought(member, TEN);
    await refund(orderNo);
    await market.sandbox.refundResult(`${orderNo}R1`);
    await market.order(member);
    const { data } = (await run()).body;
    const sums = { payments: { count: 2, amount: 37.99 }, refunds: { count: 1, amount: 34 } };
    expect(data).toMatchObject({
      date: dayBefore(1),
      status: 'done',
      differences: 0,
      theirs: sums,
      ours: sums,
      billHash: expect.stringMatching(/^[0-9a-f]{40}$/),
      runs: 1,
      startedBy: admin.id,
    });
    expect(await found()).toEqual([]);
    const logs = await admin.get('/api/audit-logs', { entity: 'reconciliation' });
    expect(logs.body.data.list[0]).toMatchObject({ entityId: dayBefore(1), action: 'run' });
  });

  it('of a day without any trade finds nothing', async () => {
    // of yesterday that is not certain before ten o'clock
    expect((await run(dayBefore(2))).body.data).toMatchObject({
      status: 'done',
      differences: 0,
      billHash: '',
      theirs: { payments: { count: 0, amount: 0 } },
    });
  });

  it('finds what differs, each difference once, and books what was missed', async () => {
    const [fine, missingHere, amount, number, day] = await Promise.all(
      Array.from({ length: 5 }, async () => market.bought(await market.app.asMember())),
    );
    const unbooked = await market.order(member);
    await market.pay(unbooked, { times: 0 });
    const cancelled = await market.order(member);
    await market.pay(cancelled, { times: 0 });
    const refunded = await market.bought(member, TEN);
    await refund(refunded);
    await market.sandbox.refundResult(`${refunded}R1`, 'SUCCESS', { times: 0 });
    const orders = market.orders();
    await orders.deleteOne({ orderNo: missingHere });
    await orders.updateOne({ orderNo: amount }, { $set: { amount: 398 } });
    await orders.updateOne({ orderNo: number }, { $set: { transactionId: '4200001' } });
    await orders.updateOne({ orderNo: day }, { $set: { paidAt: new Date(Date.now() - 3 * DAY_MS) } });
    await orders.updateOne({ orderNo: cancelled }, { $set: { status: 3, nextCheckAt: null } });
    // paid here, and nowhere else
    const { _id, ...paid } = await market.stored(fine!);
    const made = { ...paid, orderNo: 'CV202601101520150000', transactionId: '4200002' };
    await orders.insertOne({ ...made, _id: _id + 1000 });
    await market.refunds().insertOne({
      ...(await market.refunds().findOne({ _id: `${refunded}R1` }))!,
      _id: 'CV202601101520150000R1',
      orderId: _id + 1000,
    });
    expect((await run()).body.data).toMatchObject({ status: 'done', differences: 9 });
    const differences = await found();
    expect(differences.toSorted()).toEqual(
      [
        ['payment-missing-here', missingHere, false],
        ['payment-amount', amount, false],
        ['payment-number', number, false],
        ['payment-day', day, false],
        ['payment-state', unbooked, false],
        ['payment-state', cancelled, false],
        ['payment-missing-there', 'CV202601101520150000', false],
        ['refund-state', `${refunded}R1`, false],
        ['refund-missing-there', 'CV202601101520150000R1', false],
      ].toSorted(),
    );
    // what WeChat Pay had and was not booked is booked by now; what came too late goes back
    await eventually(async () => {
      expect(await market.stored(unbooked)).toMatchObject({ status: 2 });
      expect(await market.stored(refunded)).toMatchObject({ status: 4 });
      expect(await market.sandbox.refunds()).toHaveLength(2);
    });
    const again = await run();
    expect(again.body.data.runs).toBe(2);
    const after = await found();
    // still nine, none twice, and what has been settled is resolved
    expect(after.filter(([kind]) => kind !== 'refund-missing-here')).toHaveLength(9);
    expect(after).toEqual(
      expect.arrayContaining([
        ['payment-state', unbooked, true],
        ['payment-state', cancelled, true],
        ['refund-state', `${refunded}R1`, true],
        ['payment-amount', amount, false],
      ]),
    );
    await eventually(async () =>
      expect(market.app.logLines.some((line) => line.includes('"alarm":"bill-differs"'))).toBe(true),
    );
  });

  it('finds what stands in the bill more than once, whether it is known here or not', async () => {
    const known = await market.bought(member, TEN);
    await refund(known);
    await market.sandbox.refundResult(`${known}R1`);
    const unknown = await market.bought(member);
    await market.orders().deleteOne({ orderNo: unknown });
    await market.sandbox.configurePay({ doubleBills: true });
    expect((await run()).body.data).toMatchObject({
      differences: 4,
      theirs: { payments: { count: 4 }, refunds: { count: 2 } },
      ours: { payments: { count: 1 }, refunds: { count: 1 } },
    });
    expect((await found()).toSorted()).toEqual(
      [
        ['payment-twice', known, false],
        ['refund-twice', `${known}R1`, false],
        ['payment-missing-here', unknown, false],
        ['payment-twice', unknown, false],
      ].toSorted(),
    );
    await market.sandbox.configurePay({ doubleBills: false });
    expect((await run()).body.data).toMatchObject({ differences: 1 });
  });

  it('is run by one of all that want to at once', async () => {
    await market.bought(member);
    await market.sandbox.fault({ platform: 'wechat-pay', route: BILL, kind: 'slow', delayMs: 500 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => run()));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await report()).toMatchObject({ runs: 1, status: 'done' });
  });

  it('fails where the bill is not there yet, altered or out of reach, says so, and can be run again', async () => {
    await market.bought(member);
    await fault({ errcode: 'STATEMENT_CREATING' });
    const early = await run();
    expect(early).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(early.headers.get('retry-after')).toBe('600');
    expect(await report()).toMatchObject({ status: 'failed', error: '账单还在生成', differences: null });
    await market.sandbox.configurePay({ spoilBills: true });
    expect(await run()).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect(await report()).toMatchObject({ status: 'failed', error: '微信支付账单有误：校验值不符' });
    await market.sandbox.configurePay({ spoilBills: false });
    await fault({ kind: 'drop', count: 3 });
    expect(await run()).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect((await run()).body.data).toMatchObject({ status: 'done', differences: 0, runs: 4, error: null });
  });

  it('is taken over when whoever ran it has died', async () => {
    const reports = market.app.connection.collection('reconciliations');
    await reports.insertOne({
      _id: dayBefore(2) as never,
      status: 'running',
      runs: 1,
      startedBy: 'service',
      startedAt: new Date(),
      leaseUntil: new Date(Date.now() + 60_000),
    });
    expect(await run(dayBefore(2))).toMatchObject(refusal('CONFLICT'));
    await reports.updateOne({}, { $set: { leaseUntil: new Date(Date.now() - 1) } });
    expect((await run(dayBefore(2))).body.data).toMatchObject({ status: 'done', runs: 2 });
  });

  it('that has lost its turn to another one leaves alone what that one has found', async () => {
    const orderNo = await market.bought(member);
    const setAmount = (amount: number) => market.orders().updateOne({ orderNo }, { $set: { amount } });
    const slow = { platform: 'wechat-pay' as const, route: BILL, kind: 'slow' as const, delayMs: 1_500 };
    await market.sandbox.fault({ ...slow, count: 1 });
    const suspended = run();
    await eventually(async () => expect(await report()).toMatchObject({ status: 'running' }));
    const reports = market.app.connection.collection('reconciliations');
    await reports.updateOne({}, { $set: { leaseUntil: new Date(0) } });
    await setAmount(398);
    expect((await run()).body.data).toMatchObject({ runs: 2, differences: 1 });
    // by the time that the first one goes on, it would find nothing
    await setAmount(399);
    expect(await suspended).toMatchObject(refusal('CONFLICT'));
    expect(await report()).toMatchObject({ runs: 2, status: 'done', differences: 1 });
    expect(await found()).toEqual([['payment-amount', orderNo, false]]);
  });

  it('counts what was paid from midnight to midnight in Shanghai', async () => {
    const { _id, ...paid } = await market.stored(await market.bought(member));
    const midnight = Date.parse(`${dayBefore(1)}T00:00:00+08:00`);
    const moments = [-1, 0, DAY_MS - 1, DAY_MS];
    await market.orders().insertMany(
      moments.map((ms, i) => ({
        ...paid,
        _id: _id + 1000 + i,
        orderNo: `CV20260110152015000${i}`,
        transactionId: `420000${i}`,
        paidAt: new Date(midnight + ms),
      })),
    );
    expect((await run()).body.data).toMatchObject({ ours: { payments: { count: 3 } }, differences: 2 });
    expect((await found()).map(([kind, orderNo]) => [kind, orderNo]).toSorted()).toEqual([
      ['payment-missing-there', 'CV202601101520150001'],
      ['payment-missing-there', 'CV202601101520150002'],
    ]);
  });

  it('is done again for a day that somebody has run before its bill was certain to be there', async () => {
    await market.orders().insertOne({ _id: 1, createdAt: new Date(Date.now() - 3 * DAY_MS) } as never);
    const date = dayBefore(2);
    expect((await run(date)).body.data).toMatchObject({ status: 'done', runs: 1 });
    const of = async () => (await admin.get(`${REPORTS}/${date}`)).body.data;
    await market.runJob('reconciliation.daily');
    expect(await of()).toMatchObject({ runs: 1, startedBy: admin.id });
    const early = new Date(`${dayBefore(1)}T10:14:00+08:00`);
    await market.app.connection
      .collection('reconciliations')
      .updateOne({ _id: date as never }, { $set: { startedAt: early } });
    await market.runJob('reconciliation.daily');
    expect(await of()).toMatchObject({ status: 'done', runs: 2, startedBy: 'service' });
  });

  it('that cannot be done is alarmed, since nobody else would notice, as is a bill that does not come', async () => {
    await market.orders().insertOne({ _id: 1, createdAt: new Date(Date.now() - 2.5 * DAY_MS) } as never);
    const alarmed = (since: number) =>
      market.app.logLines.slice(since).filter((line) => line.includes('"alarm":"not-reconciled"')).length;
    const since = market.app.logLines.length;
    await fault({ errcode: 'STATEMENT_CREATING', count: 3 });
    await market.runJob('reconciliation.daily');
    expect((await admin.get(`${REPORTS}/${dayBefore(2)}`)).body.data).toMatchObject({ status: 'failed' });
    const late = `"day":"${dayBefore(2)}","isWaiting":true`;
    await eventually(async () => expect(market.app.logLines.slice(since).join('')).toContain(late));
    const then = alarmed(since);
    await market.sandbox.reset();
    await fault({ errcode: 'NO_AUTH', count: 3 });
    await market.runJob('reconciliation.daily');
    await eventually(async () => expect(alarmed(since)).toBeGreaterThan(then));
    const days = (await admin.get(REPORTS)).body.data.list as { status: string }[];
    expect(alarmed(since) - then).toBe(days.filter(({ status }) => status === 'failed').length);
  });

  it('is done by itself for the days that are due, once', async () => {
    await market.bought(member);
    await market.orders().updateMany({}, { $set: { createdAt: new Date(Date.now() - 4 * DAY_MS) } });
    await market.runJob('reconciliation.daily');
    const { list, total } = (await admin.get(REPORTS)).body.data;
    // before a quarter past ten in Shanghai, yesterday's bill is not there yet
    const dates = (list as { date: string }[]).map(({ date }) => date);
    expect([3, 4]).toContain(total);
    expect(dates).toEqual([1, 2, 3, 4].map(dayBefore).slice(4 - total));
    expect(list).toEqual(dates.map(() => expect.objectContaining({ status: 'done', startedBy: 'service' })));
    await market.runJob('reconciliation.daily');
    expect((await admin.get(REPORTS)).body.data.list).toEqual(list);
  });

  it('is for administrators, and for days that have a bill', async () => {
    const manager = await market.app.asManager();
    expect(await manager.post(REPORTS, { date: dayBefore(1) })).toMatchObject(refusal('FORBIDDEN'));
    expect(await manager.get(REPORTS)).toMatchObject(refusal('FORBIDDEN'));
    expect(await market.app.asGuest().get(REPORTS)).toMatchObject(refusal('UNAUTHORIZED'));
    for (const date of [dayBefore(0), dayBefore(120), '2026-02-30', 'yesterday', undefined])
      expect(await admin.post(REPORTS, { date })).toMatchObject(refusal('INVALID_PARAMS', 'date'));
    expect(await admin.get(`${REPORTS}/2020-01-01`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await admin.get(`${REPORTS}/today`)).toMatchObject(refusal('INVALID_PARAMS', 'date'));
  });

  describe('on the command line', () => {
    const reconcile = (...args: string[]) =>
      runCommand('reconcile', args, {
        MONGODB_URI: testDatabase().uri,
        MONGODB_DATABASE: market.app.database,
        JWT_SECRET: 'a secret of the tests, long enough for HS256',
        ...market.env,
      });

    it('says with its exit code whether the bill agrees', async () => {
      const orderNo = await market.bought(member);
      expect(await reconcile('--date', dayBefore(1))).toEqual({
        code: 0,
        output: expect.stringContaining('账单：支付 1 笔 3.99 元，退款 0 笔 0.00 元'),
      });
      await market.orders().updateOne({ orderNo }, { $set: { amount: 398 } });
      const differs = await reconcile('--date', dayBefore(1));
      expect(differs.code).toBe(1);
      expect(differs.output).toContain(`支付金额不一致：${orderNo}（本系统 3.98，账单 3.99）`);
      expect(await report()).toMatchObject({ startedBy: 'cli', runs: 2, differences: 1 });
    });

    it('leaves what it has found to the service, which alarms it once and books what was missed', async () => {
      const orderNo = await market.order(member);
      await market.sandbox.configurePay({ daysAgo: 2 });
      await market.pay(orderNo, { times: 0 });
      await market.orders().updateOne(
        { orderNo },
        // too late to be asked about by anybody else
        { $set: { status: 3, nextCheckAt: null, createdAt: new Date(Date.now() - 3 * DAY_MS) } },
      );
      const since = market.app.logLines.length;
      const alarms = () =>
        market.app.logLines.slice(since).filter((line) => line.includes('"alarm":"bill-differs"'));
      const of = async () => (await admin.get(`${REPORTS}/${dayBefore(2)}`)).body.data;
      expect(await reconcile('--date', dayBefore(2))).toMatchObject({ code: 1 });
      expect(await market.sandbox.refunds()).toEqual([]);
      await market.sandbox.fault({ platform: 'wechat-pay', route: QUERY, kind: 'drop', count: 3 });
      await market.runJob('reconciliation.daily');
      expect(await market.sandbox.refunds()).toEqual([]);
      // WeChat Pay was away; at the next look it is there
      await market.runJob('reconciliation.daily');
      await eventually(async () => expect(await market.sandbox.refunds()).toHaveLength(1));
      expect(await of()).toMatchObject({ startedBy: 'cli', runs: 1, differences: 1 });
      expect(alarms()).toHaveLength(1);
      await market.runJob('reconciliation.daily');
      expect(alarms()).toHaveLength(1);
    });

    it('says what is wrong where it cannot be done', async () => {
      for (const args of [[], ['--date', dayBefore(0)], ['--date', 'x']]) {
        const refused = await reconcile(...args);
        expect(refused.code).toBe(2);
        expect(refused.output).toContain('用法：npm run reconcile');
      }
      await fault({ errcode: 'STATEMENT_CREATING' });
      expect(await reconcile('--date', dayBefore(1))).toEqual({
        code: 2,
        output: expect.stringContaining('\n账单还在生成\n'),
      });
    });
  });
});
