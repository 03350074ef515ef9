import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';
import { staffWithPhone, storedUser } from '../support/wechat';

const RECORD_OF_NOBODY = '66f1a2b3c4d5e6f708192a3b';

describe('the official account', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let admin: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    admin = await app.asAdmin();
    await sandbox.pushEventsTo(`${app.url}/api/wechat/event`);
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const sceneFor = async (userId: string): Promise<string> =>
    (await admin.get(`/api/wechat/bind-qrcode/${userId}`)).body.data.sceneStr as string;
  const scans = (fromUserName: string, scene: string, aes = false) =>
    sandbox.push({ fromUserName, event: 'SCAN', eventKey: scene, aes });
  const follows = (fromUserName: string, scene: string, aes = false) =>
    sandbox.push({ fromUserName, event: 'subscribe', eventKey: `qrscene_${scene}`, aes });
  const followerOf = async (officialOpenid: string): Promise<string | undefined> =>
    (await storedUser(app, { officialOpenid }))?._id.toString();

  describe('GET /api/wechat/bind-qrcode/:userId', () => {
    it('is a picture of WeChat’s, with a scene of its own, for ten minutes', async () => {
      const hr = await app.asHr();
      const { body } = await hr.get(`/api/wechat/bind-qrcode/${hr.id}`);
      expect(body.data.sceneStr).toMatch(/^bind_[0-9a-f]{32}$/);
      const lasts = Date.parse(body.data.expireTime as string) - Date.now();
      expect(lasts).toBeGreaterThan(590_000);
      expect(lasts).toBeLessThanOrEqual(600_000);
      const picture = await fetch(body.data.qrCodeUrl as string);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(await sceneFor(hr.id)).not.toBe(body.data.sceneStr);
    });

    it('is for that person and administrators', async () => {
      const staff = await staffWithPhone(app);
      const path = `/api/wechat/bind-qrcode/${staff.id}`;
      for (const other of [await app.asManager(), await app.asEmployee(), await app.asHr()])
        expect(await other.get(path)).toMatchObject(refusal('FORBIDDEN'));
      expect(await app.asGuest().get(path)).toMatchObject(refusal('UNAUTHORIZED'));
      expect((await admin.get(path)).status).toBe(200);
    });

    it('is not for nobody, nor for a disabled account', async () => {
      const bindQrcode = (id: string) => admin.get(`/api/wechat/bind-qrcode/${id}`);
      expect(await bindQrcode(RECORD_OF_NOBODY)).toMatchObject(refusal('NOT_FOUND'));
      expect(await bindQrcode('no-id')).toMatchObject(refusal('INVALID_PARAMS', 'userId'));
      const staff = await staffWithPhone(app);
      await admin.patch(`/api/users/${staff.id}`, { active: false });
      expect(await bindQrcode(staff.id)).toMatchObject(refusal('CONFLICT'));
    });
  });

  it('passes WeChat’s check of the address', async () => {
    const verified = await sandbox.verify();
    expect(verified).toMatchObject({ status: 200, echoed: true });
  });

  it.each([
    ['a new follower', 'plain', follows, false],
    ['a new follower', 'AES', follows, true],
    ['a follower', 'plain', scans, false],
    ['a follower', 'AES', scans, true],
  ])('binds %s who scans the code, in %s mode, with openid and unionid', async (who, mode, act, aes) => {
    const staff = await staffWithPhone(app);
    const name = `${who.length}-${mode}`;
    expect(await act(`g_${name}`, await sceneFor(staff.id), aes)).toMatchObject({
      status: 200,
      body: 'success',
    });
    expect(await storedUser(app, { phone: staff.phone })).toMatchObject({
      officialOpenid: `g_${name}`,
      unionid: `u_${name}`,
    });
    const logs = await admin.get('/api/audit-logs', { entityId: staff.id });
    expect(logs.body.data.list[0]).toMatchObject({ action: 'bind-official-account' });
  });

  it('binds with a code once, and not after its time', async () => {
    const staff = await staffWithPhone(app);
    const scene = await sceneFor(staff.id);
    await scans('g_first', scene);
    expect(await scans('g_second', scene)).toMatchObject({ status: 200, body: 'success' });
    expect(await followerOf('g_first')).toBe(staff.id);
    expect(await followerOf('g_second')).toBeUndefined();

    const late = await sceneFor(staff.id);
    await app.connection
      .collection<{ _id: string }>('wechat_bind_codes')
      .updateOne({ _id: late }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    await scans('g_third', late);
    expect(await followerOf('g_third')).toBeUndefined();
  });

  it('binds one of several that scan one code at the same moment', async () => {
    const staff = await staffWithPhone(app);
    const scene = await sceneFor(staff.id);
    const names = ['g_a1', 'g_a2', 'g_a3', 'g_a4'];
    const answers = await Promise.all(names.map((name) => scans(name, scene)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const bound = await Promise.all(names.map(followerOf));
    expect(bound.filter(Boolean)).toEqual([staff.id]);
  });

  it('binds one follower to one account, also when two codes are scanned at the same moment', async () => {
    const [one, two] = [await staffWithPhone(app), await staffWithPhone(app)];
    await scans('g_taken', await sceneFor(one.id));
    expect((await scans('g_taken', await sceneFor(two.id))).status).toBe(200);
    expect(await followerOf('g_taken')).toBe(one.id);

    const scenes = await Promise.all([one.id, two.id].map(sceneFor));
    // two scans at once, a second apart in WeChat's own words, so that they are not one event
    const pushes = scenes.map((scene, i) =>
      sandbox.push({
        fromUserName: 'g_torn',
        event: i ? 'SCAN' : 'subscribe',
        eventKey: i ? scene : `qrscene_${scene}`,
      }),
    );
    expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await app.connection.collection('users').countDocuments({ officialOpenid: 'g_torn' })).toBe(1);
  });

  it.each([
    'bind_',
    'bind_0123',
    'qrscene_bind_',
    `bind_${'0'.repeat(32)}`,
    '66f1a2b3c4d5e6f708192a3b',
    'x; drop',
  ])('answers success to the scan of anything else (%s), and does nothing', async (eventKey) => {
    const before = await app.connection.collection('users').countDocuments({ officialOpenid: 'g_passer' });
    expect(await scans('g_passer', eventKey)).toMatchObject({ status: 200, body: 'success' });
    expect(await app.connection.collection('users').countDocuments({ officialOpenid: 'g_passer' })).toBe(
      before,
    );
    expect(before).toBe(0);
  });

  it('does not bind to an account that has been disabled since', async () => {
    const staff = await staffWithPhone(app);
    const scene = await sceneFor(staff.id);
    await admin.patch(`/api/users/${staff.id}`, { active: false });
    await scans('g_disabled', scene);
    expect(await followerOf('g_disabled')).toBeUndefined();
  });

  it('binds without a unionid where WeChat does not tell it', async () => {
    const staff = await staffWithPhone(app);
    const scene = await sceneFor(staff.id);
    await sandbox.fault({
      platform: 'wechat-mp',
      route: '/cgi-bin/user/info',
      kind: 'error',
      errcode: 48001,
    });
    await scans('g_unverified', scene);
    expect(await storedUser(app, { officialOpenid: 'g_unverified' })).not.toHaveProperty('unionid');
  });

  it('forgets a follower who leaves, and takes them back', async () => {
    const staff = await staffWithPhone(app);
    await follows('g_fickle', await sceneFor(staff.id));
    await sandbox.push({ fromUserName: 'g_fickle', event: 'unsubscribe' });
    expect(await followerOf('g_fickle')).toBeUndefined();
    await follows('g_fickle', await sceneFor(staff.id));
    await eventually(async () => expect(await followerOf('g_fickle')).toBe(staff.id));
  });

  describe('POST /api/wechat/test-message', () => {
    const testMessage = (userId: string, message: unknown = '测试消息', by = admin) =>
      by.post('/api/wechat/test-message', { userId, message });

    it('reaches the follower, cut to what WeChat takes', async () => {
      const staff = await staffWithPhone(app);
      await follows('g_reader', await sceneFor(staff.id));
      const long = '这是一条很长很长很长很长很长很长很长的测试消息😀';
      const answer = await testMessage(staff.id, long);
      expect(answer.body).toMatchObject({
        message: '发送成功',
        data: { msgid: expect.stringMatching(/^\d+$/) },
      });
      expect((await sandbox.messages()).filter(({ touser }) => touser === 'g_reader')).toMatchObject([
        {
          channel: 'template',
          data: {
            thing1: { value: long.slice(0, 20) },
            time2: { value: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/) },
          },
        },
      ]);
    });

    it('says when the account is not bound, is nobody’s, or WeChat refuses', async () => {
      const staff = await staffWithPhone(app);
      const unbound = await testMessage(staff.id);
      expect(unbound).toMatchObject(refusal('INVALID_PARAMS', 'userId'));
      expect(unbound.body.message).toBe('用户未绑定微信');
      expect(await testMessage(RECORD_OF_NOBODY)).toMatchObject(refusal('NOT_FOUND'));
      await scans('g_left', await sceneFor(staff.id));
      await sandbox.fault({
        platform: 'wechat-mp',
        route: '/cgi-bin/message/template/send',
        kind: 'error',
        errcode: 43004,
      });
      const refused = await testMessage(staff.id);
      expect(refused).toMatchObject(refusal('UPSTREAM_ERROR'));
      expect(refused.body.details).toMatchObject({ errcode: 43004 });
    });

    it('is for administrators, and needs a message', async () => {
      for (const other of [await app.asManager(), await app.asEmployee(), await app.asHr()])
        expect(await testMessage(other.id, 'x', other)).toMatchObject(refusal('FORBIDDEN'));
      expect(await testMessage(admin.id, '  ')).toMatchObject(refusal('INVALID_PARAMS', 'message'));
      expect(await testMessage('x')).toMatchObject(refusal('INVALID_PARAMS', 'userId'));
    });
  });
});
