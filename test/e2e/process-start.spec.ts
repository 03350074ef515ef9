import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { mongo } from 'mongoose';
import { keptDocument } from '../support/contract';
import { freshDatabaseName, testDatabase } from '../support/database';
import { customerInput, PASSWORD, userInput } from '../support/factories';
import { refusal } from '../support/refusal';
import {
  asBoss,
  BOSS,
  endProcesses,
  freshDataDir,
  onTestDatabase,
  ServiceProcess,
} from '../support/service-process';

const CUSTOMERS = '/api/customers/miniprogram';

afterAll(() => ServiceProcess.endAll());

describe('the service with no settings at all', () => {
  it('starts on its embedded database, and after kill -9 everything is still there', async () => {
    const installation = { DATA_DIR: freshDataDir() };
    const first = await ServiceProcess.start(installation);
    const password = first.printedPassword ?? '';
    expect(first.output).toContain(`接口文档：${first.url}/api/docs`);
    expect(first.output).toContain(`健康检查：${first.url}/api/health/ready`);
    expect(first.output).toContain('内置（仅供开发和演示）');
    expect(password.length).toBeGreaterThanOrEqual(12);
    expect(first.output.split(password)).toHaveLength(2);

    const admin = await first.logIn('admin', password);
    const created = await admin.post(`${CUSTOMERS}/create`, customerInput());
    expect(created.status).toBe(200);
    expect((await fetch(`${first.url}/api/docs`)).status).toBe(200);
    expect(await (await fetch(`${first.url}/api/docs-json`)).json()).toEqual(keptDocument());
    await first.kill();

    const second = await ServiceProcess.start(installation);
    expect(second.printedPassword).toBeUndefined();
    expect(second.output).not.toContain('管理员');
    const sameToken = admin.at(second.url);
    const found = await sameToken.get(`${CUSTOMERS}/${created.body.data.id as string}`);
    expect(found).toMatchObject({ status: 200, body: { data: created.body.data } });
    expect((await second.logIn('admin', password)).token).toBeTruthy();
    expect(await second.stop()).toEqual({ code: 0, signal: null });

    const third = await ServiceProcess.start(installation);
    expect((await admin.at(third.url).get('/api/auth/me')).status).toBe(200);
  });

  it('refuses a second process on the same data, and leaves the first alone', async () => {
    const installation = { DATA_DIR: freshDataDir() };
    const first = await ServiceProcess.start(installation);
    const second = ServiceProcess.launch(installation);
    expect((await second.exit).code).toBe(1);
    expect(second.output).not.toContain('健康检查');
    expect((await fetch(`${first.url}/api/health/ready`)).status).toBe(200);
  });
});

