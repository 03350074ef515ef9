import sharp from 'sharp';
import { Platforms, type Json } from './support/platforms';
import { Receiver } from './support/receiver';

let platforms: Platforms;
let receiver: Receiver;
beforeAll(async () => {
  platforms = await Platforms.start();
  receiver = await Receiver.start();
  await platforms.order('configure', { officialAccount: { eventUrl: receiver.url } });
});
beforeEach(() => platforms.order('reset'));
afterAll(async () => {
  await platforms.stop();
  await receiver.stop();
});
afterEach(() => jest.restoreAllMocks());

const follow = (openid: string): Promise<Json> =>
  platforms.order('push', { fromUserName: openid, event: 'subscribe' });

describe('qrcode/create', () => {
  const create = (body: Json): Promise<Json> => platforms.call('wechat-mp', '/cgi-bin/qrcode/create', body);
  const named = (scene_str: unknown, changes: Json = {}): Json => ({
    expire_seconds: 600,
    action_name: 'QR_STR_SCENE',
    action_info: { scene: { scene_str } },
    ...changes,
  });
  const numbered = (scene_id: unknown, action_name = 'QR_SCENE'): Json => ({
    action_name,
    action_info: { scene: { scene_id } },
  });

  it('gives a ticket, whose picture anyone may see until it expires', async () => {
    const code = await create(named('bind_abc'));
    expect(code).toEqual({
      ticket: expect.any(String),
      expire_seconds: 600,
      url: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
    });
    const address = `/wechat-mp/cgi-bin/showqrcode?ticket=${encodeURIComponent(code['ticket'] as string)}`;
    const picture = await platforms.request(address);
    expect(picture.contentType).toBe('image/jpeg');
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ width: 430, height: 430 });
    expect(await platforms.records('qrcodes')).toMatchObject([{ ticket: code['ticket'], scene: 'bind_abc' }]);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 601_000);
    expect((await platforms.request(address)).status).toBe(404);
    expect(await platforms.records('qrcodes')).toEqual([]);
    expect((await platforms.request('/wechat-mp/cgi-bin/showqrcode')).status).toBe(404);
  });

  it.each([
    [named('a'), 600],
    [named('a'.repeat(64)), 600],
    [named('绑定'), 600],
    [named('a', { expire_seconds: 2_592_000 }), 2_592_000],
    [named('a', { expire_seconds: undefined }), 60],
    [numbered(4_294_967_295), 60],
    [numbered(100_000, 'QR_LIMIT_SCENE'), undefined],
    [named('forever', { action_name: 'QR_LIMIT_STR_SCENE' }), undefined],
  ])('takes %j', async (body, seconds) => {
    const code = await create(body);
    expect(code['ticket']).toEqual(expect.any(String));
    expect(code['expire_seconds']).toBe(seconds);
  });

  it.each([
    [40052, named('a', { action_name: 'QR_NAMED_SCENE' })],
    [40052, {}],
    [40052, named('a', { action_name: 'constructor' })],
    [40053, named('')],
    [40053, named('a'.repeat(65))],
    [40053, named(123)],
    [40053, named('a', { action_info: {} })],
    [40053, named('a', { action_info: undefined })],
    [40053, named('a', { expire_seconds: 2_592_001 })],
    [40053, named('a', { expire_seconds: 0 })],
    [47001, named('a', { expire_seconds: '600' })],
    [40053, numbered(0)],
    [40053, numbered(4_294_967_296)],
    [40053, numbered(100_001, 'QR_LIMIT_SCENE')],
    [40053, numbered('1')],
  ])('refuses with %i: %j', async (errcode, body) => {
    expect(await create(body)).toMatchObject({ errcode });
  });

  it('reads its body whatever type it has, or none', async () => {
    const path = `/wechat-mp/cgi-bin/qrcode/create?access_token=${await platforms.token('wechat-mp')}`;
    expect((await platforms.request(path, { method: 'POST', body: new Blob(['{}']) })).json).toMatchObject({
      errcode: 40052,
    });
  });
});

