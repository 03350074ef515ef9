import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import { createPublicKey } from 'node:crypto';
import type { Actor } from '../support/actor';
import { OrderStates, type Transition } from '../../src/modules/orders/order-states';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { refused } from '../support/members';
import { receiveNotices } from '../support/notices';
import { BUY, Market, NOTIFY, ONE, orderNoOf, RECORDS, STATUS, TEN } from '../support/payments';
import { refusal } from '../support/refusal';

const PREPAY = '/v3/pay/transactions/jsapi';
const QUERY = '/v3/pay/transactions/out-trade-no/:out_trade_no';
const CLOSE = '/v3/pay/transactions/out-trade-no/:out_trade_no/close';

const DAY_MS = 86_400_000;
const yesterday = (): string => new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);

describe('orders of the marketplace', () => {
  let market: Market;
  let second: TestApp;
  let admin: Actor;
  let member: Actor;
  beforeAll(async () => {
    market = await Market.start();
    second = await market.second();
    admin = await market.app.asAdmin();
  });
  beforeEach(async () => {
    await market.reset();
    member = await market.app.asMember();
  });
  afterAll(async () => {
    await market.requireSoundLedgers();
    await second.app.close();
    await market.stop();
  });

  const status = async (orderNo: string, who = member) =>
    (await who.post(STATUS, { order_no: orderNo })).body.data as Record<string, unknown>;
  const fault = (route: string, more: object) =>
    market.sandbox.fault({ platform: 'wechat-pay', route, kind: 'error', ...more });
  const callsOf = async (route: string) =>
    (await market.sandbox.calls()).filter((call) => call.route === route);
  const now = (): string => new Date().toISOString();
  /** What either instance has alarmed since: the watch is run by one of both. */
  const alarms = (since: string) =>
    [...market.app.logLines, ...second.logLines]
      .filter((line) => line.includes('payment alarm'))
      .map((line) => JSON.parse(line) as { alarm: string; time: string })
      .filter(({ time }) => time >= since)
      .map(({ alarm }) => alarm);
  const bought = async (who = member) =>
    ((await who.post(RECORDS)).body.data.list as { type: string }[]).filter(({ type }) => type === 'buy');

  describe('are placed', () => {
    it('with what the mini-program pays with, and wait', async () => {
      const answer = await member.post(BUY, ONE);
      const { data } = answer.body;
      expect(data.order_no).toMatch(/^CV20\d{12}\d{4}$/);
      expect(data.amount).toBe(3.99);
      expect(Number.isInteger(data.order_id)).toBe(true);
      const { timeStamp, nonceStr, package: packed, paySign } = data.pay_params;
      const lines = Formatter.joinedByLineFeed(market.env['WECHAT_APP_ID']!, timeStamp, nonceStr, packed);
      const key = createPublicKey(market.env['WECHAT_PAY_PRIVATE_KEY']!);
      expect(Rsa.verify(lines, paySign as string, key)).toBe(true);
      expect(await status(data.order_no as string)).toEqual({
        order_no: data.order_no,
        status: 1,
        amount: 3.99,
        paid_at: '',
      });
      expect(await market.sandbox.trades()).toMatchObject([
        { out_trade_no: data.order_no, total: 399, state: 'NOTPAY' },
      ]);
    });

    it.each([3.99, '3.99', '3.990'])('at the price %p', async (price) => {
      expect((await member.post(BUY, { ...ONE, price })).status).toBe(200);
    });

    it.each([3.98, 4, '399', 0, 0.01])('not at the price %p', async (price) => {
      const answer = await member.post(BUY, { ...ONE, price });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        code: 1003,
        message: 'Amount mismatch',
        data: '价格已变动，请刷新后重试',
      });
      expect(await callsOf(PREPAY)).toHaveLength(0);
    });

    it.each([
      ['price', { contact_voucher_num: 1 }],
      ['price', { ...ONE, price: -3.99 }],
      ['price', { ...ONE, price: 'free' }],
      ['price', { ...ONE, price: 3.999 }],
      ['price', { ...ONE, price: null }],
      ['contact_voucher_num', { price: 3.99 }],
      ['contact_voucher_num', { ...ONE, contact_voucher_num: 0 }],
      ['contact_voucher_num', { ...ONE, contact_voucher_num: 1.5 }],
      ['contact_voucher_num', { ...ONE, contact_voucher_num: 7 }],
    ])('not with a wrong %s: %o', async (field, body) => {
      expect(await member.post(BUY, body)).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });

    it('only by members', async () => {
      expect(await market.app.asGuest().post(BUY, ONE)).toMatchObject(refused(401));
      expect(await admin.post(BUY, ONE, { user_id: admin.id })).toMatchObject(refused(401));
    });

    it('each under a number of its own, also many within a second', async () => {
      const buyers = [member, ...(await Promise.all([1, 2, 3].map(() => market.app.asMember())))];
      const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => buyers[i % 4]!.post(BUY, ONE)));
      expect(new Set(answers.map(orderNoOf)).size).toBe(60);
      expect(new Set(answers.map(({ body }) => body.data.order_id)).size).toBe(60);
    });
  });

  describe('under an idempotency key', () => {
    it('are one, whatever is sent at once', async () => {
      const headers = { 'idempotency-key': 'buy-1' };
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, i) => (i % 2 ? member : member.at(second.url)).post(BUY, ONE, headers)),
      );
      const made = answers.filter(({ status: code }) => code === 200);
      expect(new Set(made.map(orderNoOf)).size).toBe(1);
      expect(answers.every(({ status: code }) => [200, 409].includes(code))).toBe(true);
      const replay = await member.post(BUY, ONE, headers);
      expect(replay.headers.get('idempotency-replayed')).toBe('true');
      expect(replay.body).toEqual(made[0]!.body);
      expect(await member.post(BUY, TEN, headers)).toMatchObject({ status: 422 });
      expect(await market.sandbox.trades()).toHaveLength(1);
    });

    it("are the same one again when WeChat Pay's answer was lost: the buyer pays once", async () => {
      const headers = { 'idempotency-key': 'buy-2' };
      await fault(PREPAY, { kind: 'drop', when: 'after', count: 3 });
      expect(await member.post(BUY, ONE, headers)).toMatchObject(refused(502));
      const orderNo = orderNoOf(await member.post(BUY, ONE, headers));
      expect(await market.sandbox.trades()).toHaveLength(1);
      await market.pay(orderNo);
      expect(await market.balance(member)).toBe(1);
      expect(await market.orders().countDocuments({ memberId: member.memberId })).toBe(1);
    });

    it('are not paid a second time when the first attempt has been', async () => {
      const headers = { 'idempotency-key': 'buy-3' };
      await fault(PREPAY, { kind: 'drop', when: 'after', count: 3 });
      await member.post(BUY, ONE, headers);
      const { out_trade_no } = (await market.sandbox.trades())[0]!;
      await market.pay(out_trade_no, { times: 0 });
      expect(await member.post(BUY, ONE, headers)).toMatchObject(refused(409, /已经支付/));
      expect(await market.balance(member)).toBe(1);
      expect(await status(out_trade_no)).toMatchObject({ status: 2 });
    });

    it('are another one under the same key a day later, when the key is over', async () => {
      const headers = { 'idempotency-key': 'every-day' };
      const first = orderNoOf(await member.post(BUY, ONE, headers));
      await market.pay(first);
      const aDayAgo = { $set: { createdAt: new Date(Date.now() - DAY_MS) } };
      await market.app.connection.collection('idempotency_claims').updateMany({}, aDayAgo);
      await market.orders().updateOne({ orderNo: first }, aDayAgo);
      const next = orderNoOf(await member.post(BUY, ONE, headers));
      expect(next).not.toBe(first);
      await market.pay(next);
      expect(await market.balance(member)).toBe(2);
    });

    it('are another one when the first has run out', async () => {
      const headers = { 'idempotency-key': 'buy-4' };
      await fault(PREPAY, { status: 503, count: 3 });
      expect(await member.post(BUY, ONE, headers)).toMatchObject(refused(502));
      const [first] = await market.orders().find({ memberId: member.memberId }).toArray();
      await market.expire(first!.orderNo);
      const orderNo = orderNoOf(await member.post(BUY, ONE, headers));
      expect(orderNo).not.toBe(first!.orderNo);
      await market.watch(first!.orderNo);
      expect(await market.stored(first!.orderNo)).toMatchObject({ status: 3 });
    });
  });

  describe('when the price list changes', () => {
    const sku = (change: object) => admin.patch('/api/admin/skus/voucher_1', change);
    afterEach(() => sku({ price: 3.99, title: '联系券 1 张', active: true }));

    it('keep price and content that they were made with, to be paid and refunded', async () => {
      const orderNo = await market.order(member);
      await sku({ price: 4.5, title: '联系券', active: false });
      expect(await member.post(BUY, ONE)).toMatchObject(refused(400, /^contact_voucher_num: /));
      expect((await market.pay(orderNo)).answers).toEqual([200]);
      expect(await status(orderNo)).toMatchObject({ status: 2, amount: 3.99 });
      expect(await market.balance(member)).toBe(1);
      await admin.post(`/api/admin/orders/${orderNo}/refund`, { reason: '误购' });
      expect(await market.sandbox.refunds()).toMatchObject([{ refund: 399 }]);
    });

    it('keep it for another attempt of the same request, and for no other request', async () => {
      const headers = { 'idempotency-key': 'buy-5' };
      await fault(PREPAY, { kind: 'drop', when: 'after', count: 3 });
      expect(await member.post(BUY, ONE, headers)).toMatchObject(refused(502));
      await sku({ price: 4.5 });
      expect(await member.post(BUY, ONE)).toMatchObject(refused(1003));
      expect((await member.post(BUY, ONE, headers)).body.data).toMatchObject({ amount: 3.99 });
      expect(await market.sandbox.trades()).toMatchObject([{ total: 399 }]);
    });
  });

  it('are placed twenty a minute at most by one member, at an instance that counts', async () => {
    const env = { ...market.env, RATE_LIMIT_FACTOR: '0.1' };
    const limited = await TestApp.start({ env, database: market.app.database });
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await member.at(limited.url).post(BUY, ONE));
    expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 429]);
    const other = await market.app.asMember();
    expect((await other.at(limited.url).post(BUY, ONE)).status).toBe(200);
    await limited.app.close();
  });

  it('are twenty at most that are to be paid, also where two are placed at once at two instances', async () => {
    const place = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, i) => (i % 2 ? member : member.at(second.url)).post(BUY, ONE)),
      );
    await place(17);
    const answers = await place(6);
    expect(answers.map(({ status: code }) => code).sort()).toEqual([200, 200, 200, 429, 429, 429]);
    const refusedOne = answers.find(({ status: code }) => code === 429)!;
    expect(refusedOne).toMatchObject(refused(429, /20 笔订单待支付，请先支付/));
    expect(Number(refusedOne.headers.get('retry-after'))).toBeGreaterThan(7000);
    expect(await market.orders().countDocuments({ memberId: member.memberId })).toBe(20);
    expect((await (await market.app.asMember()).post(BUY, ONE)).status).toBe(200);
    await market.pay(orderNoOf(answers.find(({ status: code }) => code === 200)!));
    expect((await member.post(BUY, ONE)).status).toBe(200);
  });

  it('go from one status to another by the ways that there are, and by no other', async () => {
    const states = market.app.app.get(OrderStates);
    const ways: Record<Transition, [from: number, to: number]> = {
      pay: [1, 2],
      cancel: [1, 3],
      findRefunded: [1, 4],
      refund: [2, 4],
      refundLate: [3, 4],
    };
    const { _id } = await market.stored(await market.order(member));
    for (const [way, [from, to]] of Object.entries(ways))
      for (const before of [1, 2, 3, 4] as const) {
        await market.orders().updateOne({ _id }, { $set: { status: before } });
        const moved = await states.move(_id, way as Transition, { by: 'test' });
        expect([way, before, moved?.status]).toEqual([way, before, before === from ? to : undefined]);
        const after = await market.orders().findOne({ _id });
        expect(after?.status).toBe(before === from ? to : before);
      }
  });

  describe('whose prepay fails', () => {
    it('are told as what it is', async () => {
      await fault(PREPAY, { errcode: 'PARAM_ERROR' });
      expect(await member.post(BUY, ONE)).toMatchObject(refused(502, /PARAM_ERROR/));
      await fault(PREPAY, { kind: 'drop', count: 3 });
      expect(await member.post(BUY, ONE)).toMatchObject(refused(502));
      // and nothing of it can be paid
      expect(await market.sandbox.trades()).toEqual([]);
      expect((await member.post(BUY, ONE)).status).toBe(200);
    });

    it('can be paid all the same, if the buyer got to know of it: whatever is paid is given', async () => {
      await fault(PREPAY, { kind: 'drop', when: 'after', count: 3 });
      await member.post(BUY, ONE);
      const { out_trade_no } = (await market.sandbox.trades())[0]!;
      expect(await market.pay(out_trade_no)).toEqual({ delivered: true, answers: [200] });
      expect(await market.balance(member)).toBe(1);
    });
  });

  describe('that are paid', () => {
    it('are fulfilled by the notice, and show when they were paid', async () => {
      const orderNo = await market.order(member, TEN);
      expect(await market.pay(orderNo)).toEqual({ delivered: true, answers: [200] });
      expect(await status(orderNo)).toEqual({
        order_no: orderNo,
        status: 2,
        amount: 34,
        paid_at: expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.000$/),
      });
      const { data } = (await member.post(RECORDS)).body;
      expect(data).toMatchObject({
        contact_voucher_num: 10,
        list: [{ type: 'buy', title: '购买联系券 10 张', change_num: 10 }],
        list_total: 1,
      });
      expect(await market.stored(orderNo)).toMatchObject({
        fulfilledAt: expect.any(Date),
        nextCheckAt: null,
      });
    });

    it('are fulfilled once, however often and wherever they are told', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      const twice = async (url: string) => {
        await market.sandbox.deliverTo(url);
        return market.sandbox.notice({ out_trade_no: orderNo }, { times: 10, atOnce: true });
      };
      const asked = Promise.all(
        Array.from({ length: 4 }, (_, i) =>
          (i % 2 ? member : member.at(second.url)).post(STATUS, { order_no: orderNo }),
        ),
      );
      const told = [await twice(second.url), await twice(market.app.url)];
      await asked;
      expect(told.flatMap(({ answers }) => answers)).toEqual(Array(20).fill(200));
      expect(await bought()).toHaveLength(1);
      expect(await market.balance(member)).toBe(1);
      expect((await market.stored(orderNo)).events.filter(({ what }) => what === 'pay')).toHaveLength(1);
    });

    it('are found when the notice is lost: by the buyer who asks', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      expect(await status(orderNo)).toMatchObject({ status: 2 });
      expect(await market.balance(member)).toBe(1);
      // and the notice that comes late changes nothing
      expect((await market.sandbox.notice({ out_trade_no: orderNo })).answers).toEqual([200]);
      expect(await bought()).toHaveLength(1);
    });

    it('are found when the notice is lost and nobody asks: by the watch, within half a minute', async () => {
      const orderNo = await market.order(member);
      const { createdAt, nextCheckAt } = await market.stored(orderNo);
      expect(nextCheckAt!.getTime() - createdAt.getTime()).toBeLessThanOrEqual(30_000);
      await market.pay(orderNo, { times: 0 });
      await market.watch(orderNo);
      await eventually(async () => expect(await market.balance(member)).toBe(1));
      expect(await market.stored(orderNo)).toMatchObject({ status: 2 });
    });

    it('are not asked about at every stroke of the buyer', async () => {
      const orderNo = await market.order(member);
      for (let asked = 0; asked < 5; asked += 1) await status(orderNo);
      expect((await callsOf(QUERY)).length).toBe(1);
      const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_100);
      await status(orderNo);
      later.mockRestore();
      expect((await callsOf(QUERY)).length).toBe(2);
    });

    it('with another amount than theirs call somebody once, wait, and are over when that was given back', async () => {
      const orderNo = await market.order(member);
      await market.orders().updateOne({ orderNo }, { $set: { amount: 398 } });
      await market.pay(orderNo, { times: 0 });
      const since = now();
      await market.watch(orderNo);
      await eventually(async () => expect(alarms(since)).toEqual(['payment-differs']));
      expect(await market.stored(orderNo)).toMatchObject({ status: 1, nextCheckAt: null });
      expect((await market.sandbox.notice({ out_trade_no: orderNo })).answers).toEqual([400]);
      expect(await status(orderNo)).toMatchObject({ status: 1 });
      const [listed] = (await admin.get('/api/admin/orders', { orderNo })).body.data.list;
      expect(listed).toMatchObject({ status: 1, disputedAt: expect.any(String) });
      const detail = async () => (await admin.get(`/api/admin/orders/${orderNo}`)).body.data;
      expect(await detail()).toMatchObject({ status: 1, disputedAt: listed.disputedAt });
      await fault(QUERY, { kind: 'drop' });
      expect(await detail()).toMatchObject({ status: 1 });
      // somebody gives it back at WeChat Pay's own pages, and looks
      await market.sandbox.tradeState(orderNo, 'REFUND');
      expect(await detail()).toMatchObject({ status: 4, disputedAt: null });
      expect(alarms(since)).toEqual(['payment-differs']);
      expect(await market.balance(member)).toBe(0);
    });

    it('while WeChat Pay does not answer, are told as they were known', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      await fault(QUERY, { kind: 'drop' });
      expect(await status(orderNo)).toMatchObject({ status: 1, paid_at: '' });
      expect(await callsOf(QUERY)).toHaveLength(1);
    });
  });

  describe('a notice', () => {
    const post = async (body: string, headers: Record<string, string> = {}) => {
      const response = await fetch(market.app.url + NOTIFY, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

    it.each([
      'body',
      'signature',
      'serial',
      'timestamp',
      'probe',
      'mchid',
      'appid',
      'amount',
      'payer',
    ] as const)('with its %s spoilt is refused, alarmed, and changes nothing', async (tamper) => {
      const orderNo = await market.order(member);
      const since = now();
      const told = await market.pay(orderNo, { tamper });
      expect(told.delivered).toBe(false);
      expect(told.answers[0]).toBeGreaterThanOrEqual(400);
      expect(told.answers[0]).toBeLessThan(500);
      expect(await market.stored(orderNo)).toMatchObject({ status: 1 });
      expect(await market.balance(member)).toBe(0);
      const expected = ['amount', 'payer'].includes(tamper) ? 'payment-differs' : 'notice-refused';
      // WeChat Pay itself tests with probes, which is nothing to call somebody for; no more is what comes late
      if (['probe', 'timestamp'].includes(tamper)) expect(alarms(since)).toEqual([]);
      else await eventually(async () => expect(alarms(since)).toContain(expected));
      // the money is there; the true notice settles it
      expect((await market.sandbox.notice({ out_trade_no: orderNo })).answers).toEqual([200]);
      expect(await market.balance(member)).toBe(1);
    });

    it('that is none is refused in the words that WeChat Pay reads', async () => {
      for (const body of ['{}', '[]', '"x"', '{"id":1}'])
        expect(await post(body)).toEqual({
          status: 403,
          body: { code: 'FAIL', message: '不是微信支付的通知' },
        });
      expect(await post('no json')).toMatchObject({ status: 400, body: { code: 'FAIL' } });
      expect(await post('')).toMatchObject({ status: 403, body: { code: 'FAIL' } });
      expect(await post('x'.repeat(2_000_000))).toMatchObject({ status: 413, body: { code: 'FAIL' } });
    });

    it('that nobody has signed, or long ago, is a warning and counts, and calls nobody', async () => {
      const strays = async (why: string): Promise<number> => {
        const metrics = await (await fetch(`${market.app.url}/metrics`)).text();
        const found = new RegExp(`^payment_notices_stray_total{why="${why}"} (\\d+)$`, 'm').exec(metrics);
        return Number(found?.[1] ?? 0);
      };
      const [since, unsigned, late] = [now(), await strays('unsigned'), await strays('out of time')];
      await post('{}');
      const signed = { 'wechatpay-nonce': 'n', 'wechatpay-serial': 's', 'wechatpay-signature': 'x' };
      const at = (seconds: number) => ({ ...signed, 'wechatpay-timestamp': String(seconds) });
      expect(await post('{}', at(Math.floor(Date.now() / 1000) - 301))).toMatchObject({ status: 403 });
      expect([await strays('unsigned'), await strays('out of time')]).toEqual([unsigned + 1, late + 1]);
      expect(alarms(since)).toEqual([]);
      // somebody has tried to forge one
      await post('{}', at(Math.floor(Date.now() / 1000)));
      await eventually(async () => expect(alarms(since)).toEqual(['notice-refused']));
    });

    it('may be posted 1200 times a minute from one address', async () => {
      const env = { ...market.env, RATE_LIMIT_FACTOR: '0.0025' };
      const limited = await TestApp.start({ env, database: market.app.database });
      const answers = [];
      for (let i = 0; i < 4; i += 1)
        answers.push(
          await fetch(limited.url + NOTIFY, {
            method: 'POST',
            body: '{}',
            headers: { 'content-type': 'application/json' },
          }),
        );
      expect(answers.map(({ status: code }) => code)).toEqual([403, 403, 403, 429]);
      expect(await answers[3]!.json()).toMatchObject({ code: 'FAIL' });
      await limited.app.close();
    });

    it('of an order that is not ours is refused and alarmed', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      await market.orders().deleteOne({ orderNo });
      const since = now();
      expect((await market.sandbox.notice({ out_trade_no: orderNo })).answers).toEqual([404]);
      await eventually(async () => expect(alarms(since)).toContain('unknown-order'));
    });

    it('is believed as often as it is repeated to the letter, at the address that it was meant for', async () => {
      const receiver = await receiveNotices();
      await market.sandbox.deliverTo(receiver.url);
      const orderNo = await market.order(member);
      await market.pay(orderNo);
      receiver.stop();
      const { headers, body } = receiver.notices[0]!;
      const again = (path: string) =>
        fetch(market.app.url + path, {
          method: 'POST',
          body,
          headers: Object.fromEntries(
            ['timestamp', 'nonce', 'serial', 'signature']
              .map((part) => [`wechatpay-${part}`, String(headers[`wechatpay-${part}`])])
              .concat([['content-type', 'application/json']]),
          ),
        });
      const elsewhere = await again('/wechat/pay/refund_notify');
      expect([elsewhere.status, await elsewhere.json()]).toEqual([
        400,
        { code: 'FAIL', message: '通知发到了错误的地址' },
      ]);
      expect(await market.balance(member)).toBe(0);
      for (let times = 0; times < 2; times += 1) expect((await again(NOTIFY)).status).toBe(200);
      expect(await market.balance(member)).toBe(1);
    });

    it('whose certificate takes long to come is answered in time, and carried out all the same', async () => {
      await market.sandbox.configurePay({ signWith: 'certificate' });
      await market.sandbox.renewCertificate();
      await fault('/v3/certificates', { kind: 'slow', delayMs: 1_500, count: 1 });
      const orderNo = await market.order(member);
      const { setTimeout: wait } = globalThis;
      // nobody wants to wait for four seconds; and the last look for certificates was a minute ago
      const timers = jest
        .spyOn(globalThis, 'setTimeout')
        .mockImplementation((work: () => void, ms?: number) => wait(work, ms === 4_000 ? 200 : ms));
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
      expect((await market.pay(orderNo)).answers).toEqual([503]);
      timers.mockRestore();
      clock.mockRestore();
      await eventually(async () => expect(await market.balance(member)).toBe(1));
    });

    it('signed with a certificate that came up since is believed', async () => {
      await market.sandbox.configurePay({ signWith: 'certificate' });
      await market.bought(member);
      await market.sandbox.configurePay({ signWith: 'public-key' });
      await market.bought(member);
      expect(await market.balance(member)).toBe(2);
    });

    it('goes into no log with what it says of the payer', async () => {
      await market.bought(member);
      const openid = (await market.orders().findOne({ memberId: member.memberId }))!.openid;
      expect(market.app.logLines.join('')).not.toContain(openid);
    });
  });

  describe('whose time is over', () => {
    it('are closed at WeChat Pay and cancelled, and cannot be paid then', async () => {
      const orderNo = await market.order(member);
      await market.expire(orderNo);
      await market.watch(orderNo);
      expect(await status(orderNo)).toMatchObject({ status: 3 });
      expect(await market.sandbox.trades()).toMatchObject([{ state: 'CLOSED' }]);
      await expect(market.pay(orderNo)).rejects.toThrow('ORDER_CLOSED');
    });

    it('are fulfilled when they were paid at the last moment', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      await market.expire(orderNo);
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 2 });
      expect(await market.balance(member)).toBe(1);
      expect(await callsOf(CLOSE)).toHaveLength(0);
    });

    it('are fulfilled when they were paid between the question and the closing', async () => {
      const orderNo = await market.order(member);
      await market.expire(orderNo);
      await market.sandbox.tradeState(orderNo, 'NOTPAY');
      // WeChat Pay refuses to close what is paid
      await fault(CLOSE, { errcode: 'ORDERPAID' });
      const paid = eventually(async () => {
        expect((await callsOf(CLOSE)).length).toBe(1);
      });
      await market.watch(orderNo);
      await paid;
      // still open here, since WeChat Pay neither closed it nor says that it is paid
      expect(await market.stored(orderNo)).toMatchObject({ status: 1 });
      await market.pay(orderNo, { times: 0 });
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 2 });
    });

    it('are closed for the buyer who asks, who does not wait for more than one answer', async () => {
      const orderNo = await market.order(member);
      await market.expire(orderNo);
      await fault(CLOSE, { kind: 'drop', count: 3 });
      expect(await status(orderNo)).toMatchObject({ status: 1 });
      expect(await callsOf(CLOSE)).toHaveLength(1);
    });

    it('are waited for while a password is being entered', async () => {
      const orderNo = await market.order(member);
      await market.sandbox.tradeState(orderNo, 'USERPAYING');
      await market.expire(orderNo);
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 1 });
      const long = new Date(Date.now() - 16 * 60_000);
      await market.orders().updateOne({ orderNo }, { $set: { expiresAt: long } });
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 3 });
    });

    it('are cancelled when WeChat Pay has never heard of them, or has closed them itself', async () => {
      await fault(PREPAY, { kind: 'drop', count: 3 });
      await member.post(BUY, ONE);
      const [unheard] = await market.orders().find({ memberId: member.memberId }).toArray();
      await market.expire(unheard!.orderNo);
      const closed = await market.order(member);
      await market.sandbox.tradeState(closed, 'REVOKED');
      await market.watch(unheard!.orderNo, closed);
      for (const orderNo of [unheard!.orderNo, closed])
        expect(await market.stored(orderNo)).toMatchObject({ status: 3 });
    });

    it('stay as they are while WeChat Pay is away, and are seen to when it is back', async () => {
      const orderNo = await market.order(member);
      await fault(QUERY, { kind: 'drop', count: 3 });
      await market.expire(orderNo);
      // this look, or the regular one that came just before it
      await market.runJob('orders.watch');
      const stored = await market.stored(orderNo);
      expect(stored.status).toBe(1);
      expect(stored.nextCheckAt!.getTime()).toBeGreaterThan(Date.now());
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 3 });
    });

    it('and were paid all the same are given back by themselves, once', async () => {
      const orderNo = await market.order(member);
      await market.expire(orderNo);
      await market.watch(orderNo);
      const since = now();
      const told = await market.pay(orderNo, { force: true, times: 3, atOnce: true });
      expect(told.answers).toEqual([200, 200, 200]);
      const [refund] = await eventually(async () => {
        const refunds = await market.sandbox.refunds();
        expect(refunds).toHaveLength(1);
        return refunds;
      });
      expect(refund).toMatchObject({ out_trade_no: orderNo, refund: 399, status: 'PROCESSING' });
      expect(await status(orderNo)).toMatchObject({ status: 3 });
      await eventually(async () => expect(alarms(since)).toContain('paid-when-closed'));
      await market.sandbox.refundResult(`${orderNo}R1`);
      expect(await status(orderNo)).toMatchObject({ status: 4 });
      expect(await market.balance(member)).toBe(0);
    });

    it('and that somebody gave back at WeChat Pay’s own pages are refunded, and nothing is given for them', async () => {
      const orderNo = await market.order(member);
      await market.pay(orderNo, { times: 0 });
      await market.sandbox.tradeState(orderNo, 'REFUND');
      const since = now();
      await market.watch(orderNo);
      expect(await market.stored(orderNo)).toMatchObject({ status: 4 });
      await eventually(async () => expect(alarms(since)).toEqual(['refunded-elsewhere']));
      expect(await market.balance(member)).toBe(0);
    });
  });

  describe('status', () => {
    it("of another member's order, or of none, is not told", async () => {
      const orderNo = await market.order(await market.app.asMember());
      for (const order_no of [orderNo, 'CV202601101520151234'])
        expect(await member.post(STATUS, { order_no })).toMatchObject(refused(404, '订单不存在'));
      expect(await member.post(STATUS, { order_no: 'x' })).toMatchObject(refused(400, /^order_no: /));
      expect(await member.post(STATUS, {})).toMatchObject(refused(400, /^order_no: /));
      expect(await market.app.asGuest().post(STATUS, { order_no: orderNo })).toMatchObject(refused(401));
    });

    it('takes a fixed number of database calls', async () => {
      const orderNo = await market.bought(member);
      const calls = await market.app.databaseCalls(() => status(orderNo));
      expect(calls).toEqual(['find orders']);
    });
  });
});

describe('a service without WeChat Pay', () => {
  it('sells nothing, and says so', async () => {
    const app = await TestApp.start();
    const member = await app.asMember();
    expect(await member.post(BUY, ONE)).toMatchObject(refused(503, /微信支付未配置/));
    expect(await app.connection.collection('orders').countDocuments()).toBe(0);
    const admin = await app.asAdmin();
    const reconciled = await admin.post('/api/admin/reconciliations', { date: yesterday() });
    expect(reconciled).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(reconciled.body.message).toContain('微信支付未配置');
    expect((await member.get('/sku/list')).status).toBe(200);
    await app.stop();
  });
});
