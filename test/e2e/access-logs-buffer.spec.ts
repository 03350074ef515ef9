import { setTimeout as pause } from 'node:timers/promises';
import mongoose, { type mongo } from 'mongoose';
import type { Actor } from '../support/actor';
import { ACCESS_LOG, accessEntry } from '../support/content';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { refusal } from '../support/refusal';
import { asBoss, BOSS, endProcesses, ServiceProcess } from '../support/service-process';

const HUNDRED = 100;
const LIST = '/api/customers/miniprogram/list';

describe('access logs on their way into the database', () => {
  const database = freshDatabaseName();
  let connection: mongoose.Connection;
  let logs: mongo.Collection;
  let proxy: DatabaseProxy;
  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
    logs = connection.collection('access_logs');
  });
  afterAll(async () => {
    await connection.close();
    await endProcesses(database);
    await proxy.cut();
  });

  const start = () =>
    ServiceProcess.start({
      ...BOSS,
      JWT_SECRET: 'shared by all processes of this test',
      MONGODB_URI: proxy.uri,
      MONGODB_DATABASE: database,
      RATE_LIMIT_FACTOR: '1000',
      RATE_LIMIT_PER_IP: '1000000',
      RATE_LIMIT_PER_USER: '1000000',
    });
  const report = (guest: Actor, event: string, count = HUNDRED, overrides: Record<string, unknown> = {}) =>
    guest.post(
      ACCESS_LOG,
      Array.from({ length: count }, (_, n) => accessEntry({ event, pathname: `/${n}`, ...overrides })),
    );
  const expectWritten = (event: string, count: number) =>
    eventually(async () => expect(await logs.countDocuments({ event })).toBe(count), { within: 30_000 });

  it('are all written when the service is told to stop', async () => {
    const service = await start();
    const guest = await service.asGuest();
    let taken = 0;
    const load = { on: true };
    const callers = Array.from({ length: 4 }, async () => {
      while (load.on) {
        const answer = await report(guest, 'stopped').catch(() => undefined);
        if (answer?.status === 200) taken += HUNDRED;
        if (!answer) load.on = false;
      }
    });
    await eventually(async () => Promise.resolve(expect(taken).toBeGreaterThan(3000)), { within: 30_000 });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    load.on = false;
    await Promise.all(callers);
    expect(await logs.countDocuments({ event: 'stopped' })).toBe(taken);
  });

  it('are written once when the answers to their writing get lost', async () => {
    const service = await start();
    const guest = await service.asGuest();
    // the driver repeats a write once by itself, so that the second loss is the service's to bear
    proxy.loseAnswersTo('access_logs', 2);
    await report(guest, 'once');
    await eventually(async () => Promise.resolve(expect(proxy.answersToLose).toBe(0)), { within: 10_000 });
    await report(guest, 'once');
    await expectWritten('once', 2 * HUNDRED);
    await pause(2500);
    expect(await logs.countDocuments({ event: 'once' })).toBe(2 * HUNDRED);
    expect(service.output).toContain('access logs: not written yet');
    await service.stop();
  });

  it.each([
    ['many', 500, HUNDRED, {}],
    ['large', 250, 25, { referrer: 'r'.repeat(2000), url: 'u'.repeat(2000) }],
  ])('wait for an absent database until there are too %s', async (event, enough, each, overrides) => {
    const extra = event === 'large' ? { queryParams: largeParams() } : {};
    const service = await start();
    const guest = await service.asGuest();
    await proxy.cut();
    let taken = 0;
    let answer = await report(guest, event, each, { ...overrides, ...extra });
    for (let n = 0; n < enough && answer.status === 200; n++) {
      taken += each;
      answer = await report(guest, event, each, { ...overrides, ...extra });
    }
    expect(taken).toBeGreaterThan(500);
    expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await proxy.restore();
    await expectWritten(event, taken);
    expect((await report(guest, `${event} again`)).status).toBe(200);
    await service.stop();
    expect(await logs.countDocuments({ event: `${event} again` })).toBe(HUNDRED);
  });

  it('do not keep others waiting, two thousand a second', async () => {
    const service = await start();
    const [boss, guest] = [await asBoss(service), await service.asGuest()];
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
    await measure(500);
    const alone = await measure(1500);
    const reports: Promise<{ status: number }>[] = [];
    const flood = setInterval(() => reports.push(report(guest, 'flood')), 50);
    const beside = await measure(5000);
    clearInterval(flood);
    const answers = await Promise.all(reports);
    expect(answers.length).toBeGreaterThan(80);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(beside).toBeLessThan(Math.max(10 * alone, 250));
    await service.stop();
    expect(await logs.countDocuments({ event: 'flood' })).toBe(HUNDRED * answers.length);
  });

  /** As much as is kept of an entry's parameters. */
  function largeParams(): Record<string, string> {
    return Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`name${n}`, 'v'.repeat(500)]));
  }
});