describe('user/info', () => {
  const info = async (openid: string): Promise<Json> =>
    platforms.get('/wechat-mp/cgi-bin/user/info', {
      access_token: await platforms.token('wechat-mp'),
      openid,
    });

  it('tells of followers only', async () => {
    expect(await info('g_xiaoli')).toEqual({ subscribe: 0, openid: 'g_xiaoli' });
    await follow('g_xiaoli');
    expect(await info('g_xiaoli')).toMatchObject({
      subscribe: 1,
      openid: 'g_xiaoli',
      unionid: 'u_xiaoli',
      subscribe_time: expect.any(Number),
      qr_scene_str: '',
    });
    await platforms.order('push', { fromUserName: 'g_xiaoli', event: 'unsubscribe' });
    expect(await info('g_xiaoli')).toEqual({ subscribe: 0, openid: 'g_xiaoli' });
  });

  it('names the scene that was followed or scanned, and the unionid that was ordered', async () => {
    await platforms.order('push', {
      fromUserName: 'g_xiaohua',
      event: 'subscribe',
      eventKey: 'qrscene_bind_1',
      unionid: 'u_other',
    });
    expect(await info('g_xiaohua')).toMatchObject({ qr_scene_str: 'bind_1', unionid: 'u_other' });
    await platforms.order('push', { fromUserName: 'g_xiaohua', event: 'SCAN', eventKey: 'bind_2' });
    expect(await info('g_xiaohua')).toMatchObject({ qr_scene_str: 'bind_2', unionid: 'u_other' });
    await platforms.order('push', { fromUserName: 'g_single', event: 'subscribe', unionid: '' });
    expect(await info('g_single')).not.toHaveProperty('unionid');
    expect(await platforms.records('followers')).toMatchObject([
      { openid: 'g_xiaohua' },
      { openid: 'g_single' },
    ]);
  });

  it('knows whoever has followed, whatever the openid', async () => {
    expect(await info('oAbc')).toMatchObject({ errcode: 40003 });
    await follow('oAbc');
    expect(await info('oAbc')).toMatchObject({ subscribe: 1, unionid: 'u_oAbc' });
  });

  it('refuses what is no openid of this account', async () => {
    for (const openid of ['o_xiaoli', '', 'g_']) expect(await info(openid)).toMatchObject({ errcode: 40003 });
    expect(await platforms.get('/wechat-mp/cgi-bin/user/info', { openid: 'g_xiaoli' })).toMatchObject({
      errcode: 41001,
    });
  });
});

describe('template/send', () => {
  const message = (changes: Json = {}): Json => ({
    touser: 'g_xiaoli',
    template_id: 'tmpl_assigned',
    data: {
      first: { value: '您有新的客户' },
      keyword1: { value: '王女士'.repeat(20) },
      thing2: { value: '月嫂' },
    },
    ...changes,
  });
  const send = (changes?: Json): Promise<Json> =>
    platforms.call('wechat-mp', '/cgi-bin/message/template/send', message(changes));
  beforeEach(() => follow('g_xiaoli'));

  it('reaches a follower, and leads to a page or a site', async () => {
    const miniprogram = { appid: 'wx5a4db0c000000001', pagepath: 'pages/customer/detail?id=1' };
    const answer = await send({ miniprogram, url: 'https://crm.example.com/' });
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', msgid: expect.any(Number) });
    expect(await platforms.records('messages')).toEqual([
      {
        channel: 'template',
        touser: 'g_xiaoli',
        templateId: 'tmpl_assigned',
        data: message()['data'],
        page: 'pages/customer/detail?id=1',
        url: 'https://crm.example.com/',
        at: expect.any(String),
        msgid: answer['msgid'],
      },
    ]);
  });

  it('the same client_msg_id within ten minutes is one message to each person', async () => {
    await follow('g_xiaohua');
    const now = jest.spyOn(Date, 'now');
    const client_msg_id = 'assignment-1';
    const [first, again] = await Promise.all([send({ client_msg_id }), send({ client_msg_id })]);
    expect(again).toEqual(first);
    const other = await send({ client_msg_id, touser: 'g_xiaohua' });
    expect(other['msgid']).not.toBe(first['msgid']);
    expect(await platforms.records('messages')).toMatchObject([
      { touser: 'g_xiaoli', clientMsgId: client_msg_id },
      { touser: 'g_xiaohua', clientMsgId: client_msg_id },
    ]);
    now.mockReturnValue(Date.now() + 600_001);
    expect((await send({ client_msg_id }))['msgid']).not.toBe(first['msgid']);
    expect(await platforms.records('messages')).toHaveLength(3);
  });

  it.each([
    [40003, { touser: 'o_xiaoli' }],
    [40003, { touser: undefined }],
    [43004, { touser: 'g_stranger' }],
    [40037, { template_id: 'tmpl_unknown' }],
    [40013, { miniprogram: { appid: 'wx0000000000000000', pagepath: 'pages/a' } }],
    [47001, { miniprogram: 'wx5a4db0c000000001' }],
    [47001, { url: 7 }],
    [47001, { client_msg_id: 7 }],
    [47003, { data: {} }],
    [47003, { data: { thing1: { value: '一'.repeat(21) } } }],
    [47003, { data: { keyword1: { value: '' } } }],
  ])('is refused with %i: %j', async (errcode, changes) => {
    expect(await send(changes)).toMatchObject({ errcode });
    expect(await platforms.records('messages')).toEqual([]);
  });

  it('no longer reaches who has left', async () => {
    await platforms.order('push', { fromUserName: 'g_xiaoli', event: 'unsubscribe' });
    expect(await send()).toMatchObject({ errcode: 43004 });
  });
});
