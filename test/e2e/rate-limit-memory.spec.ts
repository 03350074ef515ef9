import { Settings, SettingsError } from '../../src/config/settings';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { BEHIND_PROXY, from, logIn, newAccount } from '../support/log-in';
import { refusal } from '../support/refusal';

const LIVE = '/api/health/live';

/** Calls one after the other; what each answered. */
async function statuses(times: number, call: (i: number) => Promise<Answer>): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await call(i)).status);
  return seen;
}

const okThenLimited = (ok: number, limited: number): number[] => [
  ...Array<number>(ok).fill(200),
  ...Array<number>(limited).fill(429),
];

describe('rate limits, counted in memory', () => {
  let app: TestApp;
  const start = async (env: Record<string, string>) => {
    app = await TestApp.start({ env });
    return app.asGuest();
  };
  afterEach(() => app.stop());

  const expectWait = ({ headers }: Answer) => {
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  };

  it('answers RATE_LIMITED in the words of the API that was called, with the seconds to wait', async () => {
    const guest = await start({ RATE_LIMIT_PER_IP: '3' });
    expect(await statuses(3, () => guest.get(LIVE))).toEqual(okThenLimited(3, 0));
    const crm = await guest.get(LIVE);
    expect(crm).toMatchObject(refusal('RATE_LIMITED'));
    expect(crm.body).toEqual({
      success: false,
      code: 'RATE_LIMITED',
      message: '操作太频繁，请稍后再试',
      requestId: crm.headers.get('x-request-id'),
      timestamp: expect.any(Number),
    });
    const marketplace = await guest.get('/jobs/no-such-route');
    expect(marketplace.status).toBe(429);
    expect(marketplace.body).toEqual({
      code: 429,
      message: 'Too Many Requests',
      data: '操作太频繁，请稍后再试',
    });
    for (const answer of [crm, marketplace]) expectWait(answer);
  });

  it('counts every route of an address together, unknown ones and refused ones too', async () => {
    const guest = await start({ RATE_LIMIT_PER_IP: '4' });
    expect((await guest.get('/api/nothing-here')).status).toBe(404);
    expect((await guest.get('/nothing/here')).status).toBe(404);
    expect((await guest.get('/api/auth/me')).status).toBe(401);
    expect((await guest.post('/api/auth/login', {})).status).toBe(400);
    expect(await guest.get('/api/auth/me')).toMatchObject(refusal('RATE_LIMITED'));
  });

  it('lets no more through when the calls come all at once', async () => {
    const guest = await start({ RATE_LIMIT_PER_IP: '10' });
    const answers = await Promise.all(Array.from({ length: 30 }, () => guest.get(LIVE)));
    expect(answers.map(({ status }) => status).sort()).toEqual(okThenLimited(10, 20));
  });

  it('counts the IPv6 addresses of one network together, and each network alone', async () => {
    const guest = await start({ ...BEHIND_PROXY, RATE_LIMIT_PER_IP: '3' });
    const within = (network: string) => (i: number) => guest.get(LIVE, {}, from(`${network}:${i + 1}::7`));
    expect(await statuses(5, within('2001:db8:1:2'))).toEqual(okThenLimited(3, 2));
    expect(await statuses(3, within('2001:db8:1:3'))).toEqual(okThenLimited(3, 0));
    expect(await guest.get(LIVE, {}, from('2001:0DB8:0001:0002::1'))).toMatchObject(refusal('RATE_LIMITED'));
  });

  it('counts a user over all addresses, and each user alone', async () => {
    const guest = await start({ ...BEHIND_PROXY, RATE_LIMIT_PER_USER: '5' });
    const [one, two] = [await app.asEmployee(), await app.asEmployee()];
    const me = (person: Actor, i: number) => person.get('/api/auth/me', {}, from(`192.0.2.${i}`));
    expect(await statuses(7, (i) => me(one, i))).toEqual(okThenLimited(5, 2));
    const limited = await me(one, 99);
    expect(limited).toMatchObject(refusal('RATE_LIMITED'));
    expectWait(limited);
    expect(await statuses(5, () => me(two, 1))).toEqual(okThenLimited(5, 0));
    expect((await guest.get(LIVE, {}, from('192.0.2.1'))).status).toBe(200);
  });

  it('gives log-ins a limit of their own for an address, whatever the account, and no other route', async () => {
    const guest = await start({ ...BEHIND_PROXY, RATE_LIMIT_FACTOR: '0.05' });
    const admin = await app.asAdmin();
    const ip = '192.0.2.1';
    for (let i = 0; i < 3; i++) expect((await logIn(guest, await newAccount(admin), ip)).status).toBe(200);
    const other = await newAccount(admin);
    const fourth = await logIn(guest, other, ip);
    expect(fourth).toMatchObject(refusal('RATE_LIMITED'));
    expectWait(fourth);
    expect((await guest.get(LIVE, {}, from(ip))).status).toBe(200);
    expect((await logIn(guest, other, '192.0.2.2')).status).toBe(200);
  });

  it('is not dodged by a forged X-Forwarded-For when no proxy is trusted', async () => {
    const guest = await start({ RATE_LIMIT_PER_IP: '5' });
    const forged = (i: number) => guest.get(LIVE, {}, from(`192.0.2.${i}, 10.0.0.${i}`));
    expect(await statuses(8, forged)).toEqual(okThenLimited(5, 3));
  });

  it('counts the address that the one trusted proxy has added, and nothing in front of it', async () => {
    const guest = await start({ ...BEHIND_PROXY, RATE_LIMIT_PER_IP: '5' });
    const forged = (i: number) => guest.get(LIVE, {}, from(`192.0.2.${i}, 198.51.100.${i}, 203.0.113.9`));
    expect(await statuses(8, forged)).toEqual(okThenLimited(5, 3));
    expect((await guest.get(LIVE, {}, from('203.0.113.9, 203.0.113.10'))).status).toBe(200);
  });

  it.each(['x-real-ip', 'forwarded', 'true-client-ip', 'x-client-ip', 'cf-connecting-ip'])(
    'believes no %s header',
    async (header) => {
      const guest = await start({ ...BEHIND_PROXY, RATE_LIMIT_PER_IP: '3' });
      const call = (i: number) =>
        guest.get(LIVE, {}, { ...from('203.0.113.9'), [header]: `for=192.0.2.${i}` });
      expect(await statuses(5, call)).toEqual(okThenLimited(3, 2));
    },
  );

  it('trusts a proxy by its address, and then looks behind it', async () => {
    const guest = await start({ TRUST_PROXY: '127.0.0.1,10.0.0.0/8', RATE_LIMIT_PER_IP: '3' });
    const call = (i: number) => guest.get(LIVE, {}, from(`192.0.2.${i}, 203.0.113.9, 10.1.2.3`));
    expect(await statuses(5, call)).toEqual(okThenLimited(3, 2));
    expect((await guest.get(LIVE, {}, from('203.0.113.10, 10.1.2.3'))).status).toBe(200);
  });
});

describe('TRUST_PROXY', () => {
  const load = (value: string) =>
    Settings.load({
      NODE_ENV: 'test',
      JWT_SECRET: 'a secret that is long enough for HS256',
      TRUST_PROXY: value,
    });

  it.each(['true', 'TRUE', '*', 'yes', 'all', '-1'])(
    'refuses %s: a caller could choose its own address',
    (value) => {
      expect(() => load(value)).toThrow(SettingsError);
      expect(() => load(value)).toThrow(/TRUST_PROXY/);
    },
  );

  it.each([
    ['false', false],
    ['0', false],
    ['', false],
    ['1', 1],
    ['2', 2],
    ['10.0.0.0/8, 127.0.0.1', ['10.0.0.0/8', '127.0.0.1']],
    ['loopback', ['loopback']],
  ])('understands %p', (value, expected) => {
    expect(load(value).env.TRUST_PROXY).toEqual(expected);
  });
});
