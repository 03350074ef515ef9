import { freshCode, Platforms } from './support/platforms';

const MINUTE_MS = 60_000;

describe('access tokens', () => {
  const phone = '/wxa/business/getuserphonenumber';
  let platforms: Platforms;
  let elapsedMs = 0;

  beforeEach(async () => {
    elapsedMs = 0;
    const realNow = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + elapsedMs);
    platforms = await Platforms.start();
  });
  afterEach(async () => {
    await platforms.stop();
    jest.restoreAllMocks();
  });

  const use = (token: string): Promise<Record<string, unknown>> =>
    platforms.post(`/wechat${phone}`, { code: freshCode('13800138000') }, { access_token: token });

  it('are the same for every caller until five minutes before their end', async () => {
    const first = await platforms.tokenRequest('wechat');
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 });
    elapsedMs = 114 * MINUTE_MS;
    const later = await platforms.tokenRequest('wechat');
    expect(later['access_token']).toBe(first['access_token']);
    expect(later['expires_in']).toBeLessThanOrEqual(360);
    elapsedMs = 115 * MINUTE_MS + 1000;
    const next = await platforms.tokenRequest('wechat');
    expect(next['access_token']).not.toBe(first['access_token']);
    expect(await use(first['access_token'] as string)).toMatchObject({ errcode: 0 });
    elapsedMs = 120 * MINUTE_MS;
    expect(await use(first['access_token'] as string)).toMatchObject({ errcode: 42001 });
    expect(await use(next['access_token'] as string)).toMatchObject({ errcode: 0 });
  });

  it('are needed, known and of this account', async () => {
    expect(await platforms.post(`/wechat${phone}`, {})).toMatchObject({ errcode: 41001 });
    expect(await use('made-up')).toMatchObject({ errcode: 40001 });
    expect(await use(await platforms.token('wechat-mp'))).toMatchObject({ errcode: 40001 });
  });

  it('a forced renewal ends the last one, but not within 30 s of another', async () => {
    const first = await platforms.token('wechat');
    const second = (await platforms.tokenRequest('wechat', { force_refresh: true }))['access_token'];
    expect(second).not.toBe(first);
    expect(await use(first)).toMatchObject({ errcode: 40001 });
    elapsedMs = 29_000;
    expect((await platforms.tokenRequest('wechat', { force_refresh: true }))['access_token']).toBe(second);
    elapsedMs = 31_000;
    expect((await platforms.tokenRequest('wechat', { force_refresh: true }))['access_token']).not.toBe(
      second,
    );
  });

  it('a forced renewal is had twenty times a day', async () => {
    for (let time = 0; time < 20; time++) {
      expect(await platforms.tokenRequest('wechat', { force_refresh: true })).toHaveProperty('access_token');
      elapsedMs += 31_000;
    }
    expect(await platforms.tokenRequest('wechat', { force_refresh: true })).toMatchObject({ errcode: 45009 });
    expect(await platforms.tokenRequest('wechat')).toHaveProperty('access_token');
    elapsedMs += 24 * 60 * MINUTE_MS;
    expect(await platforms.tokenRequest('wechat', { force_refresh: true })).toHaveProperty('access_token');
  });

  it('of /cgi-bin/token are new each time, and the one before lasts five minutes more', async () => {
    const query = {
      grant_type: 'client_credential',
      appid: 'wx5a4db0c000000001',
      secret: '5a4db0c05a4db0c05a4db0c000000001',
    };
    const stable = await platforms.token('wechat');
    const first = (await platforms.get('/wechat/cgi-bin/token', query))['access_token'] as string;
    const second = (await platforms.get('/wechat/cgi-bin/token', query))['access_token'] as string;
    expect(new Set([stable, first, second]).size).toBe(3);
    expect(await use(first)).toMatchObject({ errcode: 0 });
    elapsedMs = 5 * MINUTE_MS;
    expect(await use(first)).toMatchObject({ errcode: 42001 });
    expect(await use(second)).toMatchObject({ errcode: 0 });
    expect(await use(stable)).toMatchObject({ errcode: 0 });
    expect(await platforms.get('/wechat/cgi-bin/token', { ...query, secret: 'x' })).toMatchObject({
      errcode: 40125,
    });
  });

  it.each([
    [40125, { secret: 'wrong' }],
    [40013, { appid: 'wx5a4db0c000000002' }],
    [40002, { grant_type: 'authorization_code' }],
    [47001, { force_refresh: 'true' }],
  ])('are refused with %i: %j', async (errcode, changes) => {
    expect(await platforms.tokenRequest('wechat', changes)).toMatchObject({ errcode });
  });

  it('can be made to expire, or be replaced by someone else, at either account', async () => {
    const token = await platforms.token('wechat');
    const official = await platforms.token('wechat-mp');
    await platforms.order('expire-tokens', { platform: 'wechat' });
    expect(await use(token)).toMatchObject({ errcode: 42001 });
    expect(await platforms.token('wechat-mp')).toBe(official);
    const next = await platforms.token('wechat');
    expect(next).not.toBe(token);
    expect(await use(next)).toMatchObject({ errcode: 0 });
    await platforms.order('expire-tokens', { errcode: 40001 });
    expect(await use(next)).toMatchObject({ errcode: 40001 });
    expect(await platforms.token('wechat-mp')).not.toBe(official);
  });

  it('live as long as is configured, until a reset', async () => {
    await platforms.order('configure', { tokenLifetimeSeconds: 48 });
    expect(await platforms.tokenRequest('wechat')).toMatchObject({ expires_in: 48 });
    elapsedMs = 47_000;
    expect(await platforms.tokenRequest('wechat')).toMatchObject({ expires_in: 48 });
    await platforms.order('reset');
    await platforms.order('expire-tokens');
    expect(await platforms.tokenRequest('wechat')).toMatchObject({ expires_in: 7200 });
  });

  it('stay good over a reset', async () => {
    const token = await platforms.token('wechat');
    await platforms.order('reset');
    expect(await use(token)).toMatchObject({ errcode: 0 });
    expect(await platforms.token('wechat')).toBe(token);
  });
});
