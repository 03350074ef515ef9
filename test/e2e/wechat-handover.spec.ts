import { AccountBelongings } from '../../src/modules/users/account-belongings';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { createRoom, INTERVIEW, joined } from '../support/interview';
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

  describe('that turns out to be a member of staff', () => {
    /** Somebody who has logged in by WeChat alone, and hosts a room with a guest and one that has ended. */
    async function hostOfRooms(name: string) {
      const { token, userInfo } = (await wechatLogin(wechat, name)).body.data;
      const host = app
        .asGuest()
        .withToken(token as string)
        .identifiedAs(userInfo.id as string);
      const [roomId, ended] = [await createRoom(host), await createRoom(host)];
      await joined(app.asGuest(), roomId);
      await host.post(`${INTERVIEW}/room/${ended}/end`);
      return { host, roomId, ended };
    }
    const full = async (actor: Actor, roomId: string) =>
      (await actor.get(`${INTERVIEW}/room/${roomId}`)).body.data;

    it('takes its rooms along, those that have ended too', async () => {
      const { host, roomId, ended } = await hostOfRooms('newcomer');
      const others = await createRoom(await app.asHr());
      const staff = await staffWithPhone(app);
      const login = await proved('newcomer', staff.phone);
      const member = app
        .asGuest()
        .withToken(login.body.data.token as string)
        .identifiedAs(staff.id);

      const { body } = await member.get(`${INTERVIEW}/rooms`);
      expect(body.data.list.map((room: { roomId: string }) => room.roomId)).toEqual([ended, roomId]);
      for (const id of [roomId, ended]) {
        const room = await full(member, id);
        expect(room.hostId).toBe(staff.id);
        expect(room.participants[0]).toMatchObject({ role: 'host', userId: staff.id });
      }
      expect((await full(member, roomId)).participants).toHaveLength(2);
      expect(await full(member, others)).not.toHaveProperty('hostId');
      const token = { userId: staff.id, userName: '李静', roomId };
      expect((await member.post('/api/zego/generate-token', token)).status).toBe(200);
      expect((await member.post(`${INTERVIEW}/room/${roomId}/end`)).status).toBe(200);
      await eventually(async () =>
        expect(await host.get(`${INTERVIEW}/rooms`)).toMatchObject(refusal('ACCOUNT_DISABLED')),
      );
    });

    it('takes all of it along, or nothing', async () => {
      const { host, roomId } = await hostOfRooms('unlucky');
      const staff = await staffWithPhone(app);
      let fails = true;
      app.app.get(AccountBelongings).register(async () => {
        if (fails) throw new Error('what another feature has cannot be moved');
      });
      const failed = await proved('unlucky', staff.phone);
      expect(failed).toMatchObject(refusal('INTERNAL_ERROR'));
      expect(await full(host, roomId)).toMatchObject({ hostId: host.id });
      expect(await storedUser(app, { openid: 'o_unlucky' })).toMatchObject({
        active: true,
        madeByWechat: true,
      });
      fails = false;
      const login = await proved('unlucky', staff.phone);
      const member = app.asGuest().withToken(login.body.data.token as string);
      expect(await full(member, roomId)).toMatchObject({ hostId: staff.id });
    });
  });
});
