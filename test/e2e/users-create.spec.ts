import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { PASSWORD, phone, userInput } from '../support/factories';
import { logIn } from '../support/log-in';
import { refusal } from '../support/refusal';

describe('creating staff accounts', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  afterAll(() => app.stop());

  const create = (overrides: Record<string, unknown> = {}) =>
    admin.post('/api/users', { ...userInput(), ...overrides });
  const stored = (usernameKey: string) => app.connection.collection('users').findOne({ usernameKey });

  it('answers with the account, which can log in at once', async () => {
    const input = { ...userInput({ role: 'manager', name: '王芳' }), phone: phone() };
    const answer = await create(input);
    expect(answer).toMatchObject({ status: 200, body: { message: '创建成功' } });
    const { password: _password, ...fields } = input;
    expect(answer.body.data).toEqual({
      ...fields,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      active: true,
      createdAt: expect.any(String),
      updatedAt: answer.body.data.createdAt,
    });
    expect((await logIn(app.asGuest(), input)).status).toBe(200);
  });

  it('keeps the password as an argon2id hash and nothing else of it', async () => {
    const input = userInput();
    await create(input);
    const user = await stored(input.username);
    expect(user?.['passwordHash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(user)).not.toContain(PASSWORD);
  });

  it('needs no phone, and says null where there is none', async () => {
    expect((await create()).body.data.phone).toBeNull();
    expect((await create()).status).toBe(200);
  });

  it('makes an account that is disabled from the start when told so', async () => {
    const input = userInput();
    expect((await create({ ...input, active: false })).body.data.active).toBe(false);
    expect(await logIn(app.asGuest(), input)).toMatchObject(refusal('ACCOUNT_DISABLED'));
  });

  it('drops fields that it does not know, and never stores them', async () => {
    const input = userInput();
    const answer = await create({
      ...input,
      tokenVersion: 99,
      passwordHash: 'x',
      usernameKey: 'admin',
      _id: '0'.repeat(24),
      isAdmin: true,
      $set: { role: 'admin' },
    });
    expect(answer.status).toBe(200);
    const user = await stored(input.username);
    expect(Object.keys(user ?? {}).sort()).toEqual([
      '_id',
      'active',
      'createdAt',
      'name',
      'passwordHash',
      'role',
      'stateChangedAt',
      'tokenVersion',
      'updatedAt',
      'username',
      'usernameKey',
    ]);
    expect(user).toMatchObject({ tokenVersion: 1, role: 'employee' });
    expect(String(user?._id)).toBe(answer.body.data.id);
  });

  it.each([
    ['no username', { username: undefined }, 'username'],
    ['a username of 2 characters', { username: 'ab' }, 'username'],
    ['a username of 33 characters', { username: 'a'.repeat(33) }, 'username'],
    ['a username with a space inside', { username: 'li jing' }, 'username'],
    ['a username of other letters', { username: '李静李静' }, 'username'],
    ['no password', { password: undefined }, 'password'],
    ['a password of 9 characters', { password: 'a'.repeat(9) }, 'password'],
    ['a password of 129 characters', { password: 'a'.repeat(129) }, 'password'],
    ['no name', { name: undefined }, 'name'],
    ['a name of spaces', { name: '   ' }, 'name'],
    ['a name of 21 characters', { name: '李'.repeat(21) }, 'name'],
    ['a phone of 10 digits', { phone: '1380013800' }, 'phone'],
    ['a phone that is no mobile', { phone: '02112345678' }, 'phone'],
    ['no role', { role: undefined }, 'role'],
    ['an unknown role', { role: 'root' }, 'role'],
    ['two roles', { role: ['admin', 'hr'] }, 'role'],
    ['active in words', { active: 'yes' }, 'active'],
  ])('refuses %s and names the field', async (_what, overrides, field) => {
    const username = userInput().username;
    const answer = await create({ username, ...overrides });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    expect(await stored(username)).toBeNull();
  });

  it.each([
    ['a username of 3 characters', () => ({ username: userInput().username.slice(-3) })],
    ['a username of 32 characters', () => ({ username: userInput().username.padEnd(32, 'x') })],
    ['dots, lines and capitals in a username', () => ({ username: `A.b_C-${userInput().username}` })],
    ['a name of one character', () => ({ name: '李' })],
    ['a name of 20 characters', () => ({ name: '李'.repeat(20) })],
    ['a name with spaces around it', () => ({ name: '  李静 ' })],
  ])('takes %s', async (_what, overrides) => {
    const given = overrides();
    const answer = await create(given);
    const [[field, value] = []] = Object.entries(given);
    expect(answer).toMatchObject({ status: 200, body: { data: { [String(field)]: value?.trim() } } });
  });

  it('names every wrong field at once', async () => {
    const answer = await admin.post('/api/users', { username: 'x', password: 'short', role: 'root' });
    const fields = (answer.body.details as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['name', 'password', 'role', 'username']);
  });

  it('refuses a username that exists in another case, and a phone that another account has', async () => {
    const input = { ...userInput(), phone: phone() };
    await create(input);
    const sameName = await create({ username: input.username.toUpperCase() });
    expect(sameName).toMatchObject({ ...refusal('CONFLICT'), body: { message: '用户名已存在' } });
    const samePhone = await create({ phone: input.phone });
    expect(samePhone).toMatchObject({
      ...refusal('DUPLICATE_PHONE'),
      body: { details: [{ field: 'phone' }] },
    });
  });

  it.each([
    ['username', 'CONFLICT', () => ({ username: userInput().username })],
    ['phone', 'DUPLICATE_PHONE', () => ({ phone: phone() })],
  ] as const)('makes one account of ten simultaneous ones with the same %s', async (field, code, same) => {
    const shared = same();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(shared)));
    const codes = answers.map(({ body }) => (body.success ? 'created' : String(body.code)));
    expect(codes.sort()).toEqual([...Array(9).fill(code), 'created'].sort());
    const created = answers.find(({ body }) => body.success === true);
    const found = await app.connection.collection('users').find(shared).toArray();
    expect(found.map(({ _id }) => String(_id))).toEqual([created?.body.data.id]);
    const audits = await app.connection
      .collection('audit_logs')
      .countDocuments({ entity: 'user', [`after.${field}`]: Object.values(shared)[0] });
    expect(audits).toBe(1);
  });

  it('makes one account of a create that is sent again with its Idempotency-Key', async () => {
    const input = userInput();
    const key = { 'idempotency-key': `create-${input.username}` };
    const first = await admin.post('/api/users', input, key);
    const again = await admin.post('/api/users', input, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(first.text);
  });

  it('is for administrators', async () => {
    expect(await app.asGuest().post('/api/users', userInput())).toMatchObject(refusal('UNAUTHORIZED'));
    for (const caller of [await app.asManager(), await app.asEmployee(), await app.asHr()]) {
      expect(await caller.post('/api/users', userInput({ role: 'admin' }))).toMatchObject(
        refusal('FORBIDDEN'),
      );
    }
  });
});
