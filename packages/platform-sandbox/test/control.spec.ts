import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { SANDBOX_CREDENTIALS } from '../src';
import { freshCode, Platforms } from './support/platforms';

describe('the control interface', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  afterAll(() => platforms.stop());

  /** fetch does not let a caller name its own Host. */
  function get(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
    return new Promise((answered, failed) => {
      request(platforms.url + path, { headers }, (response) => {
        text(response).then((body) => answered({ status: response.statusCode ?? 0, body }), failed);
      })
        .on('error', failed)
        .end();
    });
  }

  it.each([
    ['another host', { host: 'sandbox.example.com' }],
    ['a host that only begins like loopback', { host: '127.0.0.1.example.com:3900' }],
    ['no host that can be read', { host: ':::' }],
    ['another site', { origin: 'https://www.example.com' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a picture on another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
  ])('is closed to %s', async (_who, headers) => {
    for (const path of ['/_control/messages', '/_control/configuration', '/_control/nothing'])
      expect(await get(path, headers)).toMatchObject({ status: 403 });
    expect((await platforms.orderReply('reset', {}, { origin: 'https://www.example.com' })).status).toBe(403);
  });

  it('is open to this machine and to its own page', async () => {
    const { port } = new URL(platforms.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      for (const page of [
        {} as Record<string, string>,
        { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      ])
        expect(await get('/_control/messages', { host, ...page })).toMatchObject({ status: 200, body: '[]' });
  });

  it('reads JSON only, so that no form of another site can be taken for an order', async () => {
    for (const contentType of ['text/plain', 'application/x-www-form-urlencoded'])
      expect((await platforms.orderReply('faults', {}, { 'content-type': contentType })).status).toBe(415);
    const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };
    expect(await platforms.request('/_control/reset', broken)).toMatchObject({ status: 400 });
    const empty = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect((await platforms.request('/_control/reset', empty)).json).toEqual({ ok: true });
    expect((await platforms.request('/_control/reset', { method: 'POST' })).json).toEqual({ ok: true });
    expect(await platforms.orderReply('refresh')).toMatchObject({ status: 404 });
  });

  it('keeps no secret and no token among the calls', async () => {
    await platforms.order('reset');
    const token = await platforms.token('wechat');
    const code = freshCode('xiaoli');
    await platforms.login({ js_code: code });
    await platforms.get('/wechat/nowhere', { access_token: token, secret: 'x' });
    await platforms.call('wechat-mp', '/cgi-bin/qrcode/create', {});
    const calls = await platforms.records('calls');
    expect(calls).toMatchObject([
      { platform: 'wechat', method: 'POST', route: '/cgi-bin/stable_token', status: 200, errcode: 0 },
      { platform: 'wechat', method: 'GET', route: '/sns/jscode2session', status: 200, errcode: 0 },
      { platform: 'wechat', method: 'GET', route: '/nowhere', status: 200, errcode: 40066 },
      { platform: 'wechat-mp', method: 'POST', route: '/cgi-bin/stable_token', errcode: 0 },
      { platform: 'wechat-mp', method: 'POST', route: '/cgi-bin/qrcode/create', errcode: 40052 },
    ]);
    for (const secret of [token, code, ...secrets()]) expect(JSON.stringify(calls)).not.toContain(secret);
    for (const call of calls)
      expect(Object.keys(call).sort()).toEqual([
        'at',
        'durationMs',
        'errcode',
        'method',
        'platform',
        'route',
        'status',
      ]);
  });

  const secrets = (): string[] => {
    const { officialAccount, wechat } = SANDBOX_CREDENTIALS;
    return [
      wechat.appSecret,
      officialAccount.appSecret,
      officialAccount.token,
      officialAccount.encodingAesKey,
    ];
  };

  it('configures credentials and addresses, and shows no secret', async () => {
    const other = await Platforms.start({ wechat: { appId: 'wxaaaaaaaaaaaaaaaa', appSecret: 'first' } });
    const eventUrl = 'http://127.0.0.1:3000/api/wechat/event';
    const shown = await other.order('configure', {
      wechat: { appSecret: 'second' },
      officialAccount: { eventUrl },
    });
    expect(shown).toMatchObject({
      wechat: { appId: 'wxaaaaaaaaaaaaaaaa' },
      officialAccount: { eventUrl, appId: SANDBOX_CREDENTIALS.officialAccount.appId },
    });
    for (const secret of ['first', 'second', ...secrets()])
      expect(JSON.stringify(shown)).not.toContain(secret);
    const credentials = { appid: 'wxaaaaaaaaaaaaaaaa', js_code: freshCode('xiaoli') };
    expect(await other.login({ ...credentials, secret: 'first' })).toMatchObject({ errcode: 40125 });
    expect(await other.login({ ...credentials, secret: 'second' })).toMatchObject({ openid: 'o_xiaoli' });
    await other.stop();
  });

  it.each([
    { officialAccount: { eventUrl: 'ftp://127.0.0.1/' } },
    { officialAccount: { eventUrl: 'http://' } },
    { officialAccount: { encodingAesKey: 'short' } },
    { wechat: { page: [] } },
    { tokenLifetimeSeconds: 0 },
    { payment: {} },
  ])('refuses the configuration %j', async (configuration) => {
    expect((await platforms.orderReply('configure', configuration)).status).toBe(400);
  });
});
