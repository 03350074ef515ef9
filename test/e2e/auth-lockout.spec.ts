import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { PASSWORD } from '../support/factories';
import {
  BEHIND_PROXY,
  endLockoutWindow,
  failToLogIn,
  logIn,
  newAccount,
  watchPasswordChecks,
} from '../support/log-in';
import { refusal } from '../support/refusal';

const WINDOW_SECONDS = 15 * 60;
const ATTACKER = '203.0.113.7';
const OWNER = '198.51.100.20';
const address = (n: number) => `192.0.2.${n}`;

describe('lock-out after failed log-ins', () => {
  let app: TestApp;
  let admin: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start({ env: BEHIND_PROXY });
    admin = await app.asAdmin();
    guest = app.asGuest();
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  it('refuses the sixth try from an address, even with the right password, and says when to come back', async () => {
    const account = await newAccount(admin);
    expect(await failToLogIn(guest, account.username, 5, ATTACKER)).toEqual(Array(5).fill('LOGIN_FAILED'));
    const checks = watchPasswordChecks();
    const locked = await logIn(guest, account, ATTACKER);
    expect(locked).toMatchObject(refusal('RATE_LIMITED'));
    expect(locked.body.message).toBe('登录失败次数过多，请稍后再试');
    const wait = Number(locked.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(WINDOW_SECONDS - 60);
    expect(wait).toBeLessThanOrEqual(WINDOW_SECONDS);
    expect(checks).not.toHaveBeenCalled();
  });

  it('refuses it from any other address of the same IPv6 network too', async () => {
    const account = await newAccount(admin);
    for (let i = 1; i <= 5; i++) await failToLogIn(guest, account.username, 1, `2001:db8:7:7::${i}`);
    expect(await logIn(guest, account, '2001:db8:7:7:ffff::9')).toMatchObject(refusal('RATE_LIMITED'));
    expect((await logIn(guest, account, '2001:db8:7:8::1')).status).toBe(200);
  });

  it('counts for one account only, whatever the case of its name', async () => {
    const [account, other] = [await newAccount(admin), await newAccount(admin)];
    await failToLogIn(guest, account.username, 3, ATTACKER);
    await failToLogIn(guest, account.username.toUpperCase(), 2, ATTACKER);
    expect(await logIn(guest, account, ATTACKER)).toMatchObject(refusal('RATE_LIMITED'));
    expect((await logIn(guest, other, ATTACKER)).status).toBe(200);
  });

  it('locks a name that nobody has in the same way, so that it cannot be told from a real one', async () => {
    const codes = await failToLogIn(guest, 'nobody-by-this-name', 6, ATTACKER);
    expect(codes).toEqual([...Array(5).fill('LOGIN_FAILED'), 'RATE_LIMITED']);
  });

  it("leaves the owner's own address open when somebody else has used up theirs", async () => {
    const account = await newAccount(admin);
    await failToLogIn(guest, account.username, 6, ATTACKER);
    expect((await logIn(guest, account, OWNER)).status).toBe(200);
    expect(await logIn(guest, account, ATTACKER)).toMatchObject(refusal('RATE_LIMITED'));
  });

  it('does not count what a caller forges in front of the address that the proxy saw', async () => {
    const account = await newAccount(admin);
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const wrong = { ...account, password: 'not-the-password' };
      codes.push((await logIn(guest, wrong, `${address(i)}, ${ATTACKER}`)).body.code);
    }
    expect(codes).toEqual([...Array(5).fill('LOGIN_FAILED'), 'RATE_LIMITED']);
  });

  it('closes an account to everybody after 50 failures from everywhere', async () => {
    const account = await newAccount(admin);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => failToLogIn(guest, account.username, 5, address(n))),
    );
    const checks = watchPasswordChecks();
    const locked = await logIn(guest, account, OWNER);
    expect(locked).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(WINDOW_SECONDS - 60);
    expect(checks).not.toHaveBeenCalled();
    await endLockoutWindow(app, account.username);
    expect((await logIn(guest, account, OWNER)).status).toBe(200);
  });

  it('lets a person in again when the window is over, with all five tries', async () => {
    const account = await newAccount(admin);
    await failToLogIn(guest, account.username, 6, ATTACKER);
    await endLockoutWindow(app, account.username);
    expect(await failToLogIn(guest, account.username, 4, ATTACKER)).toEqual(Array(4).fill('LOGIN_FAILED'));
    expect((await logIn(guest, account, ATTACKER)).status).toBe(200);
  });

  it('is not prolonged by tries during the lock', async () => {
    const account = await newAccount(admin);
    await failToLogIn(guest, account.username, 5, ATTACKER);
    const attempts = app.connection.collection('login_attempts');
    const before = await attempts.find({ account: account.username }).sort({ _id: 1 }).toArray();
    await failToLogIn(guest, account.username, 10, ATTACKER);
    const after = await attempts.find({ account: account.username }).sort({ _id: 1 }).toArray();
    const windows = (rows: typeof after) => rows.map(({ _id, windowEndsAt }) => [_id, windowEndsAt]);
    expect(before).toHaveLength(2);
    expect(windows(after)).toEqual(windows(before));
    expect(after.map(({ failures }) => failures as number)).toEqual([5, 5]);
  });

  it('begins its window with the first failure, not with an earlier log-in that went well', async () => {
    const account = await newAccount(admin);
    await logIn(guest, account, OWNER);
    const almostOver = new Date(Date.now() + 5000);
    await app.connection
      .collection('login_attempts')
      .updateMany({ account: account.username }, { $set: { windowEndsAt: almostOver } });
    await failToLogIn(guest, account.username, 5, OWNER);
    const locked = await logIn(guest, account, OWNER);
    expect(locked).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(WINDOW_SECONDS - 60);
  });

  it('forgets the failures of an address when its log-in goes well', async () => {
    const account = await newAccount(admin);
    for (let round = 0; round < 3; round++) {
      expect(await failToLogIn(guest, account.username, 4, OWNER)).toEqual(Array(4).fill('LOGIN_FAILED'));
      expect((await logIn(guest, account, OWNER)).status).toBe(200);
    }
  });

  it('is lifted by an administrator who resets the password, for every address', async () => {
    const account = await newAccount(admin);
    await Promise.all([
      failToLogIn(guest, account.username, 6, ATTACKER),
      failToLogIn(guest, account.username, 6, OWNER),
    ]);
    const password = 'a-new-password-1';
    await admin.post(`/api/users/${account.id}/reset-password`, { password });
    for (const ip of [ATTACKER, OWNER]) {
      expect((await logIn(guest, { ...account, password }, ip)).status).toBe(200);
    }
  });

  it('does not end a session that is open already', async () => {
    const account = await newAccount(admin);
    const { token } = (await logIn(guest, account, OWNER)).body.data;
    await failToLogIn(guest, account.username, 6, OWNER);
    expect((await guest.withToken(token).get('/api/auth/me')).status).toBe(200);
  });

  it('counts a try at a disabled account like any other', async () => {
    const account = await newAccount(admin);
    await admin.patch(`/api/users/${account.id}`, { active: false });
    expect(await failToLogIn(guest, account.username, 6, ATTACKER)).toContain('RATE_LIMITED');
  });

  it('forgets on its own: the database removes windows that are over', async () => {
    const indexes = await app.connection.collection('login_attempts').indexes();
    const expiry = indexes.find(({ key }) => 'windowEndsAt' in key);
    expect(expiry).toMatchObject({ expireAfterSeconds: expect.any(Number) });
    expect(Number(expiry?.['expireAfterSeconds'])).toBeGreaterThanOrEqual(0);
  });

  it('does not count requests that never tried a password', async () => {
    const { username } = await newAccount(admin);
    for (let i = 0; i < 6; i++) await guest.post('/api/auth/login', { username, password: '' });
    expect((await logIn(guest, { username, password: PASSWORD })).status).toBe(200);
  });
});
