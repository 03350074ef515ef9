import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { logIn, newAccount } from '../support/log-in';
import { refusal } from '../support/refusal';

/** The contract's bound for what one instance does to show at the others. */
const EVERYWHERE_MS = 5000;

describe('sessions at two instances', () => {
  let here: TestApp;
  let there: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    here = await TestApp.start();
    there = await TestApp.start({ database: here.database });
    admin = await here.asAdmin();
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
  });

  /** A session that both instances have seen at work. */
  const session = async (account: { username: string; password: string }): Promise<Actor> => {
    const login = await logIn(here.asGuest(), account);
    const person = here.asGuest().withToken(login.body.data.token);
    expect((await person.get('/api/auth/me')).status).toBe(200);
    expect((await person.at(there.url).get('/api/auth/me')).status).toBe(200);
    return person;
  };
  const everywhere = (person: Actor, expected: object) =>
    eventually(async () => expect(await person.at(there.url).get('/api/auth/me')).toMatchObject(expected), {
      within: EVERYWHERE_MS,
    });

  it('knows a fresh account at the other instance at once', async () => {
    const account = await newAccount(admin);
    const login = await logIn(there.asGuest(), account);
    const person = there.asGuest().withToken(login.body.data.token);
    expect((await person.get('/api/auth/me')).body.data.id).toBe(account.id);
    const other = await newAccount(admin);
    const token = (await logIn(here.asGuest(), other)).body.data.token as string;
    expect((await there.asGuest().withToken(token).get('/api/auth/me')).body.data.id).toBe(other.id);
  });

  it('ends this session at once with a log-out, and at the other instance within 5 s', async () => {
    const account = await newAccount(admin);
    const [leaving, staying] = [await session(account), await session(account)];
    expect(await leaving.post('/api/auth/logout')).toMatchObject({
      status: 200,
      body: { message: '已退出登录', data: null },
    });
    expect(await leaving.get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
    await everywhere(leaving, refusal('UNAUTHORIZED'));
    for (const url of [here.url, there.url]) {
      expect((await staying.at(url).get('/api/auth/me')).status).toBe(200);
    }
  });

  it('refuses a second log-out with the same token', async () => {
    const person = await session(await newAccount(admin));
    await person.post('/api/auth/logout');
    expect(await person.post('/api/auth/logout')).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('remembers a log-out at an instance that starts later', async () => {
    const person = await session(await newAccount(admin));
    await person.post('/api/auth/logout');
    const late = await TestApp.start({ database: here.database });
    try {
      expect(await person.at(late.url).get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
    } finally {
      await late.app.close();
    }
  });

  it('keeps a log-out only as long as the token would have lived', async () => {
    const revoked = here.connection.collection<{ _id: string }>('revoked_tokens');
    const person = await session(await newAccount(admin));
    await person.post('/api/auth/logout');
    const { jti, exp } = JSON.parse(
      Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { jti: string; exp: number };
    expect(await revoked.findOne({ _id: jti })).toMatchObject({ expiresAt: new Date(exp * 1000) });
    expect(await revoked.indexes()).toContainEqual(
      expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
    );
  });

  it('applies a new role to open sessions, here at once and there within 5 s', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    expect(await person.get('/api/users')).toMatchObject(refusal('FORBIDDEN'));
    await admin.patch(`/api/users/${account.id}`, { role: 'manager' });
    expect((await person.get('/api/users')).status).toBe(200);
    await eventually(async () => expect((await person.at(there.url).get('/api/users')).status).toBe(200), {
      within: EVERYWHERE_MS,
    });
    await admin.patch(`/api/users/${account.id}`, { role: 'hr' });
    expect(await person.get('/api/users')).toMatchObject(refusal('FORBIDDEN'));
    await eventually(
      async () => expect(await person.at(there.url).get('/api/users')).toMatchObject(refusal('FORBIDDEN')),
      { within: EVERYWHERE_MS },
    );
  });

  it('shuts a disabled account out, here at once and there within 5 s, and enabling it revives no old session', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    await admin.patch(`/api/users/${account.id}`, { active: false });
    expect(await person.get('/api/auth/me')).toMatchObject(refusal('ACCOUNT_DISABLED'));
    await everywhere(person, refusal('ACCOUNT_DISABLED'));
    expect(await logIn(there.asGuest(), account)).toMatchObject(refusal('ACCOUNT_DISABLED'));
    await admin.patch(`/api/users/${account.id}`, { active: true });
    await everywhere(person, refusal('UNAUTHORIZED'));
    await everywhere(await session(account), { status: 200 });
  });

  it('ends every session with a reset password, here at once and there within 5 s', async () => {
    const account = await newAccount(admin);
    const sessions = [await session(account), await session(account)];
    const password = 'a-new-password-1';
    await admin.post(`/api/users/${account.id}/reset-password`, { password });
    for (const person of sessions) {
      expect(await person.get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
      await everywhere(person, refusal('UNAUTHORIZED'));
    }
    await session({ ...account, password });
    expect(await logIn(here.asGuest(), account)).toMatchObject(refusal('LOGIN_FAILED'));
  });

  it('takes the token of a new password at an instance that has not heard of it yet', async () => {
    const account = await newAccount(admin);
    const person = await session(account);
    const newPassword = 'a-new-password-1';
    const changed = await person.post('/api/auth/change-password', {
      oldPassword: account.password,
      newPassword,
    });
    const renewed = person.withToken(changed.body.data.token).at(there.url);
    expect((await renewed.get('/api/auth/me')).status).toBe(200);
    expect(await person.at(there.url).get('/api/auth/me')).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('reads nothing from the database to check a known session', async () => {
    const employee = await here.asEmployee();
    const calls = await here.databaseCalls(async () => {
      for (let i = 0; i < 100; i++) expect((await employee.get('/api/users')).status).toBe(403);
    });
    expect(calls).toEqual([]);
  });
});
