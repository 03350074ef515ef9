import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Actor, Answer } from '../support/actor';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { customerInput } from '../support/factories';
import {
  asBoss,
  BOSS,
  endProcesses,
  endSession,
  freshDataDir,
  onTestDatabase,
  ServiceProcess,
} from '../support/service-process';

const CUSTOMERS = '/api/customers/miniprogram';

describe('a service whose embedded database process dies', () => {
  afterAll(() => ServiceProcess.endAll());

  it('ends with 1 and says why; the next start has everything again', async () => {
    const installation = { DATA_DIR: freshDataDir() };
    const first = await ServiceProcess.start(installation);
    const password = first.printedPassword ?? '';
    const names = readdirSync(join(installation.DATA_DIR, 'mongo')).join();
    process.kill(Number(/embedded-mongo\.lock\.(\d+)/.exec(names)?.[1]), 'SIGKILL');
    expect(await first.exit).toEqual({ code: 1, signal: null });
    expect(first.output).toContain('the embedded database has ended');

    const second = await ServiceProcess.start(installation);
    expect((await second.logIn('admin', password)).token).toBeTruthy();
    expect(await second.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a service that is told to stop', () => {
  const database = freshDatabaseName();
  const environment = {
    ...onTestDatabase(database),
    ...BOSS,
    JWT_SECRET: 'shared by all processes of this test',
  };
  afterAll(() => endProcesses(database));

  const create = (boss: Actor) => boss.post(`${CUSTOMERS}/create`, customerInput());
  /** What a caller is told when the port is closed, or the connection was idle as the service stopped. */
  const orGone = (call: Promise<Answer>): Promise<Answer | 'gone'> => call.catch(() => 'gone' as const);

  /** How many creates the service has accepted: those that it has answered, and those that are under way. */
  const creates = async (service: ServiceProcess): Promise<number> => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const answered = new RegExp(`_count\\{method="POST",route="${CUSTOMERS}/create",.*\\} (\\d+)$`, 'm').exec(
      text,
    );
    const underWay = /^http_requests_in_flight (\d+)$/m.exec(text);
    // the request for the metrics is under way too
    return Number(answered?.[1] ?? 0) + Number(underWay?.[1]) - 1;
  };

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s', async (signal) => {
    const service = await ServiceProcess.start(environment);
    expect(await service.signal(signal)).toEqual({ code: 0, signal: null });
    expect(service.output).toContain('"msg":"stopped"');
  });

  it('ends with 0 when the signal reaches its embedded database too', async () => {
    const service = await ServiceProcess.start(BOSS);
    const boss = await asBoss(service);
    const accepted = Array.from({ length: 20 }, () => create(boss));
    await eventually(async () => expect(await creates(service)).toBe(accepted.length));
    expect(await service.signalAll('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual(accepted.map(() => 200));
    expect(service.output).toContain('"msg":"stopped"');
  });

  it('finishes what it has accepted and takes nothing new', async () => {
    const service = await ServiceProcess.start(environment);
    const boss = await asBoss(service);
    const accepted = Array.from({ length: 20 }, () => create(boss));
    // what still waits in the system's queue when the port is closed would be turned away
    await eventually(async () => expect(await creates(service)).toBe(accepted.length));
    const exit = service.stop();
    const answers = await Promise.all(accepted.map(orGone));
    expect(await exit).toEqual({ code: 0, signal: null });
    await expect(fetch(`${service.url}/api/health/live`)).rejects.toThrow();

    const next = await ServiceProcess.start(environment);
    const { body } = await boss.at(next.url).get(`${CUSTOMERS}/list`, { pageSize: 100 });
    const stored = (body.data.list as { id: string }[]).map(({ id }) => id);
    const acknowledged = answers.flatMap((answer) => (answer === 'gone' ? [] : [answer]));
    expect(acknowledged.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(stored).toEqual(
      expect.arrayContaining(acknowledged.map((answer) => answer.body.data.id as string)),
    );
    expect(stored).toHaveLength(acknowledged.length);
    await next.stop();
  });

  it('loses nothing acknowledged under a steady load', async () => {
    const service = await ServiceProcess.start(environment);
    const boss = await asBoss(service);
    const before = await boss.get(`${CUSTOMERS}/list`);
    const answers: (Answer | 'gone')[] = [];
    const load = { on: true };
    const callers = Array.from({ length: 8 }, async () => {
      while (load.on) answers.push(await orGone(create(boss)));
    });
    await eventually(async () => Promise.resolve(expect(answers.length).toBeGreaterThan(20)), {
      within: 30_000,
    });
    const exit = await service.stop();
    load.on = false;
    await Promise.all(callers);
    expect(exit).toEqual({ code: 0, signal: null });
    const codes = answers.map((answer) => (answer === 'gone' ? 'gone' : answer.status));
    expect(new Set(codes.filter((code) => ![200, 503, 'gone'].includes(code)))).toEqual(new Set());

    const next = await ServiceProcess.start(environment);
    const after = await boss.at(next.url).get(`${CUSTOMERS}/list`);
    expect(after.body.data.total - before.body.data.total).toBe(codes.filter((code) => code === 200).length);
    await next.stop();
  });

  it('does not wait for callers that keep an idle connection', async () => {
    const service = await ServiceProcess.start(environment);
    const idle = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /api/health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    idle.on('error', () => undefined);
    const started = Date.now();
    expect((await service.stop()).code).toBe(0);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('does not wait for connections over which nothing was asked yet', async () => {
    const service = await ServiceProcess.start(environment);
    const unused = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(unused, 'connect');
    unused.on('error', () => undefined);
    // the service has taken it when it answers over another one
    await service.asGuest().get('/api/health/live');
    const started = Date.now();
    expect((await service.stop()).code).toBe(0);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('ends within its bound when a request hangs', async () => {
    const proxy = await DatabaseProxy.to(testDatabase().uri);
    const service = await ServiceProcess.start({
      ...environment,
      MONGODB_URI: proxy.uri,
      SHUTDOWN_TIMEOUT_MS: '2000',
    });
    const boss = await asBoss(service);
    const held = proxy.holdAt('commitTransaction');
    const lost = orGone(create(boss));
    const { lsid } = await held;
    const started = Date.now();
    expect(await service.stop()).toEqual({ code: 1, signal: null });
    expect(Date.now() - started).toBeLessThan(4000);
    expect(service.output).toContain('not finished in time');
    await lost;
    await proxy.cut();
    await endSession(lsid);
  });

  it('ends within its bound when a caller never finishes a request', async () => {
    const service = await ServiceProcess.start({ ...environment, SHUTDOWN_TIMEOUT_MS: '2000' });
    const slow = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(slow, 'connect');
    slow.on('error', () => undefined);
    slow.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
    slow.write('Content-Length: 100\r\n\r\n{"username":');
    const started = Date.now();
    await service.stop();
    expect(Date.now() - started).toBeLessThan(4000);
  });
});
