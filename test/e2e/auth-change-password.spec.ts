import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { PASSWORD } from '../support/factories';
import { failToLogIn, logIn, newAccount } from '../support/log-in';
import { refusal } from '../support/refusal';

const NEW = 'a-new-password-1';

describe('changing the own password', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  afterAll(() => app.stop());

  const session = async (account: { username: string; password: string }) =>
    app.asGuest().withToken((await logIn(app.asGuest(), account)).body.data.token as string);
  const change = (person: Actor, oldPassword: string, newPassword: string) =>
    person.post('/api/auth/change-password', { oldPassword, newPassword });

  it('ends all sessions of the account, and its answer begins a new one', async () => {
    const account = await newAccount(admin);
    const [desk, phone] = [await session(account), await session(account)];
    const answer = await change(desk, PASSWORD, NEW);
    expect(answer).toMatchObject({ status: 200, body: { message: '密码已修改' } });
    for (const ended of [desk, phone]) {
      expect(await ended.get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
    }
    const renewed = desk.withToken(answer.body.data.token);
    expect((await renewed.get('/api/auth/me')).body.data.id).toBe(account.id);
    expect(await logIn(app.asGuest(), account)).toMatchObject(refusal('LOGIN_FAILED'));
    expect((await logIn(app.asGuest(), { ...account, password: NEW })).status).toBe(200);
  });

  it("leaves other people's sessions alone", async () => {
    const [account, other] = [await newAccount(admin), await newAccount(admin)];
    const bystander = await session(other);
    await change(await session(account), PASSWORD, NEW);
    expect((await bystander.get('/api/auth/me')).status).toBe(200);
  });

  it('refuses a wrong old password and changes nothing', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    const answer = await change(person, 'not-the-password', NEW);
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'oldPassword'));
    expect((await person.get('/api/auth/me')).status).toBe(200);
    expect((await logIn(app.asGuest(), account)).status).toBe(200);
  });

  it('counts a wrong old password towards the lock-out of the account, as a stolen token must not help to guess', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    for (let i = 0; i < 3; i++) await change(person, `wrong-password-${i}`, NEW);
    expect(await failToLogIn(app.asGuest(), account.username, 2)).toEqual(Array(2).fill('LOGIN_FAILED'));
    const locked = await change(person, PASSWORD, NEW);
    expect(locked).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await logIn(app.asGuest(), account)).toMatchObject(refusal('RATE_LIMITED'));
  });

  it.each([
    ['no old password', { newPassword: NEW }, 'oldPassword'],
    ['an empty old password', { oldPassword: '', newPassword: NEW }, 'oldPassword'],
    ['no new password', { oldPassword: PASSWORD }, 'newPassword'],
    ['a new password of 9 characters', { oldPassword: PASSWORD, newPassword: 'a'.repeat(9) }, 'newPassword'],
    ['one of 129 characters', { oldPassword: PASSWORD, newPassword: 'a'.repeat(129) }, 'newPassword'],
    ['the same password again', { oldPassword: PASSWORD, newPassword: PASSWORD }, 'newPassword'],
    ['a list for a password', { oldPassword: PASSWORD, newPassword: [NEW] }, 'newPassword'],
  ])('refuses %s and names the field', async (_what, body, field) => {
    const person = await app.asEmployee();
    const answer = await person.post('/api/auth/change-password', body);
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    expect((await person.get('/api/auth/me')).status).toBe(200);
  });

  it.each([10, 128])('takes a new password of %d characters', async (length) => {
    const account = await newAccount(admin);
    const password = '密'.repeat(length);
    expect((await change(await session(account), PASSWORD, password)).status).toBe(200);
    expect((await logIn(app.asGuest(), { ...account, password })).status).toBe(200);
  });

  it('leaves one good session when two changes come at once', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    const answers = await Promise.all([change(person, PASSWORD, NEW), change(person, PASSWORD, `${NEW}2`)]);
    const tokens = answers
      .filter(({ status }) => status === 200)
      .map(({ body }) => body.data.token as string);
    const good = await Promise.all(
      tokens.map(async (token) => (await person.withToken(token).get('/api/auth/me')).status === 200),
    );
    expect(good.filter(Boolean)).toHaveLength(1);
    const logins = await Promise.all(
      [NEW, `${NEW}2`].map((password) => logIn(app.asGuest(), { ...account, password })),
    );
    expect(logins.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('does not undo an administrator’s reset that comes at the same time', async () => {
    const reset = 'reset-by-the-admin';
    for (let round = 0; round < 8; round++) {
      const account = await newAccount(admin);
      const person = await session(account);
      const pending = change(person, PASSWORD, NEW);
      await new Promise((resolve) => setTimeout(resolve, round * 8));
      await admin.post(`/api/users/${account.id}/reset-password`, { password: reset });
      await pending;
      expect((await logIn(app.asGuest(), { ...account, password: reset })).status).toBe(200);
    }
  });

  it('asks for a log-in', async () => {
    expect(await change(app.asGuest(), PASSWORD, NEW)).toMatchObject(refusal('UNAUTHORIZED'));
  });
});
