import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';
import { miniprogramLogin, staffWithPhone, storedUser, wechatLogin } from '../support/wechat';

const LOGIN = '/api/wechat/login';

describe('POST /api/wechat/login', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let guest: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    guest = app.asGuest();
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  it('makes an account that may nothing but hold interviews, and the next time logs it in', async () => {
    const first = await wechatLogin({ app, sandbox }, 'newcomer');
    expect(first.body).toMatchObject({
      success: true,
      message: '登录成功',
      data: { userInfo: { name: '微信用户', avatar: '', phone: '', openid: 'o_newcomer', role: 'hr' } },
    });
    const again = await wechatLogin({ app, sandbox }, 'newcomer');
    expect(again.body.data.userInfo).toEqual(first.body.data.userInfo);
    const newcomer = guest.withToken(again.body.data.token as string);
    expect((await newcomer.get('/api/auth/me')).body.data).toMatchObject({ role: 'hr', phone: null });
    for (const path of [
      '/api/customers/miniprogram/list',
      '/api/customers/miniprogram/statistics',
      '/api/users',
    ])
      expect(await newcomer.get(path)).toMatchObject(refusal('FORBIDDEN'));
  });

  it('makes one account of twenty log-ins at once, at two instances', async () => {
    const second = await TestApp.start({ env: sandbox.environment, database: app.database });
    const logins = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        guest.at([app.url, second.url][i % 2] ?? '').post(LOGIN, { code: sandbox.loginCode('crowd') }),
      ),
    );
    expect(logins.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(logins.map(({ body }) => body.data.userInfo.id as string)).size).toBe(1);
    expect(await app.connection.collection('users').countDocuments({ openid: 'o_crowd' })).toBe(1);
    // each token is good at either instance at once
    const here = guest.withToken(logins[1]?.body.data.token as string);
    const me = await Promise.all([here, here.at(second.url)].map((actor) => actor.get('/api/auth/me')));
    expect(me.map(({ status }) => status)).toEqual([200, 200]);
    await second.app.close();
  });

  it('leads to the staff account once the openid is bound, and hides the middle of its phone', async () => {
    const staff = await staffWithPhone(app, 'manager');
    await miniprogramLogin({ app, sandbox }, 'bound', staff.phone, sandbox.phoneCode(staff.phone));
    const { body } = await wechatLogin({ app, sandbox }, 'bound');
    expect(body.data.userInfo).toMatchObject({
      id: staff.id,
      role: 'manager',
      phone: `${staff.phone.slice(0, 3)}****${staff.phone.slice(-4)}`,
    });
    expect(JSON.stringify(body)).not.toContain(staff.phone);
  });

  it('shows a number that the person has proved, masked', async () => {
    const number = phone();
    const { body } = await wechatLogin({ app, sandbox }, 'prover');
    const prover = guest.withToken(body.data.token as string);
    await prover.post('/api/wechat/get-phone', { code: sandbox.phoneCode(number) });
    const again = await wechatLogin({ app, sandbox }, 'prover');
    expect(again.body.data.userInfo.phone).toBe(`${number.slice(0, 3)}****${number.slice(-4)}`);
  });

  it('refuses an account that has been disabled, at log-in and with the token that it has', async () => {
    const admin = await app.asAdmin();
    const { body } = await wechatLogin({ app, sandbox }, 'leaver');
    await admin.patch(`/api/users/${body.data.userInfo.id as string}`, { active: false });
    expect(await wechatLogin({ app, sandbox }, 'leaver')).toMatchObject(refusal('ACCOUNT_DISABLED'));
    const leaver = guest.withToken(body.data.token as string);
    expect(await leaver.get('/api/auth/me')).toMatchObject(refusal('ACCOUNT_DISABLED'));
  });

  it('refuses codes that are wrong, used or a blocked user’s with LOGIN_FAILED, and makes no account', async () => {
    const used = sandbox.loginCode('once');
    await guest.post('/api/wechat/openid', { code: used });
    for (const code of ['bad', 'no-such-form', used, sandbox.loginCode('blocked-one')])
      expect(await guest.post(LOGIN, { code })).toMatchObject(refusal('LOGIN_FAILED'));
    expect(await storedUser(app, { openid: { $in: ['o_once', 'o_blocked-one'] } })).toBeNull();
  });

  it.each([
    ['no code', {}],
    ['an empty code', { code: '  ' }],
    ['an enormous code', { code: 'x'.repeat(257) }],
    ['an object', { code: { $ne: null } }],
  ])('refuses %s', async (_what, body) => {
    expect(await guest.post(LOGIN, body)).toMatchObject(refusal('INVALID_PARAMS', 'code'));
  });

  it('keeps no session_key: not in an answer, not in the database, not in a log', async () => {
    const { text } = await wechatLogin({ app, sandbox }, 'secretive');
    const names = (await app.connection.listCollections()).map(({ name }) => name);
    const stored = await Promise.all(names.map((name) => app.connection.collection(name).find().toArray()));
    // 16 bytes in base64, as a session key is
    for (const kept of [text, JSON.stringify(stored), app.logLines.join('')]) {
      expect(kept).not.toMatch(/session_?key/i);
      expect(kept).not.toMatch(/"[A-Za-z0-9+/]{22}=="/);
    }
    expect(JSON.stringify(stored)).toContain('o_secretive');
  });

  it('is UPSTREAM_ERROR when WeChat is busy to the end, after three tries, and works when it soon is not', async () => {
    await sandbox.reset();
    expect(await guest.post(LOGIN, { code: 'busy' })).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect(await sandbox.calls()).toHaveLength(3);
    await sandbox.fault({ platform: 'wechat', route: '/sns/jscode2session', kind: 'error', count: 2 });
    expect((await wechatLogin({ app, sandbox }, 'patient')).status).toBe(200);
  });

  it('says that it is too often when WeChat says so', async () => {
    await sandbox.fault({ platform: 'wechat', route: '/sns/jscode2session', kind: 'error', errcode: 45011 });
    const limited = await wechatLogin({ app, sandbox }, 'eager');
    expect(limited).toMatchObject(refusal('RATE_LIMITED'));
    expect(limited.headers.get('retry-after')).toBe('60');
  });

  it('asks WeChat once when the answer gets lost, because the code is used up', async () => {
    await sandbox.reset();
    const route = '/sns/jscode2session';
    await sandbox.fault({ platform: 'wechat', route, kind: 'drop', when: 'after', count: 5 });
    expect(await wechatLogin({ app, sandbox }, 'lost')).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect(await sandbox.calls()).toHaveLength(1);
    await sandbox.reset();
  });
});

describe('log-ins with a code of WeChat’s', () => {
  it('are thirty a minute for an address, all three ways together', async () => {
    const sandbox = await PlatformSandbox.start();
    const app = await TestApp.start({ env: { ...sandbox.environment, RATE_LIMIT_FACTOR: '1' } });
    const guest = app.asGuest();
    const bodies: [string, object][] = [
      [LOGIN, { code: 'bad' }],
      ['/api/wechat/openid', { code: 'bad' }],
      ['/api/auth/miniprogram-login', { code: 'bad', phone: phone() }],
    ];
    const statuses: number[] = [];
    for (let i = 0; i < 32; i++) {
      const [path, body] = bodies[i % 3] ?? [LOGIN, {}];
      statuses.push((await guest.post(path, body)).status);
    }
    expect(statuses.slice(0, 30)).not.toContain(429);
    expect(statuses.slice(30)).toEqual([429, 429]);
    await app.stop();
    await sandbox.stop();
  });
});
