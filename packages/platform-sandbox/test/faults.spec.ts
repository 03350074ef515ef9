import { Platforms, type Json } from './support/platforms';

const ROUTE = '/cgi-bin/message/subscribe/send';

describe('a fault', () => {
  let platforms: Platforms;
  let access_token: string;
  beforeAll(async () => {
    platforms = await Platforms.start();
    access_token = await platforms.token('wechat');
  });
  beforeEach(() => platforms.order('reset'));
  afterAll(() => platforms.stop());

  const MESSAGE = { touser: 'o_xiaoli', template_id: 't', data: { thing1: { value: 'x' } } };
  const plan = (fault: Json): Promise<Json> =>
    platforms.order('faults', { platform: 'wechat', route: ROUTE, ...fault });
  const send = (signal?: AbortSignal): ReturnType<Platforms['request']> =>
    platforms.request(`/wechat${ROUTE}?access_token=${access_token}`, {
      method: 'POST',
      body: JSON.stringify(MESSAGE),
      ...(signal && { signal }),
    });
  const sent = async (): Promise<number> => (await platforms.records('messages')).length;
  const calls = (): Promise<Json[]> => platforms.records('calls');

  it('of the kind error answers the code asked for, as often as asked for', async () => {
    await plan({ kind: 'error', errcode: 40001, count: 2 });
    expect((await send()).json).toMatchObject({
      errcode: 40001,
      errmsg: expect.stringContaining('credential'),
    });
    expect((await send()).json).toMatchObject({ errcode: 40001 });
    expect((await send()).json).toMatchObject({ errcode: 0 });
    expect(await sent()).toBe(1);
    expect(await calls()).toMatchObject([
      { route: ROUTE, status: 200, errcode: 40001, fault: 'error' },
      { errcode: 40001 },
      { errcode: 0 },
    ]);
  });

  it('of the kind error is -1 unless it says otherwise, or an HTTP status', async () => {
    await plan({ kind: 'error' });
    await plan({ kind: 'error', status: 502 });
    expect((await send()).json).toMatchObject({ errcode: -1 });
    expect((await send()).status).toBe(502);
    expect((await send()).status).toBe(200);
    expect(await calls()).toMatchObject([{ errcode: -1 }, { status: 502, errcode: null }, { errcode: 0 }]);
  });

  it('of the kind error can come after the deed', async () => {
    await plan({ kind: 'error', when: 'after' });
    expect((await send()).json).toMatchObject({ errcode: -1 });
    expect(await sent()).toBe(1);
  });

  it('of the kind slow answers late', async () => {
    await plan({ kind: 'slow', delayMs: 200 });
    const startedAt = performance.now();
    expect((await send()).json).toMatchObject({ errcode: 0 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(await calls()).toMatchObject([{ fault: 'slow', errcode: 0 }]);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ])('of the kind hang never answers: %s the deed', async (when, messages) => {
    await plan({ kind: 'hang', when });
    await expect(send(AbortSignal.timeout(150))).rejects.toThrow('timeout');
    expect(await sent()).toBe(messages);
    expect(await calls()).toMatchObject([{ status: null, errcode: null, fault: 'hang' }]);
    expect((await send()).json).toMatchObject({ errcode: 0 });
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ])('of the kind drop closes the connection: %s the deed', async (when, messages) => {
    await plan({ kind: 'drop', when });
    await expect(send()).rejects.toThrow('fetch failed');
    expect(await sent()).toBe(messages);
    expect((await send()).json).toMatchObject({ errcode: 0 });
  });

  it('concerns its own route and platform', async () => {
    await plan({ kind: 'error', route: '/cgi-bin/stable_token', platform: 'wechat-mp' });
    expect(await platforms.tokenRequest('wechat')).toHaveProperty('access_token');
    expect((await send()).json).toMatchObject({ errcode: 0 });
    expect(await platforms.tokenRequest('wechat-mp')).toMatchObject({ errcode: -1 });
    await platforms.order('faults', { platform: 'wechat', kind: 'error' });
    expect((await send()).json).toMatchObject({ errcode: -1 });
  });

  it('faults of one route come in the order in which they were planned, and end with a reset', async () => {
    await plan({ kind: 'error', errcode: 1 });
    await plan({ kind: 'error', errcode: 2 });
    expect(await platforms.records('faults')).toMatchObject([{ errcode: 1 }, { errcode: 2 }]);
    expect((await send()).json).toMatchObject({ errcode: 1 });
    await platforms.order('reset');
    expect((await send()).json).toMatchObject({ errcode: 0 });
    expect(await platforms.records('faults')).toEqual([]);
  });

  it.each([
    [{ kind: 'explode' }, 'kind'],
    [{ kind: 'error', route: '/cgi-bin/message/subscribe/sent' }, ROUTE],
    [{ kind: 'error', platform: 'weixin' }, 'wechat, wechat-mp'],
    [{ kind: 'error', count: 0 }, 'count'],
    [{ kind: 'error', times: 2 }, 'additional'],
    [{ kind: 'drop', when: 'later' }, 'when'],
  ])('is refused: %j', async (fault, reason) => {
    const { status, json } = await platforms.orderReply('faults', { platform: 'wechat', ...fault });
    expect(status).toBe(400);
    expect(json['error']).toContain(reason);
  });
});
