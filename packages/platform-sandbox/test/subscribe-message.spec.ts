import { Platforms, type Json } from './support/platforms';

const ROUTE = '/cgi-bin/message/subscribe/send';

describe('subscribe/send', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  beforeEach(() => platforms.order('reset'));
  afterAll(() => platforms.stop());

  const message = (changes: Json = {}): Json => ({
    touser: 'o_xiaoli',
    template_id: 'tmpl_new_customer',
    page: 'pages/customer/detail?id=1',
    miniprogram_state: 'trial',
    lang: 'zh_CN',
    data: { thing1: { value: '新客户查看了您的简历' }, time2: { value: '2026-01-20 08:30' } },
    ...changes,
  });
  const send = (changes?: Json): Promise<Json> => platforms.call('wechat', ROUTE, message(changes));

  it('reaches its reader, and is numbered upwards', async () => {
    const first = await send();
    const second = await send({ page: undefined });
    expect(first).toEqual({ errcode: 0, errmsg: 'ok', msgid: expect.any(Number) });
    expect(second['msgid']).toBeGreaterThan(first['msgid'] as number);
    const [shown, other] = await platforms.records('messages');
    expect(shown).toEqual({
      channel: 'subscribe',
      touser: 'o_xiaoli',
      templateId: 'tmpl_new_customer',
      data: message()['data'],
      page: 'pages/customer/detail?id=1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msgid: first['msgid'],
    });
    expect(other).not.toHaveProperty('page');
    await platforms.order('reset');
    expect(await platforms.records('messages')).toEqual([]);
    expect((await send())['msgid']).toBeGreaterThan(second['msgid'] as number);
  });

  it.each([
    [40003, { touser: 'xiaoli' }],
    [40003, { touser: 'g_xiaoli' }],
    [40003, { touser: 'o_小丽' }],
    [40003, { touser: undefined }],
    [40037, { template_id: 'tmpl_unknown_1' }],
    [40037, { template_id: '' }],
    [40037, { template_id: undefined }],
    [41030, { page: '/pages/a' }],
    [41030, { page: 'pages/unknown?x=1' }],
    [40097, { miniprogram_state: 'release' }],
    [40097, { lang: 'de' }],
    [47003, { data: { thing1: { value: '一'.repeat(21) } } }],
    [47003, { data: undefined }],
    [43101, { touser: 'o_refuse_1' }],
  ])('is refused with %i: %j', async (errcode, changes) => {
    expect(await send(changes)).toMatchObject({ errcode });
    expect(await platforms.records('messages')).toEqual([]);
  });

  it('names the value that is wrong', async () => {
    const refused = await send({ data: { thing1: { value: 'x' }, time2: { value: '8点' } } });
    expect(refused['errmsg']).toMatch(/^argument invalid! data\.time2\.value invalid, rid: /);
    const empty = await send({ data: { thing1: { value: '' } } });
    expect(empty['errmsg']).toMatch(/^argument invalid! data\.thing1\.value is empty, rid: /);
  });

  it('asks for a POST', async () => {
    const access_token = await platforms.token('wechat');
    expect(await platforms.get(`/wechat${ROUTE}`, { access_token })).toMatchObject({ errcode: 43002 });
  });
});
