import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';
import { miniprogramLogin, staffWithPhone, storedUser, wechatLogin, type WechatApp } from '../support/wechat';

/** An account that changes hands: whoever was bound to it must not get in any more. */
describe('the WeChat of an account', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let wechat: WechatApp;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    wechat = { app, sandbox };
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const proved = (name: string, number: string) =>
    miniprogramLogin(wechat, name, number, sandbox.phoneCode(number));
  const me = (token: string) => app.asGuest().withToken(token).get('/api/auth/me');

  it.each([
    ['its phone is changed', 'PATCH', (id: string) => `/api/users/${id}`, () => ({ phone: phone() })],
    ['its phone is taken away', 'PATCH', (id: string) => `/api/users/${id}`, () => ({ phone: null })],
    [
      'its password is reset',
      'POST',
      (id: string) => `/api/users/${id}/reset-password`,
      () => ({ password: 'another-horse-9' }),
    ],
  ] as const)('is unbound when %s by an administrator', async (what, method, path, body) => {
    const name = `holder${what.length}`;
    const staff = await staffWithPhone(app);
    const { token } = (await proved(name, staff.phone)).body.data as { token: string };
    const admin = await app.asAdmin();
    expect((await admin.send(method, path(staff.id), body(), {})).status).toBe(200);
    expect(await me(token)).toMatchObject(refusal('UNAUTHORIZED'));
    expect(await storedUser(app, { openid: `o_${name}` })).toBeNull();
    const login = await wechatLogin(wechat, name);
    expect(login.body.data.userInfo).toMatchObject({ role: 'hr', name: '微信用户' });
    expect(login.body.data.userInfo.id).not.toBe(staff.id);
  });

  it('stays bound when anything else of it is changed', async () => {
    const staff = await staffWithPhone(app);
    await proved('constant', staff.phone);
    const admin = await app.asAdmin();
    await admin.patch(`/api/users/${staff.id}`, { name: '新名字', phone: staff.phone });
    expect((await wechatLogin(wechat, 'constant')).body.data.userInfo.id).toBe(staff.id);
  });

  it('logs the former one out when another one proves the phone', async () => {
    const staff = await staffWithPhone(app, 'admin');
    const former = (await proved('former', staff.phone)).body.data.token as string;
    const present = (await proved('present', staff.phone)).body.data.token as string;
    await eventually(async () => expect(await me(former)).toMatchObject(refusal('UNAUTHORIZED')));
    expect((await me(present)).body.data.id).toBe(staff.id);
  });
});
