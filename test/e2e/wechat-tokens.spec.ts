import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';

const PHONE = '/api/wechat/get-phone';
const TOKEN = '/cgi-bin/stable_token';

describe('WeChat’s access tokens', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let second: TestApp;
  let staff: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    second = await TestApp.start({ env: sandbox.environment, database: app.database });
    staff = await app.asHr();
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await second.app.close();
    await app.stop();
    await sandbox.stop();
  });

  const askPhone = (at: TestApp = app) => staff.at(at.url).post(PHONE, { code: sandbox.phoneCode(phone()) });
  const callsOf = async (route: string) => (await sandbox.calls()).filter((call) => call.route === route);
  const storedToken = async (appId = sandbox.environment['WECHAT_APP_ID'] ?? '') =>
    app.connection.collection<{ _id: string; value: string }>('wechat_tokens').findOne({ _id: appId });

  it('are asked for once by twenty requests at once, and by the other instance not at all', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => askPhone()));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await callsOf(TOKEN)).toHaveLength(1);
    expect((await askPhone(second)).status).toBe(200);
    expect(await callsOf(TOKEN)).toHaveLength(1);
  });

  it.each([42001, 40001] as const)(
    'are renewed once when WeChat says %i, and the requests succeed',
    async (errcode) => {
      await askPhone();
      await sandbox.reset();
      await sandbox.expireTokens(errcode);
      const answers = await Promise.all(Array.from({ length: 10 }, () => askPhone()));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
      expect(await callsOf(TOKEN)).toHaveLength(1);
      // the other instance still has the old one; it takes the new one from the first
      expect((await askPhone(second)).status).toBe(200);
      expect(await callsOf(TOKEN)).toHaveLength(1);
    },
  );

  it('are replaced by force when WeChat gives out the refused one again', async () => {
    await askPhone();
    const before = await storedToken();
    await sandbox.reset();
    const route = '/wxa/business/getuserphonenumber';
    await sandbox.fault({ platform: 'wechat', route, kind: 'error', errcode: 40001, count: 1 });
    expect((await askPhone()).status).toBe(200);
    // what is valid, and then another one
    expect(await callsOf(TOKEN)).toHaveLength(2);
    expect((await storedToken())?.value).not.toBe(before?.value);
  });

  it('are renewed once only: refused again, the request ends with WeChat’s code', async () => {
    const route = '/wxa/business/getuserphonenumber';
    await sandbox.fault({ platform: 'wechat', route, kind: 'error', errcode: 40001, count: 2 });
    const answer = await askPhone();
    expect(answer).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect(answer.body.details).toMatchObject({ errcode: 40001 });
    expect(await callsOf(route)).toHaveLength(2);
  });

  it('are one each for mini-program and official account', async () => {
    await askPhone();
    await staff.get(`/api/wechat/bind-qrcode/${staff.id}`);
    const [own, official] = ['WECHAT_APP_ID', 'WECHAT_MP_APP_ID'].map((name) => sandbox.environment[name]);
    const values = [await storedToken(own), await storedToken(official)].map((kept) => kept?.value);
    expect(new Set(values).size).toBe(2);
    expect(values).not.toContain(undefined);
  });

  it('and the secret are never logged, nor is the secret in the database, nor either in metrics', async () => {
    await sandbox.fault({ platform: 'wechat', route: TOKEN, kind: 'error', errcode: 40125, count: 1 });
    await sandbox.fault({ platform: 'wechat', route: '/sns/jscode2session', kind: 'drop', count: 1 });
    await sandbox.expireTokens();
    expect((await askPhone()).status).toBe(502);
    expect((await staff.post('/api/wechat/openid', { code: 'a.1' })).status).toBe(502);
    expect((await askPhone()).status).toBe(200);
    const token = (await storedToken())?.value ?? '';
    expect(token.length).toBeGreaterThan(20);
    await new Promise((flushed) => setTimeout(flushed, 300));
    const logs = app.logLines.join('');
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    const collections = await app.connection.listCollections();
    const stored = await Promise.all(
      collections.map(({ name }) => app.connection.collection(name).find().toArray()),
    );
    const secrets = ['WECHAT_APP_SECRET', 'WECHAT_MP_APP_SECRET'].map(
      (name) => sandbox.environment[name] ?? '',
    );
    expect(logs).toContain('"route":"/api/wechat/openid"');
    for (const secret of secrets) {
      for (const text of [logs, metrics, JSON.stringify(stored)]) expect(text).not.toContain(secret);
    }
    for (const text of [logs, metrics]) expect(text).not.toContain(token);
    expect(metrics).toContain('operation="stable_token",outcome="40125"} 1');
  });

  it('are not waited for when WeChat is down: requests fail fast, and recover', async () => {
    await sandbox.fault({
      platform: 'wechat',
      route: '/sns/jscode2session',
      kind: 'error',
      status: 503,
      count: 5,
    });
    const openid = (name: string) => staff.post('/api/wechat/openid', { code: sandbox.loginCode(name) });
    for (let i = 0; i < 5; i++) expect(await openid('down')).toMatchObject(refusal('UPSTREAM_ERROR'));
    await sandbox.reset();
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => openid('down')));
    expect(performance.now() - startedAt).toBeLessThan(2000);
    for (const answer of answers) {
      expect(answer).toMatchObject(refusal('UPSTREAM_ERROR'));
      expect(answer.headers.get('retry-after')).toBe('10');
    }
    expect(await sandbox.calls()).toEqual([]);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
    expect((await openid('up')).status).toBe(200);
    clock.mockRestore();
  });
});
