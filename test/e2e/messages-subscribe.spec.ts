import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { bind, subscribe, SUBSCRIBE, TEMPLATE } from '../support/leads';
import { refusal } from '../support/refusal';

describe('POST /api/advisor/subscribe', () => {
  let app: TestApp;
  let advisor: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    advisor = await app.asEmployee();
    await bind(app, advisor.id, { openid: 'o_own' });
  });
  afterAll(() => app.stop());

  const stored = () => app.connection.collection('advisor_subscriptions');

  it('keeps the consent to one’s own account, and its later withdrawal in the same record', async () => {
    const subscribeData = { source: 'miniprogram', subscriptionStatus: 'accept' };
    const given = await subscribe(advisor, { openid: 'o_own', subscribeData });
    expect(given).toMatchObject({
      status: 200,
      body: {
        message: '保存订阅状态成功',
        data: { advisorId: advisor.id, openid: 'o_own', templateId: TEMPLATE, subscribed: true },
      },
    });
    expect(given.body.data._id).toBe(given.body.data.id);
    const withdrawn = await subscribe(advisor, { openid: 'o_own', subscribed: false });
    expect(withdrawn.body.data).toMatchObject({ id: given.body.data.id, subscribed: false });
    expect(withdrawn.body.data.subscribeTime >= given.body.data.subscribeTime).toBe(true);
    expect(await stored().findOne({ openid: 'o_own' })).toMatchObject({ subscribed: false, subscribeData });
  });

  it('keeps a record of each template', async () => {
    const before = await stored().countDocuments();
    await subscribe(advisor, { openid: 'o_own', templateId: 'tmpl_one' });
    await subscribe(advisor, { openid: 'o_own', templateId: 'tmpl_two' });
    expect(await stored().countDocuments()).toBe(before + 2);
  });

  it('is open to an administrator for others, and to nobody else', async () => {
    const input = { advisorId: advisor.id, openid: 'o_own', templateId: TEMPLATE, subscribed: true };
    expect((await (await app.asAdmin()).post(SUBSCRIBE, input)).status).toBe(200);
    for (const other of [await app.asManager(), await app.asEmployee(), await app.asHr()])
      expect(await other.post(SUBSCRIBE, input)).toMatchObject(refusal('FORBIDDEN'));
    expect(await app.asGuest().post(SUBSCRIBE, input)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('refuses an openid that is another’s, nobody’s, or of an account bound to none', async () => {
    const other = await app.asEmployee();
    await bind(app, other.id, { openid: 'o_others' });
    const unbound = await app.asEmployee();
    for (const [actor, openid] of [
      [advisor, 'o_others'],
      [advisor, 'o_nobody'],
      [unbound, 'o_own'],
    ] as const)
      expect(await subscribe(actor, { openid })).toMatchObject(refusal('INVALID_PARAMS', 'openid'));
    expect(await stored().countDocuments({ openid: { $in: ['o_others', 'o_nobody'] } })).toBe(0);
  });

  it('refuses an account that is not there or is disabled', async () => {
    const admin = await app.asAdmin();
    const gone = await app.asEmployee();
    await bind(app, gone.id, { openid: 'o_gone' });
    await admin.patch(`/api/users/${gone.id}`, { active: false });
    for (const advisorId of [NOBODY, gone.id])
      expect(await subscribe(admin, { advisorId, openid: 'o_gone' })).toMatchObject(
        refusal('INVALID_PARAMS', 'advisorId'),
      );
  });

  it.each([
    ['advisorId', 'advisor_123'],
    ['openid', ''],
    ['openid', 'has space'],
    ['templateId', 'x'.repeat(65)],
    ['templateId', undefined],
    ['subscribed', 'yes'],
    ['subscribeData', { $set: { role: 'admin' } }],
    ['subscribeData', { text: 'x'.repeat(4000) }],
  ])('refuses %s %j', async (field, value) => {
    const admin = await app.asAdmin();
    const answer = await subscribe(admin, { openid: 'o_own', [field]: value });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('makes one record of many at once, and replays one under a key', async () => {
    const templateId = 'tmpl_race';
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => subscribe(advisor, { openid: 'o_own', templateId })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.data.id as string)).size).toBe(1);
    expect(await stored().countDocuments({ templateId })).toBe(1);
    const input = { advisorId: advisor.id, openid: 'o_own', templateId, subscribed: true };
    const key = { 'idempotency-key': 'subscribe-once' };
    const first = await advisor.post(SUBSCRIBE, input, key);
    const second = await advisor.post(SUBSCRIBE, input, key);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});
