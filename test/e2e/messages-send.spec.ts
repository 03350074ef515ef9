import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';

const SEND = '/api/message/send';
const ROUTE = '/cgi-bin/message/subscribe/send';

const message = (overrides: Record<string, unknown> = {}) => ({
  touser: 'o_receiver',
  template_id: 'tmpl_customer',
  data: { thing1: { value: '客户查看了您的简历' }, time2: { value: '2026-01-16 18:30' } },
  page: 'pages/customer/detail?id=66f1a2b3c4d5e6f708192a3b',
  ...overrides,
});

describe('POST /api/message/send', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    employee = await app.asEmployee();
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const refusedBy = (errcode: number) => ({
    status: 502,
    body: { code: 'UPSTREAM_ERROR', details: { errcode, errmsg: expect.any(String) as string } },
  });
  const sends = async () => (await sandbox.calls()).filter(({ route }) => route === ROUTE).length;

  it('gives WeChat’s answer to admin, manager and employee', async () => {
    for (const actor of [await app.asAdmin(), await app.asManager(), employee]) {
      const answer = await actor.post(SEND, message());
      expect(answer).toMatchObject({
        status: 200,
        body: { message: '发送订阅消息成功', data: { errcode: 0, errmsg: 'ok', msgid: expect.any(Number) } },
      });
    }
    const [first] = await sandbox.messages();
    expect(await sandbox.messages()).toHaveLength(3);
    expect(first).toMatchObject({
      touser: 'o_receiver',
      page: 'pages/customer/detail?id=66f1a2b3c4d5e6f708192a3b',
      data: message().data,
    });
  });

  it('is closed to interviewers and guests', async () => {
    expect(await (await app.asHr()).post(SEND, message())).toMatchObject(refusal('FORBIDDEN'));
    expect(await app.asGuest().post(SEND, message())).toMatchObject(refusal('UNAUTHORIZED'));
    expect(await sandbox.messages()).toEqual([]);
  });

  it.each([
    ['an openid that refuses', { touser: 'o_refuse1' }, 43101],
    ['an openid that is none', { touser: 'nobody' }, 40003],
    ['a template that is none', { template_id: 'tmpl_unknown' }, 40037],
    ['a page that is none', { page: 'pages/unknown/index' }, 41030],
    ['a value that is too long', { data: { thing1: { value: '长'.repeat(21) } } }, 47003],
  ])('passes on what WeChat says of %s, asking once', async (_, overrides, errcode) => {
    expect(await employee.post(SEND, message(overrides))).toMatchObject(refusedBy(errcode));
    expect(await sends()).toBe(1);
  });

  it('comes again while WeChat is busy, and says so when it stays busy', async () => {
    await sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'error', errcode: -1, count: 2 });
    expect((await employee.post(SEND, message())).status).toBe(200);
    await sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'error', errcode: -1, count: 3 });
    expect(await employee.post(SEND, message())).toMatchObject(refusedBy(-1));
    expect(await sandbox.messages()).toHaveLength(1);
  });

  it('renews a token that has expired, and sends once', async () => {
    await employee.post(SEND, message());
    await sandbox.expireTokens();
    expect((await employee.post(SEND, message())).status).toBe(200);
    expect(await sandbox.messages()).toHaveLength(2);
  });

  it('does not send again when the answer got lost', async () => {
    await sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'drop', when: 'after' });
    expect(await employee.post(SEND, message())).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect(await sandbox.messages()).toHaveLength(1);
  });

  it('is UPSTREAM_TIMEOUT within its time when WeChat hangs', async () => {
    await sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'hang' });
    const started = Date.now();
    expect(await employee.post(SEND, message())).toMatchObject(refusal('UPSTREAM_TIMEOUT'));
    expect(Date.now() - started).toBeLessThan(9_000);
  });

  it.each([
    ['touser', ''],
    ['template_id', undefined],
    ['data', {}],
    ['data', { 'thing.1': { value: 'x' } }],
    ['data', Object.fromEntries(Array.from({ length: 21 }, (__, i) => [`thing${i}`, { value: 'x' }]))],
    ['data', { thing1: { value: 'x'.repeat(201) } }],
    ['page', 'p'.repeat(1025)],
    ['miniprogram_state', 'beta'],
  ])('refuses %s %j', async (field, value) => {
    const answer = await employee.post(SEND, message({ [field]: value }));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS'));
    expect(answer.body.details[0].field).toMatch(new RegExp(`^${field}`));
    expect(await sends()).toBe(0);
  });

  it('says what is missing where no mini-program is configured', async () => {
    const bare = await TestApp.start();
    const answer = await (await bare.asEmployee()).post(SEND, message());
    expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    await bare.stop();
  });
});
