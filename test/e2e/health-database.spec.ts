import { setTimeout as pause } from 'node:timers/promises';
import type { Actor, Answer } from '../support/actor';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { customerInput, PASSWORD, userInput } from '../support/factories';
import { refusal } from '../support/refusal';
import { asBoss, BOSS, endProcesses, endSession, ServiceProcess } from '../support/service-process';

const CUSTOMERS = '/api/customers/miniprogram';
/** As long as a caller may have to wait to hear that the database is away. */
const BOUND_MS = 6000;

async function timed(call: () => Promise<Answer>): Promise<Answer & { ms: number }> {
  const started = Date.now();
  return { ...(await call()), ms: Date.now() - started };
}

function callsOf(
  callers: () => { boss: Actor; guest: Actor },
  key: string,
): [string, () => Promise<Answer>][] {
  const create = (headers = {}) => callers().boss.post(`${CUSTOMERS}/create`, customerInput(), headers);
  return [
    ['a list', () => callers().boss.get(`${CUSTOMERS}/list`)],
    ['a create', () => create()],
    ['a create with a key', () => create({ 'idempotency-key': key })],
    ['a log-in', () => callers().guest.post('/api/auth/login', { username: 'boss', password: PASSWORD })],
    ['a change', () => callers().boss.patch(`${CUSTOMERS}/66f1a2b3c4d5e6f708192a3b`, { name: '张三' })],
  ];
}

describe('a service whose database goes away', () => {
  const database = freshDatabaseName();
  let proxy: DatabaseProxy;
  let service: ServiceProcess;
  let boss: Actor;
  let guest: Actor;

  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    service = await ServiceProcess.start({
      ...BOSS,
      MONGODB_URI: proxy.uri,
      MONGODB_DATABASE: database,
    });
    boss = await asBoss(service);
    guest = service.asGuest();
  });
  afterEach(async () => {
    await proxy.restore();
    await eventually(ready, { within: 45_000 });
  });
  afterAll(async () => {
    await endProcesses(database);
    await proxy.cut();
  });

  async function ready(): Promise<void> {
    expect((await guest.get('/api/health/ready')).status).toBe(200);
  }

  const calls = callsOf(() => ({ boss, guest }), 'while-away');

  it.each(calls)('answers SERVICE_UNAVAILABLE within seconds to %s', async (_what, call) => {
    await proxy.cut();
    // twice: when the connections have just broken, and when it is known that there are none
    for (const answer of [await timed(call), await timed(call)]) {
      expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.ms).toBeLessThan(BOUND_MS);
      expect(answer.text).not.toMatch(/mongo|ECONN|127\.0\.0\.1/i);
    }
  });

  it('lives, but is not ready', async () => {
    await proxy.cut();
    const notReady = await timed(() => guest.get('/api/health/ready'));
    expect(notReady).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(notReady.ms).toBeLessThan(BOUND_MS);
    const alive = await timed(() => guest.get('/api/health/live'));
    expect(alive.status).toBe(200);
    expect(alive.ms).toBeLessThan(500);
  });

  it('says so of a database that hangs, too', async () => {
    proxy.goSilent();
    const notReady = await timed(() => guest.get('/api/health/ready'));
    expect(notReady).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(notReady.ms).toBeLessThan(BOUND_MS);
    await proxy.cut();
  });

  it('works again without a restart, and has neither lost nor doubled anything', async () => {
    const input = customerInput();
    const key = { 'idempotency-key': 'across-an-outage' };
    const before = await boss.post(`${CUSTOMERS}/create`, customerInput());
    await proxy.cut();
    expect((await boss.post(`${CUSTOMERS}/create`, input, key)).status).toBe(503);
    await proxy.restore();
    await eventually(ready, { within: 45_000 });
    expect((await boss.get(`${CUSTOMERS}/${before.body.data.id as string}`)).body.data).toEqual(
      before.body.data,
    );
    expect((await boss.post(`${CUSTOMERS}/create`, input, key)).status).toBe(200);
    const found = await boss.get(`${CUSTOMERS}/list`, { keyword: input.phone });
    expect(found.body.data.total).toBe(1);
  });

  it('does not forget who logged out or was disabled', async () => {
    const input = userInput();
    const { body } = await boss.post('/api/users', input);
    const [leaver, disabled] = [
      await service.logIn(input.username, PASSWORD),
      await service.logIn(input.username, PASSWORD),
    ];
    await leaver.post('/api/auth/logout');
    await proxy.cut();
    expect([401, 503]).toContain((await leaver.get('/api/auth/me')).status);
    await proxy.restore();
    await eventually(ready, { within: 45_000 });
    expect(await leaver.get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
    await boss.patch(`/api/users/${body.data.id as string}`, { active: false });
    expect((await disabled.get('/api/auth/me')).status).toBe(403);
  });

  it('does not let anybody in on old knowledge when it has not heard of changes for long', async () => {
    await proxy.cut();
    // longer than a change of somebody's rights may take to be effective
    await pause(5000);
    const answer = await timed(() => boss.get('/api/auth/me'));
    expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(answer.ms).toBeLessThan(BOUND_MS);
  });
});

