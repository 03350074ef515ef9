import { setTimeout as pause } from 'node:timers/promises';
import mongoose, { type mongo } from 'mongoose';
import { AccessLogBuffer } from '../../src/modules/access-logs/access-log.buffer';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ACCESS_LOG, accessEntry } from '../support/content';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { refusal } from '../support/refusal';
import { asBoss, BOSS, endProcesses, ServiceProcess } from '../support/service-process';

const HUNDRED = 100;
const LIST = '/api/customers/miniprogram/list';

function report(guest: Actor, event: string, count = HUNDRED, overrides: Record<string, unknown> = {}) {
  const entries = Array.from({ length: count }, (_, n) =>
    accessEntry({ event, pathname: `/${n}`, ...overrides }),
  );
  return guest.post(ACCESS_LOG, entries);
}

function expectWritten(logs: mongo.Collection, event: string, count: number): Promise<void> {
  return eventually(async () => expect(await logs.countDocuments({ event })).toBe(count), { within: 30_000 });
}

/** One process for all, in their order: the last of them ends it. */
describe('access logs on their way into the database', () => {
  const database = freshDatabaseName();
  let connection: mongoose.Connection;
  let logs: mongo.Collection;
  let proxy: DatabaseProxy;
  let service: ServiceProcess;
  let guest: Actor;
  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
    logs = connection.collection('access_logs');
    service = await ServiceProcess.start({
      ...BOSS,
      MONGODB_URI: proxy.uri,
      MONGODB_DATABASE: database,
      RATE_LIMIT_FACTOR: '1000',
      RATE_LIMIT_PER_IP: '1000000',
      RATE_LIMIT_PER_USER: '1000000',
    });
    guest = service.asGuest();
  });
  afterAll(async () => {
    await connection.close();
    await endProcesses(database);
    await proxy.cut();
  });

  it('are written once when the answers to their writing get lost', async () => {
    // the driver repeats a write once by itself, so that the second loss is the service's to bear
    proxy.loseAnswersTo('access_logs', 2);
    await report(guest, 'once');
    await eventually(async () => Promise.resolve(expect(proxy.answersToLose).toBe(0)), { within: 10_000 });
    await report(guest, 'once');
    await expectWritten(logs, 'once', 2 * HUNDRED);
    // the turn that writes these would have written again whatever was not known to be written
    await report(guest, 'later');
    await expectWritten(logs, 'later', HUNDRED);
    expect(await logs.countDocuments({ event: 'once' })).toBe(2 * HUNDRED);
    expect(service.output).toContain('access logs: not written yet');
  });

  it('do not keep others waiting, two thousand a second', async () => {
    const boss = await asBoss(service);
    const timed = async () => {
      const started = performance.now();
      expect((await boss.get(LIST)).status).toBe(200);
      return performance.now() - started;
    };
    const measure = async (milliseconds: number) => {
      const times: number[] = [];
      for (const end = Date.now() + milliseconds; Date.now() < end; await pause(20))
        times.push(await timed());
      return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
    };
    await measure(300);
    const alone = await measure(700);
    const reports: Promise<{ status: number }>[] = [];
    const flood = setInterval(() => reports.push(report(guest, 'flood')), 50);
    const beside = await measure(2500);
    clearInterval(flood);
    const answers = await Promise.all(reports);
    // on a busy machine a timer comes late, and then not twice
    expect(answers.length).toBeGreaterThan(15);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(beside).toBeLessThan(Math.max(10 * alone, 250));
    await expectWritten(logs, 'flood', HUNDRED * answers.length);
  });

  it('are all written when the service is told to stop', async () => {
    let taken = 0;
    const load = { on: true };
    const callers = Array.from({ length: 4 }, async () => {
      while (load.on) {
        const answer = await report(guest, 'stopped').catch(() => undefined);
        if (answer?.status === 200) taken += HUNDRED;
        if (!answer) load.on = false;
      }
    });
    await eventually(async () => Promise.resolve(expect(taken).toBeGreaterThan(2000)), { within: 30_000 });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    load.on = false;
    await Promise.all(callers);
    expect(await logs.countDocuments({ event: 'stopped' })).toBe(taken);
  });
});

describe('access logs whose database is away', () => {
  let proxy: DatabaseProxy;
  let app: TestApp;
  let guest: Actor;
  const logs = () => app.connection.collection('access_logs') as unknown as mongo.Collection;
  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    app = await TestApp.start({ databaseUri: proxy.uri });
    guest = app.asGuest();
  });
  afterEach(() => proxy.restore());
  afterAll(async () => {
    await app.stop();
    await proxy.cut();
  });

  it('may be fifty thousand, of 32 million characters', () => {
    expect(app.app.get(AccessLogBuffer).most).toEqual({ records: 50_000, characters: 33_554_432 });
  });

  it.each([
    ['many', { records: 2000 }, HUNDRED, {}],
    ['large', { characters: 1_000_000 }, 5, largeEntry()],
  ])('wait until there are too %s, and are all written when it is back', async (event, most, each, entry) => {
    const usual = { ...app.app.get(AccessLogBuffer).most };
    Object.assign(app.app.get(AccessLogBuffer).most, most);
    await proxy.cut();
    let taken = 0;
    let answer = await report(guest, event, each, entry);
    for (let n = 0; n < 100 && answer.status === 200; n++) {
      taken += each;
      answer = await report(guest, event, each, entry);
    }
    expect(taken).toBeGreaterThan(20);
    expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await proxy.restore();
    await expectWritten(logs(), event, taken);
    Object.assign(app.app.get(AccessLogBuffer).most, usual);
    expect((await report(guest, `${event} again`)).status).toBe(200);
    await expectWritten(logs(), `${event} again`, HUNDRED);
  });
});

/** As much as is kept of an entry. */
function largeEntry(): Record<string, unknown> {
  const queryParams = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`name${n}`, 'v'.repeat(500)]));
  return { referrer: 'r'.repeat(2000), url: 'u'.repeat(2000), queryParams };
}
