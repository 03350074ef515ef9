import jwt from 'jsonwebtoken';
import { ROLES, type Role } from '../../src/common/access/principal';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { PASSWORD, phone, userInput } from '../support/factories';
import { logIn, newAccount, watchPasswordChecks } from '../support/log-in';
import { refusal } from '../support/refusal';

const PERMISSIONS: Record<Role, string[]> = {
  admin: [
    'users:view',
    'customers:all',
    'customers:create',
    'customers:assign',
    'resumes:manage',
    'interviews:all',
    'banners:manage',
    'articles:manage',
    'access-logs:view',
    'ocr:idcard',
    'ocr:health',
    'users:manage',
    'marketplace:manage',
    'audit-logs:view',
  ],
  manager: [
    'users:view',
    'customers:all',
    'customers:create',
    'customers:assign',
    'resumes:manage',
    'interviews:all',
    'banners:manage',
    'articles:manage',
    'access-logs:view',
    'ocr:idcard',
    'ocr:health',
  ],
  employee: ['customers:own', 'customers:create', 'resumes:manage', 'interviews:own', 'ocr:idcard'],
  hr: ['interviews:own'],
};

describe('log-in', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  const withoutIds = (body: Record<string, unknown>) => ({ ...body, requestId: '', timestamp: 0 });

  it.each(ROLES)('gives the %s a token and a profile with the permissions of the role', async (role) => {
    const input = { ...userInput({ role }), phone: phone() };
    const { id } = (await admin.post('/api/users', input)).body.data;
    const answer = await logIn(app.asGuest(), input);
    const user = {
      id,
      username: input.username,
      name: input.name,
      phone: input.phone,
      role,
      permissions: PERMISSIONS[role],
    };
    expect(answer).toMatchObject({ status: 200, body: { message: '登录成功' } });
    expect(answer.body.data).toEqual({ token: expect.any(String), user });
    const me = await app.asGuest().withToken(answer.body.data.token).get('/api/auth/me');
    expect(me.body.data).toEqual(user);
  });

  it('issues an HS256 token for the CRM that is good for seven days and says nothing of the person', async () => {
    const account = await newAccount(admin);
    const { token } = (await logIn(app.asGuest(), account)).body.data;
    const { header, payload } = jwt.decode(token, { complete: true }) as jwt.Jwt;
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
    const { iat, exp, ...claims } = payload as jwt.JwtPayload;
    expect(claims).toEqual({ aud: 'crm', sub: account.id, jti: expect.any(String), ver: 1 });
    expect(Number(exp) - Number(iat)).toBe(7 * 24 * 3600);
    expect(Math.abs(Number(iat) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('takes the username in any case and with spaces around it', async () => {
    const account = await newAccount(admin);
    const typed = `  ${account.username.toUpperCase()} `;
    const answer = await logIn(app.asGuest(), { ...account, username: typed });
    expect(answer).toMatchObject({ status: 200, body: { data: { user: { username: account.username } } } });
  });

  it('takes the password exactly as it was set, up to 128 characters of any script', async () => {
    const input = userInput();
    const password = '密码Ω ™ '.repeat(21) + '12';
    expect(password).toHaveLength(128);
    await admin.post('/api/users', { ...input, password });
    expect((await logIn(app.asGuest(), { ...input, password })).status).toBe(200);
    const shorter = await logIn(app.asGuest(), { ...input, password: password.slice(0, -1) });
    expect(shorter).toMatchObject(refusal('LOGIN_FAILED'));
  });

  it('answers a wrong name and a wrong password alike, and does the same work for both', async () => {
    const account = await newAccount(admin);
    const checks = watchPasswordChecks();
    const wrongPassword = await logIn(app.asGuest(), { ...account, password: 'not-the-password' });
    const wrongName = await logIn(app.asGuest(), { username: 'nobody-here', password: PASSWORD });
    expect(wrongPassword).toMatchObject(refusal('LOGIN_FAILED'));
    expect(wrongName.status).toBe(401);
    expect(withoutIds(wrongName.body)).toEqual(withoutIds(wrongPassword.body));
    const costs = checks.mock.calls.map(([hash]) => /^\$argon2id\$v=19\$[^$]+/.exec(String(hash))?.[0]);
    expect(costs).toEqual(Array(2).fill('$argon2id$v=19$m=19456,t=2,p=1'));
  });

  it('asks the database the same for a wrong name and a wrong password', async () => {
    const account = await newAccount(admin);
    const asked = (username: string) =>
      app.databaseCalls(() => logIn(app.asGuest(), { username, password: 'not-the-password' }));
    expect(await asked('nobody-at-all')).toEqual(await asked(account.username));
  });

  it('tells only who knows the password that an account is disabled', async () => {
    const account = await newAccount(admin);
    await admin.patch(`/api/users/${account.id}`, { active: false });
    expect(await logIn(app.asGuest(), account)).toMatchObject(refusal('ACCOUNT_DISABLED'));
    const guess = await logIn(app.asGuest(), { ...account, password: 'not-the-password' });
    expect(guess).toMatchObject(refusal('LOGIN_FAILED'));
    await admin.patch(`/api/users/${account.id}`, { active: true });
    expect((await logIn(app.asGuest(), account)).status).toBe(200);
  });

  it.each([
    ['no username', { password: PASSWORD }, 'username'],
    ['an empty username', { username: '  ', password: PASSWORD }, 'username'],
    ['a query in place of a username', { username: { $ne: null }, password: PASSWORD }, 'username'],
    ['a username of 65 characters', { username: 'a'.repeat(65), password: PASSWORD }, 'username'],
    ['no password', { username: 'someone' }, 'password'],
    ['an empty password', { username: 'someone', password: '' }, 'password'],
    ['a number for a password', { username: 'someone', password: 1234567890 }, 'password'],
    ['a password of 129 characters', { username: 'someone', password: 'a'.repeat(129) }, 'password'],
    ['a list in place of the whole', [], 'body'],
  ])('refuses %s and names the field', async (_what, body, field) => {
    const answer = await app.asGuest().post('/api/auth/login', body);
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('ignores a token that comes with a log-in, even a broken one', async () => {
    const account = await newAccount(admin);
    expect((await logIn(app.asGuest().withToken('broken'), account)).status).toBe(200);
  });
});
