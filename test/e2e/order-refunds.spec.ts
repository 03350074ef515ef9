import type { Actor } from '../support/actor';
import { eventually } from '../support/eventually';
import { post, storedJobs } from '../support/jobs';
import { manyJobs, Market, ONE, orderNoOf, RECORDS, spend, TEN } from '../support/payments';
import { refusal } from '../support/refusal';

const ORDERS = '/api/admin/orders';
const REFUND = '/v3/refund/domestic/refunds';
const HOUR_MS = 3_600_000;

describe('orders, as administrators see and refund them', () => {
  let market: Market;
  let admin: Actor;
  let member: Actor;
  beforeAll(async () => {
    market = await Market.start();
    admin = await market.app.asAdmin();
  });
  beforeEach(async () => {
    await market.reset();
    member = await market.app.asMember();
  });
  afterAll(async () => {
    await market.requireSoundLedgers();
    await market.stop();
  });

  const detail = async (id: string) => (await admin.get(`${ORDERS}/${id}`)).body.data;
  const refund = (id: string, body: object = { reason: '误购' }, headers: Record<string, string> = {}) =>
    admin.post(`${ORDERS}/${id}/refund`, body, headers);
  const list = async (query: Record<string, string | number>) => (await admin.get(ORDERS, query)).body.data;
  const fault = (more: object) =>
    market.sandbox.fault({ platform: 'wechat-pay', route: REFUND, kind: 'error', ...more });
  const refundsAtWechat = () => market.sandbox.refunds();

  describe('are listed', () => {
    it('newest first, by every filter, page by page', async () => {
      const paid = await market.bought(member, TEN);
      const pending = await market.order(member);
      const jobId = await post(member);
      const top = orderNoOf(await member.post('/jobs/top', { job_id: jobId, top_hour: 72, price: 5 }));
      const numbers = async (query: Record<string, string | number>) =>
        ((await list({ memberId: member.memberId, ...query })).list as { orderNo: string }[]).map(
          ({ orderNo }) => orderNo,
        );
      expect(await numbers({})).toEqual([top, pending, paid]);
      expect(await numbers({ status: 2 })).toEqual([paid]);
      expect(await numbers({ type: 'top' })).toEqual([top]);
      expect(await numbers({ refundStatus: 'success' })).toEqual([]);
      expect(await numbers({ page: 2, pageSize: 2 })).toEqual([paid]);
      const today = new Date(Date.now() + 8 * HOUR_MS).toISOString().slice(0, 10);
      expect(await numbers({ from: today, to: today })).toHaveLength(3);
      expect(await numbers({ to: '2020-01-01' })).toEqual([]);
      expect((await list({ orderNo: pending })).list).toMatchObject([{ orderNo: pending, status: 1 }]);
      expect(await list({ memberId: member.memberId })).toMatchObject({ total: 3, page: 1, pageSize: 10 });
      const all = await list({ pageSize: 100 });
      expect(all.total).toBe(await market.orders().countDocuments());
    });

    it.each([
      ['status', { status: 5 }],
      ['status', { status: 'paid' }],
      ['type', { type: 'gift' }],
      ['orderNo', { orderNo: 'x' }],
      ['memberId', { memberId: 'x' }],
      ['from', { from: 'yesterday' }],
      ['page', { page: 1001, pageSize: 10 }],
    ])('not with a wrong %s: %o', async (field, query) => {
      expect(await admin.get(ORDERS, query as Record<string, string>)).toMatchObject(
        refusal('INVALID_PARAMS', field),
      );
    });

    it('in full, by either number, and none that there is not', async () => {
      const orderNo = await market.bought(member);
      const order = await detail(orderNo);
      expect(order).toMatchObject({
        orderNo,
        type: 'voucher',
        amount: 3.99,
        status: 2,
        statusText: '已支付',
        memberId: member.memberId,
        contactVoucherNum: 1,
        transactionId: expect.stringMatching(/^42/),
        refund: null,
        refunds: [],
        events: [
          { what: 'create', by: `member:${member.id}` },
          { what: 'pay', by: 'notice' },
        ],
      });
      expect(await detail(order.id as string)).toEqual(order);
      for (const id of ['99999999', 'CV202601101520151234'])
        expect(await admin.get(`${ORDERS}/${id}`)).toMatchObject(refusal('NOT_FOUND'));
      expect(await admin.get(`${ORDERS}/x`)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    });

    it('and refunded by administrators alone', async () => {
      const orderNo = await market.bought(member);
      for (const who of [await market.app.asManager(), await market.app.asEmployee()]) {
        expect(await who.get(ORDERS)).toMatchObject(refusal('FORBIDDEN'));
        expect(await who.get(`${ORDERS}/${orderNo}`)).toMatchObject(refusal('FORBIDDEN'));
        const refused = await who.post(`${ORDERS}/${orderNo}/refund`, { reason: '误购' });
        expect(refused).toMatchObject(refusal('FORBIDDEN'));
      }
      expect(await market.app.asGuest().get(ORDERS)).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });

  describe('are refunded', () => {
    it('whole where nothing is used: the vouchers go at once, the money when WeChat Pay says so', async () => {
      const orderNo = await market.bought(member, TEN);
      const answer = await refund(orderNo);
      expect(answer.body.data).toMatchObject({
        status: 2,
        refund: { refundNo: `${orderNo}R1`, status: 'processing', amount: 34 },
        refunds: [
          {
            reason: '误购',
            source: 'admin',
            status: 'processing',
            amount: 34,
            vouchersTakenBack: 10,
            requestedBy: admin.id,
          },
        ],
      });
      expect(await market.balance(member)).toBe(0);
      expect(await refundsAtWechat()).toMatchObject([{ refund: 3400, status: 'PROCESSING' }]);
      expect((await market.sandbox.refundResult(`${orderNo}R1`)).answers).toEqual([200]);
      expect(await detail(orderNo)).toMatchObject({
        status: 4,
        statusText: '已退款',
        refund: { status: 'success' },
        refunds: [{ refundId: expect.stringMatching(/^50/), succeededAt: expect.any(String) }],
      });
      const { data } = (await member.post(RECORDS)).body;
      expect(data.list).toMatchObject([
        { type: 'refund', title: '退款收回', change_num: -10 },
        { type: 'buy', change_num: 10 },
      ]);
      const logs = await admin.get('/api/audit-logs', { entity: 'order' });
      expect(logs.body.data.list[0]).toMatchObject({
        action: 'refund',
        actorId: admin.id,
        after: { refundNo: `${orderNo}R1`, amount: 3400, reason: '误购', takenBack: { vouchers: 10 } },
      });
    });

    it('in part where some are used: what is used stays paid', async () => {
      const orderNo = await market.bought(member, TEN);
      for (const jobId of await manyJobs(market.app, 3)) await spend(member, jobId);
      // 7 of 10 at 34 yuan
      expect((await refund(orderNo)).body.data.refund).toMatchObject({ amount: 23.8 });
      expect(await market.balance(member)).toBe(0);
      expect(await refundsAtWechat()).toMatchObject([{ refund: 2380 }]);
      await market.sandbox.refundResult(`${orderNo}R1`);
      expect(await detail(orderNo)).toMatchObject({ status: 4, amount: 34, refund: { amount: 23.8 } });
    });

    it('not where all are used', async () => {
      const orderNo = await market.bought(member);
      const [jobId] = await manyJobs(market.app, 1);
      await spend(member, jobId!);
      const refused = await refund(orderNo);
      expect(refused).toMatchObject(refusal('CONFLICT'));
      expect(refused.body.message).toContain('已全部使用');
      expect(await detail(orderNo)).toMatchObject({ status: 2, refunds: [] });
    });

    it('with at most what the order has bought, whatever else there is', async () => {
      await market.bought(member, TEN);
      const orderNo = await market.bought(member, ONE);
      expect((await refund(orderNo)).body.data.refund).toMatchObject({ amount: 3.99 });
      expect(await market.balance(member)).toBe(10);
    });

    it('of a topping: what is left of it ends', async () => {
      const jobId = await post(member);
      const body = { job_id: jobId, top_hour: 72, price: 5 };
      const [one, other] = [
        orderNoOf(await member.post('/jobs/top', body)),
        orderNoOf(await member.post('/jobs/top', body)),
      ];
      await market.pay(one);
      await market.pay(other);
      const left = async () =>
        ((await storedJobs(market.app).findOne({ _id: jobId }))!.topEndsAt!.getTime() - Date.now()) / HOUR_MS;
      expect(await left()).toBeCloseTo(144, 1);
      expect((await refund(one)).body.data.refunds[0]).toMatchObject({ amount: 5, topHoursTakenBack: 72 });
      expect(await left()).toBeCloseTo(72, 1);
      await refund(other);
      expect(await left()).toBeLessThanOrEqual(0);
      expect((await member.post('/jobs/info', { job_id: jobId })).body.data.is_top).toBe(0);
    });

    it('of a refresh: nothing is taken back', async () => {
      const jobId = await post(member);
      const orderNo = orderNoOf(await member.post('/jobs/refresh/pay', { job_id: jobId, price: 1.99 }));
      await market.pay(orderNo);
      expect((await refund(orderNo)).body.data.refund).toMatchObject({ amount: 1.99 });
    });

    it('once, whoever asks at once, and never again', async () => {
      const orderNo = await market.bought(member, TEN);
      const answers = await Promise.all(Array.from({ length: 5 }, () => refund(orderNo)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
      expect(await refund(orderNo)).toMatchObject(refusal('CONFLICT'));
      await market.sandbox.refundResult(`${orderNo}R1`);
      expect(await refund(orderNo)).toMatchObject(refusal('CONFLICT'));
      expect(await refundsAtWechat()).toHaveLength(1);
    });

    it('and the answer says what WeChat Pay said, also while the watch is about', async () => {
      const orderNos = await Promise.all(Array.from({ length: 8 }, () => market.bought(member)));
      const statuses: string[] = [];
      const rounds = (async () => {
        while (statuses.length < orderNos.length) await market.runJob('orders.watch');
      })();
      for (const orderNo of orderNos) statuses.push((await refund(orderNo)).body.data.refund.status);
      await rounds;
      expect(statuses).toEqual(orderNos.map(() => 'processing'));
    });

    it('once under one idempotency key', async () => {
      const orderNo = await market.bought(member);
      const headers = { 'idempotency-key': `refund-${orderNo}` };
      const first = await refund(orderNo, undefined, headers);
      const again = await refund(orderNo, undefined, headers);
      expect(again.body.data).toEqual(first.body.data);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('once, also where whoever was asked died before it could answer', async () => {
      const orderNo = await market.bought(member, TEN);
      const headers = { 'idempotency-key': `refund-${orderNo}` };
      await refund(orderNo, undefined, headers);
      await market.app.connection
        .collection('idempotency_claims')
        .updateMany({}, { $unset: { answer: '' }, $set: { leaseEndsAt: new Date(0) } });
      const again = await refund(orderNo, undefined, headers);
      expect(again.body.data).toMatchObject({
        refund: { refundNo: `${orderNo}R1`, status: 'processing', amount: 34 },
        refunds: { length: 1 },
      });
      expect(again.headers.get('idempotency-replayed')).toBeNull();
      expect(await refundsAtWechat()).toHaveLength(1);
      const logs = await admin.get('/api/audit-logs', { entity: 'order', entityId: again.body.data.id });
      expect(logs.body.data.total).toBe(1);
      // another request for the same order is another matter
      expect(await refund(orderNo, undefined, { 'idempotency-key': 'another' })).toMatchObject(
        refusal('CONFLICT'),
      );
    });

    it('not before they are paid, nor after they were cancelled, nor without a reason', async () => {
      const pending = await market.order(member);
      expect(await refund(pending)).toMatchObject(refusal('CONFLICT'));
      await market.expire(pending);
      await market.watch(pending);
      expect(await refund(pending)).toMatchObject(refusal('CONFLICT'));
      const paid = await market.bought(member);
      for (const reason of ['', '  ', 'x'.repeat(81), undefined])
        expect(await refund(paid, { reason })).toMatchObject(refusal('INVALID_PARAMS', 'reason'));
      expect(await refund('99999999')).toMatchObject(refusal('NOT_FOUND'));
    });
  });

  describe('whose refund', () => {
    it('is told before WeChat Pay has answered, or twice, ends once', async () => {
      const orderNo = await market.bought(member);
      await fault({ kind: 'drop', when: 'after', count: 3 });
      const answer = await refund(orderNo);
      expect(answer.body.data).toMatchObject({
        refund: { status: 'requested' },
        refunds: [{ lastError: '微信支付没有应答' }],
      });
      const told = await market.sandbox.refundResult(`${orderNo}R1`, 'SUCCESS', { times: 3, atOnce: true });
      expect(told.answers).toEqual([200, 200, 200]);
      expect(await detail(orderNo)).toMatchObject({ status: 4, refund: { status: 'success' } });
      await market.watch();
      expect(await refundsAtWechat()).toHaveLength(1);
      const { events } = await detail(orderNo);
      expect((events as { what: string }[]).filter(({ what }) => what === 'refund')).toHaveLength(1);
    });

    it('is not told of is found by asking', async () => {
      const orderNo = await market.bought(member);
      await refund(orderNo);
      await market.sandbox.refundResult(`${orderNo}R1`, 'SUCCESS', { times: 0 });
      await market.watch(orderNo);
      expect(await detail(orderNo)).toMatchObject({ status: 4 });
    });

    const stuck = (orderNo: string) =>
      market.app.logLines.filter(
        (line) => line.includes('"alarm":"refund-stuck"') && line.includes(`"${orderNo}R1"`),
      );

    it.each(['NOT_ENOUGH', 'NO_AUTH', 'SIGN_ERROR'])(
      'is refused by %s calls somebody, once',
      async (errcode) => {
        const orderNo = await market.bought(member);
        await fault({ errcode });
        await refund(orderNo);
        await eventually(async () => expect(stuck(orderNo)).toHaveLength(1));
        await fault({ errcode });
        await market.watch(orderNo);
        expect(await market.sandbox.faultsLeft()).toBe(0);
        expect(await detail(orderNo)).toMatchObject({ refund: { status: 'requested' } });
        expect(stuck(orderNo)).toHaveLength(1);
      },
    );

    it('is not taken on for more than an hour calls somebody, once', async () => {
      const orderNo = await market.bought(member);
      await fault({ errcode: 'FREQUENCY_LIMITED', count: 3 });
      await refund(orderNo);
      await market.sandbox.reset();
      expect(stuck(orderNo)).toEqual([]);
      const past = new Date(Date.now() - 61 * 60_000);
      await market.refunds().updateOne({ _id: `${orderNo}R1` }, { $set: { createdAt: past } });
      for (let times = 0; times < 2; times += 1) {
        await fault({ errcode: 'FREQUENCY_LIMITED', count: 3 });
        await market.watch(orderNo);
        await eventually(async () => expect(stuck(orderNo)).toHaveLength(1));
        await market.sandbox.reset();
      }
    });

    it('could not be asked for is asked for until it can be', async () => {
      const orderNo = await market.bought(member);
      await fault({ errcode: 'NOT_ENOUGH' });
      const answer = await refund(orderNo);
      expect(answer.body.data).toMatchObject({
        refund: { status: 'requested' },
        refunds: [{ lastError: expect.stringContaining('NOT_ENOUGH') }],
      });
      // whose vouchers are taken back already, so that they are not spent meanwhile
      expect(await market.balance(member)).toBe(0);
      await market.watch(orderNo);
      expect(await detail(orderNo)).toMatchObject({ refund: { status: 'processing' } });
    });

    it('is closed gives the vouchers again, and may be tried again', async () => {
      const orderNo = await market.bought(member, TEN);
      await refund(orderNo);
      await market.sandbox.refundResult(`${orderNo}R1`, 'CLOSED');
      expect(await detail(orderNo)).toMatchObject({ status: 2, refund: { status: 'closed' } });
      expect(await market.balance(member)).toBe(10);
      const again = await refund(orderNo);
      expect(again.body.data.refund).toMatchObject({ refundNo: `${orderNo}R2`, status: 'processing' });
      await market.sandbox.refundResult(`${orderNo}R2`);
      expect(await detail(orderNo)).toMatchObject({
        status: 4,
        refunds: [{ status: 'closed' }, { status: 'success' }],
      });
      expect(await market.balance(member)).toBe(0);
    });

    it('is refused for good gives the vouchers again, and says why', async () => {
      const orderNo = await market.bought(member, TEN);
      await fault({ errcode: 'INVALID_REQUEST' });
      const { refunds, refund: latest } = (await refund(orderNo)).body.data;
      expect(latest).toMatchObject({ status: 'closed' });
      expect(refunds).toMatchObject([
        { status: 'closed', lastError: expect.stringContaining('INVALID_REQUEST') },
      ]);
      expect(await market.balance(member)).toBe(10);
    });

    it('is refused although it was taken on is what it is', async () => {
      const orderNo = await market.bought(member, TEN);
      await fault({ errcode: 'INVALID_REQUEST', when: 'after' });
      expect((await refund(orderNo)).body.data.refund).toMatchObject({ status: 'processing' });
      expect(await market.balance(member)).toBe(0);
    });

    it('succeeds although it was refused and is unknown is alarmed: the money is gone, the vouchers are not', async () => {
      const orderNo = await market.bought(member, TEN);
      await fault({ errcode: 'INVALID_REQUEST', when: 'after' });
      await fault({ route: `${REFUND}/:out_refund_no`, errcode: 'RESOURCE_NOT_EXISTS' });
      expect((await refund(orderNo)).body.data.refund).toMatchObject({ status: 'closed' });
      const since = market.app.logLines.length;
      expect((await market.sandbox.refundResult(`${orderNo}R1`)).answers).toEqual([200]);
      await eventually(async () =>
        expect(market.app.logLines.slice(since).join('')).toContain('"alarm":"refund-against-books"'),
      );
      expect(await detail(orderNo)).toMatchObject({ status: 2, refund: { status: 'closed' } });
      expect(await market.balance(member)).toBe(10);
    });

    it('is abnormal waits for somebody to see to it', async () => {
      const orderNo = await market.bought(member);
      await refund(orderNo);
      await market.sandbox.refundResult(`${orderNo}R1`, 'ABNORMAL');
      expect(await detail(orderNo)).toMatchObject({ status: 2, refund: { status: 'abnormal' } });
      expect((await list({ refundStatus: 'abnormal' })).list).toMatchObject([{ orderNo }]);
      await market.sandbox.refundResult(`${orderNo}R1`, 'SUCCESS');
      expect(await detail(orderNo)).toMatchObject({ status: 4, refund: { status: 'success' } });
    });

    it('notice is spoilt, or of a refund that is none of ours, is refused', async () => {
      const orderNo = await market.bought(member);
      await refund(orderNo);
      for (const tamper of ['body', 'signature', 'serial', 'probe', 'mchid'] as const) {
        const told =
          tamper === 'body'
            ? await market.sandbox.refundResult(`${orderNo}R1`, 'SUCCESS', { tamper })
            : await market.sandbox.notice({ out_refund_no: `${orderNo}R1` }, { tamper });
        expect(told.answers[0]).toBeGreaterThanOrEqual(400);
      }
      expect(await detail(orderNo)).toMatchObject({ status: 2 });
      await market.refunds().updateOne({ _id: `${orderNo}R1` }, { $set: { amount: 1 } });
      expect((await market.sandbox.notice({ out_refund_no: `${orderNo}R1` })).answers).toEqual([400]);
      await market.refunds().updateOne({ _id: `${orderNo}R1` }, { $set: { amount: 399 } });
      await market.refunds().updateOne({ _id: `${orderNo}R1` }, { $set: { orderNo: 'CV0' } });
      expect((await market.sandbox.notice({ out_refund_no: `${orderNo}R1` })).answers).toEqual([404]);
    });

    it('arrives before the payment was noticed: the payment is noticed first, and all is as it should be', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      // somebody looks, so that it can be refunded
      await market.watch(orderNo);
      await eventually(async () => expect(await market.balance(member)).toBe(1));
      await refund(orderNo);
      await market.sandbox.refundResult(`${orderNo}R1`);
      // now the first notice comes
      expect((await market.sandbox.notice({ out_trade_no: orderNo })).answers).toEqual([200]);
      expect(await detail(orderNo)).toMatchObject({ status: 4 });
      expect(await market.balance(member)).toBe(0);
    });
  });
});
