import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { formatShanghaiDay } from '../../src/common/time/shanghai';
import { freshDatabaseName } from '../support/database';
import { eventually } from '../support/eventually';
import { jpeg } from '../support/files';
import { readCard } from '../support/id-cards/upload';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from '../support/service-process';

const database = freshDatabaseName();
const SANDBOX = /平台沙箱（仅供开发和演示，不连接真实微信）(http:\/\/127\.0\.0\.1:\d+)/;

afterAll(() => endProcesses(database));

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/_control/configuration`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function control(url: string, order: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/_control/${order}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

const sandboxOf = ({ output }: ServiceProcess): string => SANDBOX.exec(output)?.[1] ?? '';

describe('a service without credentials', () => {
  it('runs the platform sandbox beside it, says so, works with it both ways, and takes it along when it is killed', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const service = await ServiceProcess.start({
      ...onTestDatabase(database),
      ...BOSS,
      // taken, so that another one must be found
      SANDBOX_PORT: String(port),
      // without keys: the sandbox has some
      OCR_PROVIDER: 'tencent',
    });
    const sandbox = sandboxOf(service);
    expect(sandbox).not.toBe('');
    expect(sandbox).not.toBe(`http://127.0.0.1:${port}`);
    holder.close();

    const boss = await asBoss(service);
    const openid = await boss.post('/api/wechat/openid', { code: 'lina.1' });
    expect(openid.body.data).toEqual({ openid: 'o_lina' });
    const video = await boss.get('/api/zego/config');
    expect(video.body.data).toEqual({ mode: 'sandbox', appId: expect.any(Number) as number, server: null });
    expect(service.output).toContain('视频：平台沙箱，面试房间没有音视频');
    const me = await boss.get('/api/auth/me');
    const qrcode = await boss.get(`/api/wechat/bind-qrcode/${me.body.data.id as string}`);
    const push = { fromUserName: 'g_lina', event: 'SCAN', eventKey: qrcode.body.data.sceneStr as string };
    expect(await control(sandbox, 'push', push)).toMatchObject({ status: 200, body: 'success' });

    expect(service.output).toContain('证件识别：平台沙箱');
    expect(await readCard(boss, await jpeg())).toMatchObject({
      status: 200,
      body: { data: { provider: 'tencent' } },
    });

    // a bill that takes its time: who asks for the same day meanwhile is refused, and nothing else happens
    // (of the day before yesterday: that of yesterday comes at ten)
    const date = formatShanghaiDay(new Date(Date.now() - 2 * 86_400_000));
    await control(sandbox, 'faults', {
      platform: 'wechat-pay',
      route: '/v3/bill/tradebill',
      kind: 'slow',
      delayMs: 500,
      count: 1,
    });
    const reports = await Promise.all([1, 2, 3].map(() => boss.post('/api/admin/reconciliations', { date })));
    expect(reports.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect((await boss.get('/api/auth/me')).status).toBe(200);

    await service.kill();
    await eventually(async () => expect(await answers(sandbox)).toBe(false));
  });

  it('ends the sandbox when it is stopped in order', async () => {
    const service = await ServiceProcess.start({ ...onTestDatabase(database), SANDBOX_PORT: '0' });
    const sandbox = sandboxOf(service);
    expect(await answers(sandbox)).toBe(true);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(await answers(sandbox)).toBe(false);
  });
});

describe('a service with credentials', () => {
  it('runs no sandbox, and names the apps', async () => {
    const service = await ServiceProcess.start({
      ...onTestDatabase(database),
      WECHAT_APP_ID: 'wx0123456789abcdef',
      WECHAT_APP_SECRET: 'f3a91c07be5d42688d10c2b7e94f6a35',
    });
    expect(service.output).not.toContain('沙箱');
    expect(service.output).toContain('小程序 wx0123456789abcdef，公众号 未配置');
    expect(service.output).not.toContain('f3a91c07be5d42688d10c2b7e94f6a35');
    await service.stop();
  });
});

describe('cards in the cloud', () => {
  it.each([
    ['with half of its keys', { TENCENT_SECRET_ID: 'AKIDtongxin' }, ['TENCENT_SECRET_KEY']],
    [
      'without its keys, where no sandbox runs',
      { WECHAT_APP_ID: 'wx0123456789abcdef', WECHAT_APP_SECRET: 'f3a91c07be5d42688d10c2b7e94f6a35' },
      ['TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY'],
    ],
    [
      'at an address of its own without keys',
      { TENCENT_OCR_ENDPOINT: 'http://127.0.0.1:1' },
      ['TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY'],
    ],
  ])('%s are not read: the service says what is missing', async (_what, given, missing) => {
    const service = ServiceProcess.launch({
      ...onTestDatabase(database),
      OCR_PROVIDER: 'tencent',
      ...given,
    });
    expect((await service.exit).code).toBe(1);
    for (const name of missing) expect(service.output).toContain(`${name}：OCR_PROVIDER=tencent 时必须设置`);
    expect(service.output).not.toContain('服务：');
  });
});

describe('production', () => {
  const production = {
    ...onTestDatabase(database),
    NODE_ENV: 'production',
    JWT_SECRET: 'cMZ3xv0Hq6mXyJ8sL1tR5nB7wK9pD2fG',
    PUBLIC_BASE_URL: 'https://crm.tongxin.cn',
  };

  it.each(['WECHAT_API_BASE_URL', 'WECHAT_MP_BASE_URL'])('refuses a sandbox as %s', async (name) => {
    const service = ServiceProcess.launch({ ...production, [name]: 'http://127.0.0.1:3900/wechat' });
    expect((await service.exit).code).toBe(1);
    expect(service.output).toContain(`${name}：生产环境必须使用 https，不能使用平台沙箱`);
  });

  it('starts none where nothing is configured', async () => {
    const service = ServiceProcess.launch({ ...production, SANDBOX_PORT: '0' });
    // a database that is not embedded lets it start; the embedded one is refused, as it must be
    await Promise.race([service.started().catch(() => undefined), service.exit]);
    expect(service.output).not.toContain('沙箱');
    expect(service.output.length).toBeGreaterThan(0);
    await service.kill();
  });
});
