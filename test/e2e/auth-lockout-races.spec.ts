import { LoginAttempts } from '../../src/modules/users/login-attempts';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import {
  BEHIND_PROXY,
  endLockoutWindow,
  failToLogIn,
  logIn,
  newAccount,
  watchPasswordChecks,
} from '../support/log-in';
import { refusal } from '../support/refusal';

const times = <T>(n: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => make(i)));

describe('lock-out with two instances and many callers at once', () => {
  let here: TestApp;
  let there: TestApp;
  let admin: Actor;
  let guests: [Actor, Actor];
  beforeAll(async () => {
    here = await TestApp.start({ env: BEHIND_PROXY });
    there = await TestApp.start({ env: BEHIND_PROXY, database: here.database });
    admin = await here.asAdmin();
    guests = [here.asGuest(), there.asGuest()];
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
  });
  afterEach(() => jest.restoreAllMocks());

  it('is shared: three failures here and two there make five', async () => {
    const account = await newAccount(admin);
    await failToLogIn(guests[0], account.username, 3);
    await failToLogIn(guests[1], account.username, 2);
    for (const guest of guests) expect(await logIn(guest, account)).toMatchObject(refusal('RATE_LIMITED'));
  });

  it('is lifted at both instances by a reset password', async () => {
    const account = await newAccount(admin);
    await failToLogIn(guests[1], account.username, 6);
    const password = 'a-new-password-1';
    await admin.post(`/api/users/${account.id}/reset-password`, { password });
    for (const guest of guests) expect((await logIn(guest, { ...account, password })).status).toBe(200);
  });

  it('gives 40 simultaneous wrong guesses no more than five looks at the password', async () => {
    const account = await newAccount(admin);
    const checks = watchPasswordChecks();
    const answers = await times(40, (i) =>
      logIn(i % 2 ? guests[0] : guests[1], { ...account, password: `wrong-password-${i}` }),
    );
    const codes = answers.map(({ body }) => body.code as string);
    expect(checks).toHaveBeenCalledTimes(5);
    expect(codes.filter((code) => code === 'LOGIN_FAILED')).toHaveLength(5);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(35);
    expect(await logIn(guests[0], account)).toMatchObject(refusal('RATE_LIMITED'));
  });

  it('gives simultaneous guesses from 20 addresses no more than 50 looks together', async () => {
    const account = await newAccount(admin);
    const checks = watchPasswordChecks();
    await times(100, (i) =>
      logIn(guests[0], { ...account, password: `wrong-password-${i}` }, `192.0.2.${i % 20}`),
    );
    expect(checks).toHaveBeenCalledTimes(50);
  });

  it('lets 20 simultaneous log-ins with the right password all in', async () => {
    const account = await newAccount(admin);
    const answers = await times(20, (i) => logIn(i % 2 ? guests[0] : guests[1], account));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('keeps no trace of tries that went well: five failures are still to be had', async () => {
    const account = await newAccount(admin);
    await times(8, () => logIn(guests[0], account));
    expect(await failToLogIn(guests[1], account.username, 5)).toEqual(Array(5).fill('LOGIN_FAILED'));
  });

  it('gives a try that outlasts its window no extra guess in the next', async () => {
    const account = await newAccount(admin);
    const checks = watchPasswordChecks();
    checks.mockImplementationOnce(async () => {
      await endLockoutWindow(here, account.username);
      await failToLogIn(guests[1], account.username, 1);
      return false;
    });
    const codes = await failToLogIn(guests[0], account.username, 10);
    // the slow one in the window that ended; one there and four here in the one that followed
    expect(codes).toEqual([...Array(5).fill('LOGIN_FAILED'), ...Array(5).fill('RATE_LIMITED')]);
    expect(checks).toHaveBeenCalledTimes(6);
  });

  it('gives the places of tries whose process died back after a moment', async () => {
    const account = await newAccount(admin);
    const attempts = there.app.get(LoginAttempts);
    for (let i = 0; i < 5; i++) await attempts.begin(account.username, '127.0.0.1');
    const held = here.connection.collection('login_attempts');
    const rows = await held.find({ account: account.username }).toArray();
    const leases = rows.flatMap(({ pending }) => pending as { until: Date }[]);
    expect(leases).toHaveLength(10);
    for (const { until } of leases) expect(until.getTime() - Date.now()).toBeLessThanOrEqual(15_000);
    await held.updateMany(
      { account: account.username },
      { $set: { 'pending.$[].until': new Date(Date.now() - 1) } },
    );
    expect((await logIn(guests[0], account)).status).toBe(200);
  });
});
