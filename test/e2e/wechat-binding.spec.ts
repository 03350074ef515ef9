import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';
import { miniprogramLogin, staffWithPhone, storedUser, wechatLogin, type WechatApp } from '../support/wechat';

const LOGIN = '/api/auth/miniprogram-login';

describe('POST /api/auth/miniprogram-login', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let wechat: WechatApp;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    wechat = { app, sandbox };
    await sandbox.pushEventsTo(`${app.url}/api/wechat/event`);
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const proved = (name: string, number: string) =>
    miniprogramLogin(wechat, name, number, sandbox.phoneCode(number));

  it('binds the openid to the account of the proved phone; from then on the code and the phone suffice', async () => {
    const staff = await staffWithPhone(app);
    const first = await proved('lina', staff.phone);
    expect(first).toMatchObject({ status: 200, body: { message: '登录成功' } });
    expect(first.body.data.user).toEqual({
      id: staff.id,
      phone: staff.phone,
      name: '李静',
      role: 'employee',
    });
    const again = await miniprogramLogin(wechat, 'lina', staff.phone);
    expect(again.body.data.user).toEqual(first.body.data.user);
    const me = await app
      .asGuest()
      .withToken(again.body.data.token as string)
      .get('/api/auth/me');
    expect(me.body.data.id).toBe(staff.id);
  });

  it('does not believe a phone: one’s own code and someone else’s phone get nowhere, and nothing is told', async () => {
    const victim = await staffWithPhone(app, 'admin');
    const answers = [
      await miniprogramLogin(wechat, 'mallory', victim.phone),
      // what the attacker can prove is their own number
      await miniprogramLogin(wechat, 'mallory', victim.phone, sandbox.phoneCode(phone())),
      // the same for a phone that nobody has: who is registered cannot be found out
      await miniprogramLogin(wechat, 'mallory', phone()),
    ];
    for (const answer of answers) expect(answer).toMatchObject(refusal('PHONE_NOT_VERIFIED'));
    const words = answers.map(({ body }) => `${body.message as string} ${JSON.stringify(body.details)}`);
    expect(new Set(words).size).toBe(1);
    expect(await storedUser(app, { openid: 'o_mallory' })).toBeNull();
    // an account of the attacker's own does not help either
    await wechatLogin(wechat, 'mallory');
    expect(await miniprogramLogin(wechat, 'mallory', victim.phone)).toMatchObject(
      refusal('PHONE_NOT_VERIFIED'),
    );
  });

  it('refuses someone else’s phone to an openid that is bound, proved or not', async () => {
    const [own, other] = [await staffWithPhone(app), await staffWithPhone(app)];
    await proved('bound', own.phone);
    expect(await miniprogramLogin(wechat, 'bound', other.phone)).toMatchObject(refusal('LOGIN_FAILED'));
    expect(await proved('bound', other.phone)).toMatchObject(refusal('LOGIN_FAILED'));
    expect(await storedUser(app, { openid: 'o_bound' })).toMatchObject({ phone: own.phone });
  });

  it('says that a proved phone has no account', async () => {
    const answer = await proved('stranger', phone());
    expect(answer).toMatchObject(refusal('LOGIN_FAILED'));
    expect(answer.body.message).toBe('手机号未注册，请联系管理员');
  });

  it('takes the unionid that the QR flow has bound for the proof, and for that account’s phone only', async () => {
    const [staff, other] = [await staffWithPhone(app), await staffWithPhone(app)];
    expect(await miniprogramLogin(wechat, 'follower', staff.phone)).toMatchObject(
      refusal('PHONE_NOT_VERIFIED'),
    );
    const admin = await app.asAdmin();
    const code = await admin.get(`/api/wechat/bind-qrcode/${staff.id}`);
    const eventKey = `qrscene_${code.body.data.sceneStr as string}`;
    await sandbox.push({ fromUserName: 'g_follower', event: 'subscribe', eventKey });
    expect(await storedUser(app, { unionid: 'u_follower' })).toMatchObject({ phone: staff.phone });
    expect(await miniprogramLogin(wechat, 'follower', other.phone)).toMatchObject(
      refusal('PHONE_NOT_VERIFIED'),
    );
    const login = await miniprogramLogin(wechat, 'follower', staff.phone);
    expect(login.body.data.user.id).toBe(staff.id);
  });

  it('moves the openid away from an account that WeChat’s log-in made, which is closed at every instance within 5 s', async () => {
    const second = await TestApp.start({ env: sandbox.environment, database: app.database });
    const provisional = await wechatLogin(wechat, 'moving');
    const old = app.asGuest().withToken(provisional.body.data.token as string);
    expect((await old.at(second.url).get('/api/auth/me')).status).toBe(200);
    const staff = await staffWithPhone(app);
    expect((await proved('moving', staff.phone)).body.data.user.id).toBe(staff.id);
    expect(await old.get('/api/auth/me')).toMatchObject(refusal('ACCOUNT_DISABLED'));
    await eventually(
      async () =>
        expect(await old.at(second.url).get('/api/auth/me')).toMatchObject(refusal('ACCOUNT_DISABLED')),
      { within: 5000 },
    );
    expect((await wechatLogin(wechat, 'moving')).body.data.userInfo.id).toBe(staff.id);
    const admin = await app.asAdmin();
    const logs = await admin.get('/api/audit-logs', {
      entityId: provisional.body.data.userInfo.id as string,
    });
    expect(logs.body.data.list).toMatchObject([{ action: 'give-way' }, { action: 'create' }]);
    await second.app.close();
  });

  it('does not take an openid from an account that has become somebody’s', async () => {
    const made = await wechatLogin(wechat, 'promoted');
    const admin = await app.asAdmin();
    await admin.patch(`/api/users/${made.body.data.userInfo.id as string}`, { role: 'manager' });
    const staff = await staffWithPhone(app);
    expect(await proved('promoted', staff.phone)).toMatchObject(refusal('LOGIN_FAILED'));
    expect(await storedUser(app, { openid: 'o_promoted' })).toMatchObject({ role: 'manager', active: true });
  });

  it('gives one openid to one of two phones that are proved at the same time', async () => {
    const staff = await Promise.all([1, 2, 3, 4].map(() => staffWithPhone(app)));
    const answers = await Promise.all(staff.map(({ phone: number }) => proved('twofold', number)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    for (const { body } of answers.filter(({ status }) => status === 401))
      expect(body.code).toBe('LOGIN_FAILED');
    const won = answers.find(({ status }) => status === 200)?.body.data.user.id as string;
    const bound = await app.connection.collection('users').find({ openid: 'o_twofold' }).toArray();
    expect(bound.map(({ _id }) => String(_id))).toEqual([won]);
  });

  it('leaves one account when both ways of logging in come at the same time', async () => {
    const staff = await staffWithPhone(app);
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => wechatLogin(wechat, 'hasty')),
      ...Array.from({ length: 5 }, () => proved('hasty', staff.phone)),
    ]);
    for (const { status } of answers.slice(5)) expect(status).toBe(200);
    const bound = await app.connection.collection('users').find({ openid: 'o_hasty' }).toArray();
    expect(bound.map(({ _id }) => String(_id))).toEqual([staff.id]);
    expect((await wechatLogin(wechat, 'hasty')).body.data.userInfo.id).toBe(staff.id);
  });

  it('moves an account to another WeChat of the person whose phone it is', async () => {
    const staff = await staffWithPhone(app);
    await proved('oldphone', staff.phone);
    expect((await proved('newphone', staff.phone)).status).toBe(200);
    expect(await miniprogramLogin(wechat, 'oldphone', staff.phone)).toMatchObject(
      refusal('PHONE_NOT_VERIFIED'),
    );
  });

  it('refuses a disabled account, bound or not yet', async () => {
    const admin = await app.asAdmin();
    const [bound, fresh] = [await staffWithPhone(app), await staffWithPhone(app)];
    await proved('gone', bound.phone);
    for (const { id } of [bound, fresh]) await admin.patch(`/api/users/${id}`, { active: false });
    expect(await miniprogramLogin(wechat, 'gone', bound.phone)).toMatchObject(refusal('ACCOUNT_DISABLED'));
    expect(await proved('gone-too', fresh.phone)).toMatchObject(refusal('ACCOUNT_DISABLED'));
    expect(await storedUser(app, { openid: 'o_gone-too' })).toBeNull();
  });

  it('refuses codes that are wrong or used', async () => {
    const staff = await staffWithPhone(app);
    const used = sandbox.phoneCode(staff.phone);
    await miniprogramLogin(wechat, 'reuse', phone(), used);
    const refused = [
      await app.asGuest().post(LOGIN, { code: 'bad', phone: staff.phone }),
      await miniprogramLogin(wechat, 'reuse', staff.phone, used),
      await miniprogramLogin(wechat, 'reuse', staff.phone, 'bad'),
    ];
    for (const answer of refused) expect(answer).toMatchObject(refusal('LOGIN_FAILED'));
    expect(await storedUser(app, { openid: 'o_reuse' })).toBeNull();
  });

  it.each([
    ['no code', { phone: '13800138000' }, 'code'],
    ['no phone', { code: 'a.1' }, 'phone'],
    ['a phone that is none', { code: 'a.1', phone: '12345' }, 'phone'],
    ['an operator', { code: 'a.1', phone: { $gt: '' } }, 'phone'],
    [
      'an enormous phone code',
      { code: 'a.1', phone: '13800138000', phoneCode: 'x'.repeat(300) },
      'phoneCode',
    ],
  ])('refuses %s', async (_what, body, field) => {
    expect(await app.asGuest().post(LOGIN, body)).toMatchObject(refusal('INVALID_PARAMS', field));
  });
});
