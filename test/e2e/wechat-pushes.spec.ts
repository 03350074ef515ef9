import { TestApp } from '../support/app';
import { testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { PlatformSandbox } from '../support/sandbox';
import { eventXml, postPush, sealed, signedQuery } from '../support/wechat-push';
import { staffWithPhone, storedUser } from '../support/wechat';

const EVENTS = 'wechat_account_events';
/** WeChat's patience */
const WITHIN_MS = 5000;

describe('POST /api/wechat/event', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let second: TestApp;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    second = await TestApp.start({ env: sandbox.environment, database: app.database });
  });
  afterAll(async () => {
    await second.app.close();
    await app.stop();
    await sandbox.stop();
  });

  async function bindScene(): Promise<{ staffId: string; scene: string }> {
    const staff = await staffWithPhone(app);
    const admin = await app.asAdmin();
    const { body } = await admin.get(`/api/wechat/bind-qrcode/${staff.id}`);
    return { staffId: staff.id, scene: body.data.sceneStr as string };
  }
  const outcomes = (openid: string) =>
    app.connection
      .collection<{ _id: string; outcome: string }>(EVENTS)
      .find({ _id: new RegExp(`^${openid}:`) })
      .toArray();

  it('answers success as plain text', async () => {
    const answer = await postPush(app.url, eventXml({ openid: 'g_anyone', event: 'VIEW' }));
    expect(answer).toEqual({ status: 200, text: 'success', type: 'text/plain; charset=utf-8' });
  });

  it('handles an event once, however often and wherever it arrives at once', async () => {
    const { staffId, scene } = await bindScene();
    const xml = eventXml({ openid: 'g_twice', event: 'SCAN', eventKey: scene });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => {
        const { body, query } = i % 4 < 2 ? { body: xml, query: signedQuery() } : sealed(xml);
        return postPush(i % 2 ? app.url : second.url, body, query);
      }),
    );
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(Array(8).fill('200 success'));
    expect(await outcomes('g_twice')).toMatchObject([{ outcome: 'bound' }]);
    expect((await storedUser(app, { officialOpenid: 'g_twice' }))?._id.toString()).toBe(staffId);
    const trail = app.connection.collection('audit_logs');
    expect(await trail.countDocuments({ entityId: staffId, action: 'bind-official-account' })).toBe(1);
  });

  it('does not handle an old event again that comes after a newer one', async () => {
    const { scene } = await bindScene();
    const at = Math.floor(Date.now() / 1000);
    const subscribe = eventXml({
      openid: 'g_late',
      event: 'subscribe',
      eventKey: `qrscene_${scene}`,
      createTime: at - 2,
    });
    const leave = eventXml({ openid: 'g_late', event: 'unsubscribe', createTime: at });
    for (const xml of [subscribe, leave, subscribe, leave])
      expect((await postPush(app.url, xml)).status).toBe(200);
    expect(await storedUser(app, { officialOpenid: 'g_late' })).toBeNull();
    expect(await outcomes('g_late')).toHaveLength(2);
  });

  it('refuses what WeChat has not signed, and does nothing', async () => {
    const { scene } = await bindScene();
    const xml = eventXml({ openid: 'g_forger', event: 'SCAN', eventKey: scene });
    const good = sealed(xml);
    const foreign = sealed(xml, 'wx0000000000000009');
    const old = String(Math.floor(Date.now() / 1000) - 3600);
    const forged: [string, Record<string, string>][] = [
      [xml, {}],
      [xml, signedQuery('anotherToken')],
      [xml, { ...signedQuery(), nonce: 'other' }],
      [xml, { ...signedQuery(), timestamp: old }],
      [xml, { ...signedQuery(), signature: '' }],
      [xml, { ...signedQuery(), encrypt_type: 'aes' }],
      [good.body, { ...good.query, msg_signature: 'f'.repeat(40) }],
      [good.body.replace(/(?<=Encrypt><!\[CDATA\[)./, '?'), good.query],
      [foreign.body, foreign.query],
      ['<xml></xml>', signedQuery()],
      ['not xml', signedQuery()],
      [`<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]>${xml}`, signedQuery()],
    ];
    for (const [body, query] of forged) {
      const answer = await postPush(app.url, body, query);
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('"code":"FORBIDDEN"')]);
    }
    expect(await storedUser(app, { officialOpenid: 'g_forger' })).toBeNull();
    expect(await outcomes('g_forger')).toEqual([]);
    // and the code is still good for who really scans it
    await postPush(app.url, xml);
    expect(await storedUser(app, { officialOpenid: 'g_forger' })).not.toBeNull();
  });

  it('takes nothing unencrypted where everything is encrypted, whoever has signed it', async () => {
    const env = { ...sandbox.environment, WECHAT_MP_ENCRYPTED_ONLY: 'true' };
    const strict = await TestApp.start({ env, database: app.database });
    const { staffId, scene } = await bindScene();
    const xml = eventXml({ openid: 'g_strict', event: 'SCAN', eventKey: scene });
    const { body, query } = sealed(xml);
    const { signature = '', timestamp = '', nonce = '' } = query;
    // a signed address that was seen once, and another text
    expect((await postPush(strict.url, xml, { signature, timestamp, nonce })).status).toBe(403);
    expect((await postPush(strict.url, xml, signedQuery())).status).toBe(403);
    expect(await storedUser(app, { officialOpenid: 'g_strict' })).toBeNull();
    expect((await postPush(strict.url, body, query)).status).toBe(200);
    expect((await storedUser(app, { officialOpenid: 'g_strict' }))?._id.toString()).toBe(staffId);
    await strict.app.close();
  });

  it('refuses a body that is too large, and one that is no XML by its type', async () => {
    const huge = eventXml({ openid: 'x'.repeat(2 * 1024 * 1024), event: 'SCAN' });
    expect((await postPush(app.url, huge)).status).toBe(413);
    const query = new URLSearchParams(signedQuery()).toString();
    const guest = app.asGuest();
    expect((await guest.post(`/api/wechat/event?${query}`, { FromUserName: 'g_json' })).status).toBe(403);
  });

  it('is answered within 5 s when WeChat does not tell who it is, and done when it is pushed again', async () => {
    const { staffId, scene } = await bindScene();
    const xml = eventXml({ openid: 'g_unknown', event: 'SCAN', eventKey: scene });
    await sandbox.fault({ platform: 'wechat-mp', route: '/cgi-bin/user/info', kind: 'hang', count: 1 });
    const startedAt = performance.now();
    expect((await postPush(app.url, xml)).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
    await eventually(async () => expect((await postPush(app.url, xml)).status).toBe(200), { within: 10_000 });
    expect((await storedUser(app, { officialOpenid: 'g_unknown' }))?._id.toString()).toBe(staffId);
  });

  it('is answered within 5 s at an instance whose database hangs, and done when another one gets it', async () => {
    const { staffId, scene } = await bindScene();
    const proxy = await DatabaseProxy.to(testDatabase().uri);
    const slow = await TestApp.start({
      env: sandbox.environment,
      database: app.database,
      databaseUri: proxy.uri,
    });
    const xml = eventXml({ openid: 'g_patient', event: 'SCAN', eventKey: scene });
    proxy.goSilent();
    const startedAt = performance.now();
    expect((await postPush(slow.url, xml)).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
    expect((await postPush(app.url, xml)).status).toBe(200);
    expect((await storedUser(app, { officialOpenid: 'g_patient' }))?._id.toString()).toBe(staffId);
    await proxy.cut();
    await slow.app.close();
  });

  describe('GET, WeChat’s check of the address', () => {
    const greet = (query: Record<string, string>) =>
      fetch(`${app.url}/api/wechat/event?${new URLSearchParams(query).toString()}`);

    it('gets its own text back, as text', async () => {
      const answer = await greet({ ...signedQuery(), echostr: '<b>8112</b>' });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect([answer.status, await answer.text()]).toEqual([200, '<b>8112</b>']);
    });

    it('is refused when it is not signed', async () => {
      for (const query of [{}, { ...signedQuery('other') }, { ...signedQuery(), nonce: '' }])
        expect((await greet({ ...query, echostr: '8112' })).status).toBe(403);
    });
  });
});
