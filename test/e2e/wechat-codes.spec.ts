import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { type Fault, PlatformSandbox } from '../support/sandbox';
import { storedUser } from '../support/wechat';

const PHONE = '/api/wechat/get-phone';
const OPENID = '/api/wechat/openid';
const QRCODE = '/api/wechat/generate-qrcode';
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

describe('codes of the mini-program', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let guest: Actor;
  let hr: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    guest = app.asGuest();
    hr = await app.asHr();
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const fails = (route: string, fault: Partial<Fault>) =>
    sandbox.fault({ platform: 'wechat', route, kind: 'error', count: 3, ...fault });

  describe('POST /api/wechat/get-phone', () => {
    it('gives the number behind the code, and notes it as proved', async () => {
      const number = phone();
      const answer = await hr.post(PHONE, { code: sandbox.phoneCode(number) });
      expect(answer.body).toMatchObject({
        message: '获取手机号成功',
        data: { phoneNumber: number, purePhoneNumber: number, countryCode: '86' },
      });
      const user = await storedUser(app, { provedPhone: number });
      expect(String(user?._id)).toBe(hr.id);
      expect(user?.['provedPhoneAt']).toBeInstanceOf(Date);
      const logs = await (await app.asAdmin()).get('/api/audit-logs', { entityId: hr.id });
      expect(logs.body.data.list[0]).toMatchObject({ action: 'prove-phone', after: { provedPhone: number } });
    });

    it('refuses a code that is wrong or used, and a request without one', async () => {
      const used = sandbox.phoneCode(phone());
      await hr.post(PHONE, { code: used });
      for (const code of [used, 'bad', 'lina.1', ''])
        expect(await hr.post(PHONE, { code })).toMatchObject(refusal('INVALID_PARAMS', 'code'));
      expect(await hr.post(PHONE)).toMatchObject(refusal('INVALID_PARAMS', 'code'));
    });

    it('is for staff', async () => {
      expect(await guest.post(PHONE, { code: 'x' })).toMatchObject(refusal('UNAUTHORIZED'));
    });

    it('is UPSTREAM_ERROR when WeChat is busy to the end', async () => {
      const answer = await hr.post(PHONE, { code: 'busy' });
      expect(answer).toMatchObject(refusal('UPSTREAM_ERROR'));
      expect(answer.body.details).toMatchObject({ errcode: -1 });
    });
  });

  describe('POST /api/wechat/openid', () => {
    it('gives the openid and nothing else, without a token', async () => {
      const answer = await guest.post(OPENID, { code: sandbox.loginCode('visitor') });
      expect(answer.body).toMatchObject({ message: '获取openid成功', data: { openid: 'o_visitor' } });
      expect(Object.keys(answer.body.data as object)).toEqual(['openid']);
      expect(await storedUser(app, { openid: 'o_visitor' })).toBeNull();
    });

    it('refuses a code that is wrong, used or a blocked user’s', async () => {
      const used = sandbox.loginCode('visitor');
      await guest.post(OPENID, { code: used });
      for (const code of [used, 'bad', sandbox.loginCode('blocked')])
        expect(await guest.post(OPENID, { code })).toMatchObject(refusal('INVALID_PARAMS', 'code'));
      expect(await guest.post(OPENID, { code: 'busy' })).toMatchObject(refusal('UPSTREAM_ERROR'));
    });
  });

  describe('POST /api/wechat/generate-qrcode', () => {
    const input = (more: object = {}) => ({ page: 'pages/interview/guest', scene: 'roomId=room_1', ...more });
    /** The path of the picture at this app, whose public address is another one. */
    const pathOf = (url: string) => new URL(url).pathname;

    it('gives a picture, and an address where everybody can see it', async () => {
      const { body } = await hr.post(QRCODE, input({ width: 430, lineColor: { r: 9, g: 99, b: 199 } }));
      const bytes = Buffer.from(body.data.buffer as string, 'base64');
      expect(bytes.subarray(0, 3)).toEqual(JPEG);
      const path = pathOf(body.data.qrcodeUrl as string);
      expect(path).toMatch(/^\/api\/wechat\/qrcode\/[0-9a-f]{32}\.jpg$/);
      const picture = await fetch(app.url + path);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(Buffer.from(await picture.arrayBuffer())).toEqual(bytes);
      const other = await hr.post(QRCODE, input({ width: 430, lineColor: { r: 9, g: 99, b: 198 } }));
      expect(pathOf(other.body.data.qrcodeUrl as string)).not.toBe(path);
    });

    it.each<[string, object, string]>([
      ['no page', { page: undefined }, 'page'],
      ['a page with a leading slash', { page: '/pages/index' }, 'page'],
      ['a page with a query', { page: 'pages/index?a=1' }, 'page'],
      ['no scene', { scene: '' }, 'scene'],
      ['a scene of 33 characters', { scene: 'x'.repeat(33) }, 'scene'],
      ['a scene with a space', { scene: 'a b' }, 'scene'],
      ['a Chinese scene', { scene: '房间' }, 'scene'],
      ['a width of 279', { width: 279 }, 'width'],
      ['a width of 1281', { width: 1281 }, 'width'],
      ['a broken width', { width: 300.5 }, 'width'],
      ['a colour of 256', { lineColor: { r: 256, g: 0, b: 0 } }, 'lineColor.r'],
      ['a flag in words', { autoColor: 'yes' }, 'autoColor'],
    ])('refuses %s', async (_what, more, field) => {
      expect(await hr.post(QRCODE, input(more))).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('takes what is just allowed', async () => {
      const scene = "!#$&'()*+,/:;=?@-._~abcXYZ012345";
      expect(scene).toHaveLength(32);
      for (const width of [280, 1280])
        expect((await hr.post(QRCODE, input({ scene, width, autoColor: true }))).status).toBe(200);
    });

    it('names the field when WeChat refuses page or scene', async () => {
      const unknown = await hr.post(QRCODE, input({ page: 'pages/unknown/x' }));
      expect(unknown).toMatchObject(refusal('INVALID_PARAMS', 'page'));
      await fails('/wxa/getwxacodeunlimit', { errcode: 40169, count: 1 });
      expect(await hr.post(QRCODE, input())).toMatchObject(refusal('INVALID_PARAMS', 'scene'));
    });

    it('is UPSTREAM_ERROR with errcode when the quota is used up', async () => {
      await fails('/wxa/getwxacodeunlimit', { errcode: 45009, count: 1 });
      const answer = await hr.post(QRCODE, input());
      expect(answer).toMatchObject(refusal('UPSTREAM_ERROR'));
      expect(answer.body.details).toMatchObject({ errcode: 45009 });
    });

    it('comes again by itself when an answer gets lost, as a picture may be drawn twice', async () => {
      await fails('/wxa/getwxacodeunlimit', { kind: 'drop', count: 2 });
      expect((await hr.post(QRCODE, input())).status).toBe(200);
    });

    it('is for staff; pictures that nobody has made are not there', async () => {
      expect(await guest.post(QRCODE, input())).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await guest.get(`/api/wechat/qrcode/${'0'.repeat(32)}.png`)).toMatchObject(refusal('NOT_FOUND'));
      for (const name of ['x.png', `${'0'.repeat(32)}.svg`, `..%2f${'0'.repeat(32)}.png`])
        expect(await guest.get(`/api/wechat/qrcode/${name}`)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    });
  });
});

describe('a service without WeChat’s credentials', () => {
  it('says so', async () => {
    const app = await TestApp.start();
    const admin = await app.asAdmin();
    const answers = [
      await admin.post(OPENID, { code: 'a.1' }),
      await admin.post(PHONE, { code: 'a.1' }),
      await admin.post(QRCODE, { page: 'pages/index', scene: 'a' }),
      await admin.get(`/api/wechat/bind-qrcode/${admin.id}`),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
      expect(answer.body.message).toContain('未配置');
    }
    await app.stop();
  });
});
