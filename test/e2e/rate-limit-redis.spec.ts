import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { BEHIND_PROXY, from } from '../support/log-in';
import { REDIS_INSTALLED, TestRedis } from '../support/redis';
import { refusal } from '../support/refusal';

const LIMIT = 6;
const LIVE = '/api/health/live';

const withRedis = REDIS_INSTALLED ? describe : describe.skip;

withRedis('rate limits of two instances with one Redis (needs the program redis-server)', () => {
  let redis: TestRedis;
  let here: TestApp;
  let there: TestApp;
  beforeAll(async () => {
    redis = await TestRedis.start();
    const env = { ...BEHIND_PROXY, REDIS_URL: redis.url, RATE_LIMIT_PER_IP: String(LIMIT) };
    here = await TestApp.start({ env });
    there = await TestApp.start({ env, database: here.database });
    // connected: what one instance counts, the other knows
    await eventually(async () => {
      await there.asGuest().get(LIVE, {}, from('198.51.100.1'));
      for (let i = 0; i <= LIMIT; i++) await here.asGuest().get(LIVE, {}, from('198.51.100.1'));
      expect((await there.asGuest().get(LIVE, {}, from('198.51.100.1'))).status).toBe(429);
    });
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await redis.kill();
  });

  const live = (app: TestApp, ip: string, caller: Actor = app.asGuest()) => caller.get(LIVE, {}, from(ip));
  /** Twice the limit, from one address, at the instances in turn; the statuses sorted. */
  const hammer = async (ip: string, ...apps: TestApp[]): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < 2 * LIMIT; i++) seen.push((await live(apps[i % apps.length] ?? here, ip)).status);
    return seen.sort();
  };
  const halfLimited = [...Array<number>(LIMIT).fill(200), ...Array<number>(LIMIT).fill(429)];

  it('counts an address over both', async () => {
    expect(await hammer('192.0.2.1', here, there)).toEqual(halfLimited);
    for (const app of [here, there]) {
      const limited = await live(app, '192.0.2.1');
      expect(limited).toMatchObject(refusal('RATE_LIMITED'));
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await live(there, '192.0.2.2')).status).toBe(200);
  });

  it('lets no more than the limit through when all calls come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 2 * LIMIT }, (_, i) => live(i % 2 ? here : there, '192.0.2.3')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(halfLimited);
  });

  it('goes on with a Redis that hangs, limits included', async () => {
    redis.signal('SIGSTOP');
    try {
      const before = Date.now();
      expect((await live(here, '192.0.2.7')).status).toBe(200);
      expect(Date.now() - before).toBeLessThan(3000);
      expect(await hammer('192.0.2.8', here)).toEqual(halfLimited);
    } finally {
      redis.signal('SIGCONT');
    }
  });

  it('goes on without a Redis that dies, limits included, and shares them again when it is back', async () => {
    expect((await live(here, '192.0.2.4')).status).toBe(200);
    await redis.kill();
    const before = Date.now();
    expect((await live(here, '192.0.2.5')).status).toBe(200);
    expect((await live(there, '192.0.2.5')).status).toBe(200);
    expect(Date.now() - before).toBeLessThan(3000);
    // each process now counts for itself
    for (const app of [here, there]) expect(await hammer('192.0.2.6', app)).toEqual(halfLimited);
    await eventually(async () => expect(here.logLines.join('')).toContain('Redis is away'));

    await redis.start();
    let round = 0;
    await eventually(
      async () => expect(await hammer(`203.0.113.${++round}`, here, there)).toEqual(halfLimited),
      { within: 20_000, every: 200 },
    );
  });
});

withRedis('an instance that starts while its Redis is away (needs the program redis-server)', () => {
  let app: TestApp;
  beforeAll(async () => {
    const redis = await TestRedis.start();
    await redis.kill();
    app = await TestApp.start({ env: { REDIS_URL: redis.url, RATE_LIMIT_PER_IP: '3' } });
  });
  afterAll(() => app.app.close());

  it('serves and limits from the first request', async () => {
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) seen.push((await app.asGuest().get(LIVE)).status);
    expect(seen).toEqual([200, 200, 200, 429, 429]);
  });

  it('stops without delay', async () => {
    await app.connection.dropDatabase();
    const before = Date.now();
    await app.app.close();
    expect(Date.now() - before).toBeLessThan(5000);
  });
});
