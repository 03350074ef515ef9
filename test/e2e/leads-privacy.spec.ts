import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, storedCustomer } from '../support/customers';
import { phone } from '../support/factories';
import { ACTION, actionInput, subscribedAdvisor } from '../support/leads';
import { PlatformSandbox } from '../support/sandbox';
import { refusal } from '../support/refusal';

/** The answer with everything that differs from one action to the next replaced by its kind. */
function shape(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^[0-9a-f]{24}$/, '<id>').replace(/^o_.*/, '<openid>');
  if (typeof value === 'number') return '<number>';
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

describe('what the public routes tell', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let advisor: Actor;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({
      env: { ...sandbox.environment, RATE_LIMIT_FACTOR: '1', TRUST_PROXY: 'loopback' },
    });
    advisor = await subscribedAdvisor(app, 'o_private');
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const from = (ip: string) => ({ 'x-forwarded-for': ip });
  const act = (ip: string, overrides: Record<string, unknown>) =>
    app.asGuest().post(ACTION, actionInput(advisor.id, overrides), from(ip));
  const headersOf = (headers: Headers) => [...headers.keys()].filter((name) => name !== 'date').sort();

  it('is the same for a known phone, an unknown format and no phone', async () => {
    const known = await createCustomer(advisor);
    const before = await storedCustomer(app, known.id);
    const answers = [
      await act('10.1.0.1', { customerPhone: known.phone }),
      await act('10.1.0.1', { customerPhone: '010-12345678' }),
      await act('10.1.0.1', { customerPhone: undefined }),
    ];
    const [first, ...others] = answers.map(({ status, headers, body }) => ({
      status,
      headers: headersOf(headers),
      body: shape(body),
    }));
    expect(first).toMatchObject({
      status: 200,
      body: { message: '记录客户行为成功', data: { customerCreated: false } },
    });
    for (const other of others) expect(other).toEqual(first);
    const told = answers.map(({ text }) => text).join();
    for (const secret of [known.id, known.customerId, known.phone, known.name])
      expect(told).not.toContain(secret);
    expect(await storedCustomer(app, known.id)).toEqual(before);
  });

  it('is the same for a new phone, too, from the eleventh phone of a day on', async () => {
    for (let i = 0; i < 10; i++) {
      const { body } = await act('10.1.0.2', { customerPhone: phone() });
      expect(body.data.customerCreated).toBe(true);
    }
    const known = await createCustomer(advisor);
    const fresh = phone();
    const ofNew = await act('10.1.0.2', { customerPhone: fresh });
    const ofKnown = await act('10.1.0.2', { customerPhone: known.phone });
    const without = await act('10.1.0.2', { customerPhone: undefined });
    expect(shape(ofNew.body)).toEqual(shape(ofKnown.body));
    expect(shape(ofNew.body)).toEqual(shape(without.body));
    expect(ofNew.text).not.toContain(fresh);
    // the lead is made all the same
    expect(await app.connection.collection('customers').countDocuments({ phone: fresh })).toBe(1);
    // and another address is told its own first ones
    expect((await act('10.1.0.3', { customerPhone: phone() })).body.data.customerCreated).toBe(true);
  });

  it('counts the phones that are known among the ten', async () => {
    const known = await createCustomer(advisor);
    for (let i = 0; i < 10; i++) await act('10.1.0.4', { customerPhone: known.phone });
    const { body } = await act('10.1.0.4', { customerPhone: phone() });
    expect(body.data).toMatchObject({ customerCreated: false });
    expect(body.data).not.toHaveProperty('customer');
  });

  it('is no more for a caller with a staff token or a guessed record', async () => {
    const known = await createCustomer(advisor);
    const overrides = { customerPhone: known.phone, customerRecordId: known.id, notified: true };
    const answer = await advisor.post(ACTION, actionInput(advisor.id, overrides), from('10.1.0.5'));
    expect(answer.body.data).not.toHaveProperty('customer');
    expect(answer.body.data.action).toMatchObject({ notified: false });
    expect(answer.body.data.action).not.toHaveProperty('customerRecordId');
  });

  it('is an openid and nothing else for a code, and stores nothing', async () => {
    const users = () => app.connection.collection('users').countDocuments();
    const before = await users();
    const stranger = await app
      .asGuest()
      .post('/api/wechat/openid', { code: sandbox.loginCode('stranger') }, from('10.1.0.6'));
    expect(stranger.body.data).toEqual({ openid: 'o_stranger' });
    const staff = await app
      .asGuest()
      .post('/api/wechat/openid', { code: sandbox.loginCode('private') }, from('10.1.0.6'));
    expect(shape(staff.body)).toEqual(shape(stranger.body));
    expect(await users()).toBe(before);
  });

  it.each([
    ['a bad code', { code: 'bad' }],
    ['an endless one', { code: 'x'.repeat(257) }],
    ['none', {}],
  ])('is INVALID_PARAMS for %s', async (_, body) => {
    const answer = await app.asGuest().post('/api/wechat/openid', body, from('10.1.0.7'));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'code'));
  });

  it('ends with 30 codes a minute and address', async () => {
    const guess = (ip: string) => app.asGuest().post('/api/wechat/openid', { code: 'bad' }, from(ip));
    const answers = await Promise.all(Array.from({ length: 35 }, () => guess('10.1.0.8')));
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(30);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await guess('10.1.0.9')).status).toBe(400);
  });
});