describe('a service whose database hangs', () => {
  const TIMEOUT_MS = 2000;
  /** A call is tried twice, and a server is waited for; what a key has claimed is released after that. */
  const LONGEST_MS = 2 * (2 * TIMEOUT_MS + 4000);
  const database = freshDatabaseName();
  let proxy: DatabaseProxy;
  let service: ServiceProcess;
  let boss: Actor;
  let guest: Actor;

  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    service = await ServiceProcess.start({
      ...BOSS,
      MONGODB_URI: proxy.uri,
      MONGODB_DATABASE: database,
      DATABASE_TIMEOUT_MS: String(TIMEOUT_MS),
    });
    boss = await asBoss(service);
    guest = service.asGuest();
  });
  afterEach(async () => {
    await proxy.cut();
    await proxy.restore();
    await eventually(async () => expect((await guest.get('/api/health/ready')).status).toBe(200), {
      within: 45_000,
    });
  });
  afterAll(async () => {
    await endProcesses(database);
    await proxy.cut();
  });

  const calls = callsOf(() => ({ boss, guest }), 'while-hanging');
  const expectRefused = (answer: Answer & { ms: number }): void => {
    expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.ms).toBeLessThan(LONGEST_MS + 1000);
    expect(answer.text).not.toMatch(/mongo|ECONN|127\.0\.0\.1/i);
  };

  it('answers SERVICE_UNAVAILABLE to every call, in a time that follows from the setting', async () => {
    proxy.goSilent();
    // when nobody knows yet, and when it is known
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(calls.map(([, call]) => timed(call)));
      answers.forEach(expectRefused);
    }
  });

  it('gives a transaction up whose commit hangs, within the same time; a repeat under its key makes no second record', async () => {
    const input = customerInput();
    const create = () => boss.post(`${CUSTOMERS}/create`, input, { 'idempotency-key': 'hangs-at-commit' });
    const held = proxy.holdAt('commitTransaction');
    const lost = timed(create);
    const { lsid } = await held;
    expectRefused(await lost);
    await proxy.cut();
    await endSession(lsid);
    await proxy.restore();
    await eventually(async () => expect((await create()).status).not.toBe(503), { within: 45_000 });
    // the key could not be released: it is the first one's until its lease is over
    expect([200, 409]).toContain((await create()).status);
    const found = await boss.get(`${CUSTOMERS}/list`, { keyword: input.phone });
    expect(found.body.data.total).toBeLessThanOrEqual(1);
  });

  it('does so where nothing but commits is left unanswered, which the driver by itself would repeat for minutes', async () => {
    const input = customerInput({ phone: undefined, wechatId: 'wx-hangs', name: '悬而未决' });
    const create = () => boss.post(`${CUSTOMERS}/create`, input, { 'idempotency-key': 'commits-hang' });
    proxy.ignore('commitTransaction');
    expectRefused(await timed(create));
    proxy.ignore(undefined);
    let again: Answer | undefined;
    await eventually(
      async () => {
        again = await create();
        expect(again.status).toBe(200);
      },
      { within: 75_000 },
    );
    const found = await boss.get(`${CUSTOMERS}/list`, { keyword: input.name });
    expect(found.body.data.list).toEqual([expect.objectContaining({ id: again?.body.data.id as string })]);
  }, 120_000);
});
