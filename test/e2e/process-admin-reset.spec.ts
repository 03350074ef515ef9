import type { Actor } from '../support/actor';
import { freshDatabaseName } from '../support/database';
import { eventually } from '../support/eventually';
import { PASSWORD, userInput } from '../support/factories';
import { refusal } from '../support/refusal';
import {
  asBoss,
  BOSS,
  endProcesses,
  freshDataDir,
  onTestDatabase,
  runCommand,
  ServiceProcess,
  toldPassword,
} from '../support/service-process';

const reset = (username: string, environment: Record<string, string>) =>
  runCommand('admin-reset', ['--username', username], environment);

describe('the command that lets an administrator in again', () => {
  const database = freshDatabaseName();
  const installation = { ...onTestDatabase(database), JWT_SECRET: 'shared by all processes of this test' };
  let service: ServiceProcess;
  let boss: Actor;
  let guest: Actor;
  beforeAll(async () => {
    service = await ServiceProcess.start({ ...installation, ...BOSS });
    boss = await asBoss(service);
    guest = service.asGuest();
  });
  afterAll(() => endProcesses(database));

  const logIn = (username: string, password: string) => guest.post('/api/auth/login', { username, password });
  const auditOf = async (admin: Actor, entityId: string) =>
    (await admin.get('/api/audit-logs', { entity: 'user', entityId })).body.data.list as object[];

  it('gives a locked administrator a new password, opens the door and ends the sessions of before', async () => {
    const { id } = (await boss.get('/api/auth/me')).body.data as { id: string };
    for (let i = 0; i < 5; i++) await logIn('boss', 'a wrong password');
    expect(await logIn('boss', BOSS.ADMIN_PASSWORD)).toMatchObject(refusal('RATE_LIMITED'));

    const { code, output } = await reset('Boss', installation);
    expect(code).toBe(0);
    const password = toldPassword(output) ?? '';
    expect(output.split(password)).toHaveLength(2);
    expect(await logIn('boss', BOSS.ADMIN_PASSWORD)).toMatchObject(refusal('LOGIN_FAILED'));
    const again = await service.logIn('boss', password);
    await eventually(async () =>
      expect(await boss.get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED')),
    );
    const [entry] = await auditOf(again, id);
    expect(entry).toMatchObject({ action: 'recover-admin', actorId: null, requestId: 'admin-reset' });
    expect(JSON.stringify(entry)).not.toContain(password);
    boss = again;
  });

  it('makes an administrator of an account that is none, and makes one where there is no account', async () => {
    const input = { ...userInput({ role: 'hr' }), phone: '13900139000' };
    const { id } = (await boss.post('/api/users', input)).body.data as { id: string };
    const phoneCode = `${input.phone}.1`;
    await guest.post('/api/auth/miniprogram-login', { code: 'lina.1', phone: input.phone, phoneCode });
    const byWechat = await guest.post('/api/wechat/login', { code: 'lina.2' });
    expect(byWechat.body.data.userInfo.id).toBe(id);
    await boss.patch(`/api/users/${id}`, { active: false });

    const known = await reset(input.username, installation);
    expect(known).toMatchObject({ code: 0, output: expect.stringContaining('已重置') as string });
    expect(await logIn(input.username, PASSWORD)).toMatchObject(refusal('LOGIN_FAILED'));
    const found = await logIn(input.username, toldPassword(known.output) ?? '');
    expect(found.body.data.user).toMatchObject({ id, name: input.name, role: 'admin' });
    const stranger = await guest.post('/api/wechat/login', { code: 'lina.3' });
    expect(stranger.body.data.userInfo).toMatchObject({ role: 'hr' });
    expect(stranger.body.data.userInfo.id).not.toBe(id);

    const made = await reset('rescuer', installation);
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('已新建') as string });
    const rescuer = await service.logIn('rescuer', toldPassword(made.output) ?? '');
    expect((await rescuer.get('/api/users')).status).toBe(200);
    const me = (await rescuer.get('/api/auth/me')).body.data as { id: string };
    expect(await auditOf(rescuer, me.id)).toMatchObject([{ action: 'create', requestId: 'admin-reset' }]);
  });

  it('explains itself, and what is wrong', async () => {
    const usage = '用法：npm run admin:reset';
    const [help, none, bad, unknown, away] = await Promise.all([
      runCommand('admin-reset', ['--help']),
      runCommand('admin-reset', [], installation),
      reset('a b', installation),
      runCommand('admin-reset', ['--user', 'boss'], installation),
      reset('boss', { MONGODB_URI: 'mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500' }),
    ]);
    expect(help).toMatchObject({ code: 0, output: expect.stringContaining(usage) as string });
    for (const refused of [none, bad, unknown]) {
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(usage) as string });
      expect(refused.output).not.toMatch(/\n\s+at /);
    }
    expect(bad?.output).toContain('--username 应为 3–32 位');
    expect(away).toMatchObject({ code: 1, output: expect.stringContaining('连接不上数据库') as string });
  });
});

describe('on the embedded database', () => {
  const installation = { DATA_DIR: freshDataDir() };
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await ServiceProcess.start(installation);
  });
  afterAll(() => ServiceProcess.endAll());

  it('says while the service runs that it must be stopped', async () => {
    const refused = await reset('admin', installation);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('如果服务正在运行，请先停止它');
    expect(toldPassword(refused.output)).toBeUndefined();
  });

  it('works once it is stopped', async () => {
    await service.stop();
    const { code, output } = await reset('admin', installation);
    expect(code).toBe(0);
    service = await ServiceProcess.start(installation);
    expect((await service.logIn('admin', toldPassword(output) ?? '')).token).toBeTruthy();
    const guest = service.asGuest();
    const former = { username: 'admin', password: service.printedPassword ?? 'was told at the first start' };
    expect(await guest.post('/api/auth/login', former)).toMatchObject(refusal('LOGIN_FAILED'));
  });

  it('makes no new one where there is none', async () => {
    const refused = await reset('admin', { DATA_DIR: freshDataDir() });
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('没有内置数据库') as string });
  });
});
