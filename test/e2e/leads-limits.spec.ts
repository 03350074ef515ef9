import { Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { ACTION, actionInput, messagesTo, subscribedAdvisor } from '../support/leads';
import { refusal } from '../support/refusal';

const MINUTE = 60_000;

describe('how much of the public an advisor and the database have to bear', () => {
  let app: TestApp;
  let strict: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
    strict = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '1', TRUST_PROXY: 'loopback' } });
  });
  afterAll(async () => {
    await app.stop();
    await strict.stop();
  });

  const act = (advisor: Actor, overrides: Record<string, unknown> = {}) =>
    app.asGuest().post(ACTION, actionInput(advisor.id, { customerPhone: undefined, ...overrides }));
  /** Makes what the advisor was told earlier by so much. */
  const age = (openid: string, milliseconds: number) =>
    app.connection
      .collection('customer_actions')
      .updateMany({ openid, noticeQueuedAt: { $ne: null } }, [
        { $set: { noticeQueuedAt: { $subtract: ['$noticeQueuedAt', milliseconds] } } },
      ]);

  it('is told once in ten minutes of the same by the same person', async () => {
    const advisor = await subscribedAdvisor(app, 'o_ten');
    const customerId = 'o_visitor';
    const told = async () => (await messagesTo(app, 'o_ten')).length;
    for (let i = 0; i < 3; i++) expect((await act(advisor, { customerId })).status).toBe(200);
    expect(await told()).toBe(1);
    await act(advisor, { customerId, actionType: 'book_service' });
    expect(await told()).toBe(2);
    await act(advisor, { customerId: 'o_visitor2' });
    expect(await told()).toBe(3);
    await age(customerId, 9 * MINUTE);
    await act(advisor, { customerId });
    expect(await told()).toBe(3);
    await age(customerId, 2 * MINUTE);
    await act(advisor, { customerId });
    expect(await told()).toBe(4);
    expect(await app.connection.collection('customer_actions').countDocuments({ openid: customerId })).toBe(
      6,
    );
  });

  it('is told of one advisor’s visitors whatever another one was told', async () => {
    const [one, two] = [await subscribedAdvisor(app, 'o_one'), await subscribedAdvisor(app, 'o_two')];
    for (const advisor of [one, two]) await act(advisor, { customerId: 'o_shared' });
    expect(await messagesTo(app, 'o_one')).toHaveLength(1);
    expect(await messagesTo(app, 'o_two')).toHaveLength(1);
  });

  it('is told 60 times an hour, also when they come at once; every action is recorded', async () => {
    const advisor = await subscribedAdvisor(app, 'o_flooded');
    const noticeQueuedAt = new Date();
    const told = Array.from({ length: 50 }, (_, i) => ({
      openid: `o_earlier${i}`,
      advisorId: new Types.ObjectId(advisor.id),
      actionType: 'view_resume',
      noticeQueuedAt,
    }));
    await app.connection.collection('customer_actions').insertMany(told);
    const burst = await Promise.all(Array.from({ length: 20 }, () => act(advisor)));
    expect(burst.map(({ status }) => status)).toEqual(burst.map(() => 200));
    expect(await messagesTo(app, 'o_flooded')).toHaveLength(10);
    const actions = app.connection.collection('customer_actions');
    const ofAdvisor = (await actions.find({ noticeQueuedAt: { $ne: null } }).toArray()).filter(
      ({ advisorId }) => String(advisorId) === advisor.id,
    );
    expect(ofAdvisor).toHaveLength(60);
    await actions.updateOne(
      { _id: ofAdvisor[0]!._id },
      { $set: { noticeQueuedAt: new Date(Date.now() - 61 * MINUTE) } },
    );
    await act(advisor);
    await act(advisor);
    expect(await messagesTo(app, 'o_flooded')).toHaveLength(11);
  });

  it('makes messages that WeChat takes, whatever a visitor calls themselves', async () => {
    const advisor = await subscribedAdvisor(app, 'o_names');
    for (const customerName of ['名'.repeat(20), '👩‍🍼'.repeat(4), 'a\u0007b\nc', '\u0001\u0002'])
      expect((await act(advisor, { customerName })).status).toBe(200);
    const names = (await messagesTo(app, 'o_names')).map(({ data }) => data['thing7']?.value ?? '');
    expect(names).toEqual(['名'.repeat(20), '👩‍🍼'.repeat(4), 'a b c', '微信用户']);
    for (const name of names) expect([...name].length).toBeLessThanOrEqual(20);
  });

  describe('by address and by openid', () => {
    let advisor: Actor;
    beforeAll(async () => {
      advisor = await strict.asEmployee();
    });
    const post = (ip: string, overrides: Record<string, unknown> = {}) =>
      strict.asGuest().post(ACTION, actionInput(advisor.id, { customerPhone: undefined, ...overrides }), {
        'x-forwarded-for': ip,
      });
    const tally = async (calls: Promise<{ status: number }>[]) => {
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      return {
        taken: statuses.filter((s) => s === 200).length,
        refused: statuses.filter((s) => s === 429).length,
      };
    };

    it('takes 60 actions a minute from an address', async () => {
      const calls = Array.from({ length: 65 }, () => post('10.2.0.1'));
      expect(await tally(calls)).toEqual({ taken: 60, refused: 5 });
      const refused = await post('10.2.0.1');
      expect(refused).toMatchObject(refusal('RATE_LIMITED'));
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await post('10.2.0.2')).status).toBe(200);
    });

    it('takes 30 in ten minutes of an openid, from wherever', async () => {
      const customerId = 'o_everywhere';
      const calls = Array.from({ length: 35 }, (_, i) => post(`10.2.1.${i}`, { customerId }));
      expect(await tally(calls)).toEqual({ taken: 30, refused: 5 });
      expect((await post('10.2.1.99', { customerId: 'o_elsewhere' })).status).toBe(200);
    });

    it('takes 60 phones an hour from an address, known or not', async () => {
      const known = phone();
      const calls = Array.from({ length: 60 }, (_, i) =>
        post('10.2.2.1', { customerPhone: i % 2 ? known : phone() }),
      );
      expect(await tally(calls)).toEqual({ taken: 60, refused: 0 });
      expect(await strict.connection.collection('customers').countDocuments()).toBeLessThanOrEqual(31);
    });

    it('refuses a body beyond its size before it is read', async () => {
      const answer = await post('10.2.3.1', { actionData: { a: 'x'.repeat(1_100_000) } });
      expect(answer).toMatchObject(refusal('PAYLOAD_TOO_LARGE'));
    });

    it('stores nothing of what it refuses, under a key or not', async () => {
      const before = await strict.connection.collection('customer_actions').countDocuments();
      const refused = await strict.asGuest().post(ACTION, actionInput(advisor.id, { actionType: 'none' }), {
        'x-forwarded-for': '10.2.4.1',
        'idempotency-key': 'refused',
      });
      expect(refused).toMatchObject(refusal('INVALID_PARAMS', 'actionType'));
      expect(await strict.connection.collection('customer_actions').countDocuments()).toBe(before);
    });
  });
});