describe('the first administrator', () => {
  const databases: string[] = [];
  const freshDatabase = () => {
    const database = freshDatabaseName();
    databases.push(database);
    return onTestDatabase(database);
  };
  afterAll(() => endProcesses(...databases));
  const withoutAdmins = async (database: string) => {
    const client = await mongo.MongoClient.connect(testDatabase().uri);
    await client.db(database).collection('users').deleteMany({ role: 'admin' });
    await client.close();
  };

  it('is whom ADMIN_USERNAME and ADMIN_PASSWORD name; the password is not shown', async () => {
    const service = await ServiceProcess.start({ ...freshDatabase(), ...BOSS });
    expect(service.output).toContain(`已创建 ${BOSS.ADMIN_USERNAME}`);
    expect(service.output).not.toContain(BOSS.ADMIN_PASSWORD);
    const boss = await asBoss(service);
    expect((await boss.get('/api/auth/me')).body.data.role).toBe('admin');
    await service.stop();
  });

  it('stays who it is when the settings change', async () => {
    const database = freshDatabase();
    await (await ServiceProcess.start({ ...database, ...BOSS })).stop();
    const other = { ADMIN_USERNAME: 'other', ADMIN_PASSWORD: 'another-password-1' };
    const service = await ServiceProcess.start({ ...database, ...other });
    const guest = service.asGuest();
    const login = { username: 'other', password: 'another-password-1' };
    expect(await guest.post('/api/auth/login', login)).toMatchObject(refusal('LOGIN_FAILED'));
    expect((await asBoss(service)).token).toBeTruthy();
    await service.stop();
  });

  it('is not made up on a database of one’s own: the start says that there is none, and what makes one', async () => {
    const service = await ServiceProcess.start(freshDatabase());
    expect(service.printedPassword).toBeUndefined();
    expect(service.output).toMatch(/管理员：没有！.*ADMIN_USERNAME 和 ADMIN_PASSWORD.*npm run admin:reset/);
    await service.stop();
    expect(service.output).toMatch(/"level":"warn".*there is no administrator/);
  });

  it('does not become who has that name already: the start says so', async () => {
    const database = freshDatabase();
    const first = await ServiceProcess.start({ ...database, ...BOSS });
    const boss = await asBoss(first);
    const input = userInput({ role: 'employee' });
    await boss.post('/api/users', input);
    await first.stop();
    // somebody has been at the database
    await withoutAdmins(database['MONGODB_DATABASE'] ?? '');

    const named = { ADMIN_USERNAME: input.username.toUpperCase(), ADMIN_PASSWORD: BOSS.ADMIN_PASSWORD };
    const second = await ServiceProcess.start({ ...database, ...named });
    expect(second.output).toContain(
      `管理员：没有！ADMIN_USERNAME=${named.ADMIN_USERNAME} 是一个普通员工账号`,
    );
    const employee = await second.logIn(input.username, PASSWORD);
    expect((await employee.get('/api/auth/me')).body.data.role).toBe('employee');
    await second.stop();
  });

  it('is made once by two instances that start together, and both know each other’s tokens', async () => {
    const environment = { ...freshDatabase(), ...BOSS, DATA_DIR: freshDataDir() };
    const services = await Promise.all([1, 2].map(() => ServiceProcess.start(environment)));
    expect(services.filter(({ output }) => output.includes('已创建'))).toHaveLength(1);
    const [one, two] = services;
    const boss = await asBoss(one as ServiceProcess);
    const users = await boss.at((two as ServiceProcess).url).get('/api/users');
    expect(users).toMatchObject({ status: 200, body: { data: { total: 1 } } });
    await Promise.all(services.map((service) => service.stop()));
  });
});

describe('a start that cannot succeed', () => {
  const refused = async (environment: Record<string, string>): Promise<ServiceProcess> => {
    const service = ServiceProcess.launch(environment);
    expect((await service.exit).code).toBe(1);
    return service;
  };
  const refusalOf = async (environment: Record<string, string>): Promise<string> =>
    (await refused(environment)).output;
  const production = {
    ...onTestDatabase(freshDatabaseName()),
    NODE_ENV: 'production',
    JWT_SECRET: 'cMZ3xv0Hq6mXyJ8sL1tR5nB7wK9pD2fG',
    PUBLIC_BASE_URL: 'https://crm.tongxin.cn',
  };

  it('says which settings are wrong, in words and not with a stack', async () => {
    const output = await refusalOf({ PORT: 'x', JWT_SECRET: 'short' });
    expect(output).toMatch(/环境变量有误/);
    expect(output).toMatch(/- PORT/);
    expect(output).toMatch(/- JWT_SECRET/);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('says that the port is taken, and does not take the administrator’s password with it', async () => {
    const installation = { DATA_DIR: freshDataDir() };
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const port = String((holder.address() as AddressInfo).port);
    const first = await refused({ ...installation, PORT: port });
    expect(first.output).toContain(`端口 ${port} 已被占用`);
    expect(first.output).not.toMatch(/\n\s+at /);
    holder.close();

    const second = await ServiceProcess.start(installation);
    expect(second.printedPassword).toBeUndefined();
    expect((await second.logIn('admin', first.printedPassword ?? '')).token).toBeTruthy();
    await second.stop();
  });

  it('says in production that there is no database, no secret, no address', async () => {
    const output = await refusalOf({ NODE_ENV: 'production' });
    for (const name of ['MONGODB_URI', 'JWT_SECRET', 'PUBLIC_BASE_URL']) expect(output).toContain(name);
  });

  it('refuses an embedded database in production even behind a URI', async () => {
    const service = await ServiceProcess.start({ EMBEDDED_MONGO_PORT: '27999' });
    const output = await refusalOf({ ...production, MONGODB_URI: 'mongodb://127.0.0.1:27999/' });
    expect(output).toContain('生产环境必须使用真正的 MongoDB');
    // a stack leads to the sources, not to what was made of them
    expect(output).toMatch(/src\/database\/server\.ts:\d+:\d+/);
    await service.stop();
  });

  it('says within seconds that the database does not answer', async () => {
    const started = Date.now();
    const output = await refusalOf({ MONGODB_URI: 'mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500' });
    expect(output).toMatch(/连接不上数据库.*MONGODB_URI/);
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
