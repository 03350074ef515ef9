import type { Actor } from '../support/actor';
import { eventually } from '../support/eventually';
import { idsOf, list, post, storedJobs } from '../support/jobs';
import { refused } from '../support/members';
import { Market, orderNoOf } from '../support/payments';

const HOUR_MS = 3_600_000;
const TOP = { top_hour: 72, price: 5.0 };
const REFRESH = { price: 1.99 };

describe('promotions of jobs', () => {
  let market: Market;
  let member: Actor;
  let jobId: number;
  beforeAll(async () => {
    market = await Market.start();
  });
  beforeEach(async () => {
    await market.reset();
    member = await market.app.asMember();
    jobId = await post(member);
  });
  afterAll(() => market.stop());

  const job = async () => (await storedJobs(market.app).findOne({ _id: jobId }))!;
  const top = (who = member, more: object = {}) => who.post('/jobs/top', { job_id: jobId, ...TOP, ...more });
  const refresh = (who = member, more: object = {}) =>
    who.post('/jobs/refresh/pay', { job_id: jobId, ...REFRESH, ...more });
  const info = async () => (await member.post('/jobs/info', { job_id: jobId })).body.data;
  const hoursLeft = async () => ((await job()).topEndsAt!.getTime() - Date.now()) / HOUR_MS;

  describe('topping', () => {
    it('is an order that tops the job from its payment on', async () => {
      const { data } = (await top()).body;
      expect(data).toMatchObject({ amount: 5, order_no: expect.stringMatching(/^TOP20\d{16}$/) });
      expect(await info()).toMatchObject({ is_top: 0, top_start_time: '', top_end_time: '' });
      await market.pay(data.order_no as string);
      expect(await info()).toMatchObject({ is_top: 1, top_start_time: expect.stringMatching(/^20/) });
      expect(await hoursLeft()).toBeCloseTo(72, 1);
      expect((await idsOf(list(market.app.asGuest())))[0]).toBe(jobId);
    });

    it('of what is topped already is for longer, once a payment', async () => {
      const orders = [orderNoOf(await top()), orderNoOf(await top(member, { top_hour: 24, price: 2 }))];
      for (const orderNo of orders) await market.pay(orderNo, { times: 3, atOnce: true });
      expect(await hoursLeft()).toBeCloseTo(96, 1);
    });

    it.each([
      ['top_hour', { top_hour: 5 }],
      ['top_hour', { top_hour: 0 }],
      ['top_hour', { top_hour: undefined }],
      ['price', { price: undefined }],
      ['job_id', { job_id: undefined }],
    ])('is not sold with a wrong %s: %o', async (field, change) => {
      expect(await top(member, change)).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });

    it('is not sold at another price', async () => {
      expect(await top(member, { price: 4.99 })).toMatchObject(refused(1003));
    });
  });

  describe('refreshing', () => {
    it('is an order that refreshes the job when it is paid, also on a day of a free one', async () => {
      await member.post('/jobs/refresh', { job_id: jobId });
      const before = (await job()).lastRefreshAt.getTime();
      const { data } = (await refresh()).body;
      expect(data).toMatchObject({ amount: 1.99, order_no: expect.stringMatching(/^REF20\d{16}$/) });
      await market.pay(data.order_no as string);
      expect((await job()).lastRefreshAt.getTime()).toBeGreaterThan(before);
    });

    it('is not sold at another price', async () => {
      expect(await refresh(member, { price: 2 })).toMatchObject(refused(1003));
      expect(await refresh(member, { price: undefined })).toMatchObject(refused(400, /^price: /));
    });
  });

  it.each([
    ['topping', () => top],
    ['refreshing', () => refresh],
  ])('%s is sold to the owner of an active job alone, once under a key', async (_what, sell) => {
    const order = sell();
    expect(await order(await market.app.asMember())).toMatchObject(refused(403));
    expect(await order(market.app.asGuest())).toMatchObject(refused(401));
    expect(await order(member, { job_id: 99_999_999 })).toMatchObject(refused(404));
    await member.post('/job/close', { job_id: jobId });
    expect(await order()).toMatchObject(refused(409));
    expect(await market.orders().countDocuments({ jobId })).toBe(0);
    jobId = await post(member);
    const paths = { topping: '/jobs/top', refreshing: '/jobs/refresh/pay' };
    const body = { job_id: jobId, ...(_what === 'topping' ? TOP : REFRESH) };
    const headers = { 'idempotency-key': `${_what}-1` };
    const path = paths[_what as keyof typeof paths];
    const [first, again] = [await member.post(path, body, headers), await member.post(path, body, headers)];
    expect(again.body).toEqual(first.body);
    expect(await market.orders().countDocuments({ jobId })).toBe(1);
  });

  it.each([
    ['topping', () => top],
    ['refreshing', () => refresh],
  ])('%s of a job that has gone by the time it is paid is given back', async (_what, sell) => {
    const orderNo = orderNoOf(await sell()());
    await member.post('/job/close', { job_id: jobId });
    const before = await job();
    expect((await market.pay(orderNo, { times: 2 })).answers).toEqual([200, 200]);
    await eventually(async () => expect(await market.sandbox.refunds()).toHaveLength(1));
    await market.sandbox.refundResult(`${orderNo}R1`);
    expect(await market.stored(orderNo)).toMatchObject({ status: 4, refund: { status: 'success' } });
    expect(await job()).toEqual(before);
  });
});
