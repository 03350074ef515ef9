import { freshCode, Platforms } from './support/platforms';

describe('code2Session', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  afterAll(() => platforms.stop());

  it('tells whose code it is', async () => {
    const session = await platforms.login({ js_code: freshCode('xiaoli') });
    expect(session).toEqual({
      openid: 'o_xiaoli',
      unionid: 'u_xiaoli',
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
    });
    const again = await platforms.login({ js_code: freshCode('xiaoli') });
    expect(again['openid']).toBe('o_xiaoli');
    expect(again['session_key']).not.toBe(session['session_key']);
  });

  it('takes a code once, whoever asks first', async () => {
    const code = freshCode('xiaoli');
    const answers = await Promise.all([1, 2, 3].map(() => platforms.login({ js_code: code })));
    expect(answers.filter((answer) => answer['openid'] === 'o_xiaoli')).toHaveLength(1);
    expect(answers.filter((answer) => answer['errcode'] === 40163)).toHaveLength(2);
  });

  it.each([
    [40029, { js_code: 'bad' }],
    [40029, { js_code: 'without-nonce' }],
    [40029, { js_code: '小丽.1' }],
    [-1, { js_code: 'busy' }],
    [40226, { js_code: 'blocked1.1' }],
    [41008, {}],
    [40013, { js_code: 'xiaoli.never', appid: 'wx0000000000000000' }],
    [41002, { js_code: 'xiaoli.never', appid: '' }],
    [40125, { js_code: 'xiaoli.never', secret: 'wrong' }],
    [41004, { js_code: 'xiaoli.never', secret: '' }],
    [40002, { js_code: 'xiaoli.never', grant_type: 'client_credential' }],
  ])('refuses with %i: %j', async (errcode, query) => {
    const answer = await platforms.login(query);
    expect(answer).toEqual({
      errcode,
      errmsg: expect.stringMatching(/^.+, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
    });
  });

  it('a refused call does not use the code up, and `busy` stays busy', async () => {
    const code = freshCode('xiaohua');
    expect(await platforms.login({ js_code: code, secret: 'wrong' })).toMatchObject({ errcode: 40125 });
    expect(await platforms.login({ js_code: code })).toMatchObject({ openid: 'o_xiaohua' });
    expect(await platforms.login({ js_code: 'busy' })).toMatchObject({ errcode: -1 });
    expect(await platforms.login({ js_code: 'busy' })).toMatchObject({ errcode: -1 });
  });

  it('asks for a GET, and knows its own addresses only', async () => {
    expect(await platforms.post('/wechat/sns/jscode2session', {})).toMatchObject({ errcode: 43001 });
    expect(await platforms.get('/wechat/sns/oauth2')).toMatchObject({ errcode: 40066 });
  });
});

describe('getuserphonenumber', () => {
  const route = '/wxa/business/getuserphonenumber';
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  afterAll(() => platforms.stop());

  it('gives the number of a code, once', async () => {
    const code = freshCode('13800138000');
    expect(await platforms.call('wechat', route, { code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '13800138000',
        purePhoneNumber: '13800138000',
        countryCode: '86',
        watermark: { appid: 'wx5a4db0c000000001', timestamp: expect.any(Number) },
      },
    });
    expect(await platforms.call('wechat', route, { code })).toMatchObject({ errcode: 40029 });
  });

  it.each([
    [40029, { code: 'bad' }],
    [40029, { code: '1380013800.n' }],
    [40029, { code: 'xiaoli.n' }],
    [40029, { code: 13800138000 }],
    [-1, { code: 'busy' }],
    [41008, {}],
    [47001, [1]],
  ])('refuses with %i: %j', async (errcode, body) => {
    expect(await platforms.call('wechat', route, body)).toMatchObject({ errcode });
  });

  it('refuses an empty body, and one that is not JSON', async () => {
    const access_token = await platforms.token('wechat');
    const address = `/wechat${route}?access_token=${access_token}`;
    const form = new URLSearchParams({ code: freshCode('13800138000') });
    expect((await platforms.request(address, { method: 'POST' })).json).toMatchObject({ errcode: 44002 });
    expect((await platforms.request(address, { method: 'POST', body: form })).json).toMatchObject({
      errcode: 47001,
    });
  });
});
