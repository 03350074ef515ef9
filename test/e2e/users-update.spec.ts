import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone, userInput } from '../support/factories';
import { logIn, newAccount } from '../support/log-in';
import { refusal } from '../support/refusal';

const NOBODY = '0'.repeat(24);

describe('changing staff accounts', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  afterAll(() => app.stop());

  const create = async (overrides: Record<string, unknown> = {}) =>
    (await admin.post('/api/users', { ...userInput(), phone: phone(), ...overrides })).body.data;
  const stored = (username: string) => app.connection.collection('users').findOne({ usernameKey: username });
  const withoutTimes = ({ updatedAt: _updated, stateChangedAt: _state, ...rest }: Record<string, unknown>) =>
    rest;

  it.each([
    ['name', { name: '王芳' }],
    ['name, trimmed', { name: ' 王芳 ' }],
    ['phone', { phone: '13912345678' }],
    ['role', { role: 'hr' }],
    ['state', { active: false }],
    ['name, role and state together', { name: '赵敏', role: 'manager', active: false }],
  ])('changes the %s and leaves the rest', async (_what, change) => {
    const user = await create();
    const answer = await admin.patch(`/api/users/${user.id}`, change);
    expect(answer).toMatchObject({ status: 200, body: { message: '保存成功' } });
    const expected = {
      ...user,
      ...change,
      ...('name' in change ? { name: change.name.trim() } : {}),
      updatedAt: expect.any(String),
    };
    expect(answer.body.data).toEqual(expected);
    expect((await admin.get(`/api/users/${user.id}`)).body.data).toEqual(expected);
    expect(Date.parse(answer.body.data.updatedAt)).toBeGreaterThan(Date.parse(user.updatedAt));
  });

  it('removes a phone with null, which makes it free for others', async () => {
    const user = await create();
    expect((await admin.patch(`/api/users/${user.id}`, { phone: null })).body.data.phone).toBeNull();
    expect(await stored(user.username)).not.toHaveProperty('phone');
    const other = await create({ phone: undefined });
    const taken = await admin.patch(`/api/users/${other.id}`, { phone: user.phone });
    expect(taken.body.data.phone).toBe(user.phone);
  });

  it('changes nothing when nothing is asked', async () => {
    const user = await create();
    const before = await stored(user.username);
    expect((await admin.patch(`/api/users/${user.id}`, {})).status).toBe(200);
    expect(withoutTimes((await stored(user.username)) ?? {})).toEqual(withoutTimes(before ?? {}));
  });

  it.each([
    ['the username', { username: 'another-name' }],
    ['the password', { password: 'a-new-password-1' }],
    ['the version of its tokens', { tokenVersion: 0 }],
    ['its id', { id: NOBODY, _id: NOBODY }],
    ['operators', { $set: { role: 'admin' }, 'role.$': 'admin' }],
  ])('does not change %s, which is not among its fields', async (_what, change) => {
    const user = await create();
    const before = await stored(user.username);
    expect((await admin.patch(`/api/users/${user.id}`, change)).status).toBe(200);
    expect(withoutTimes((await stored(user.username)) ?? {})).toEqual(withoutTimes(before ?? {}));
  });

  it.each([
    ['an empty name', { name: ' ' }, 'name'],
    ['no name', { name: null }, 'name'],
    ['a name of 21 characters', { name: '李'.repeat(21) }, 'name'],
    ['an empty phone', { phone: '' }, 'phone'],
    ['a phone of 12 digits', { phone: '138001380001' }, 'phone'],
    ['an unknown role', { role: 'boss' }, 'role'],
    ['no role', { role: null }, 'role'],
    ['a number for active', { active: 1 }, 'active'],
  ])('refuses %s, names the field and changes nothing', async (_what, change, field) => {
    const user = await create();
    const before = await stored(user.username);
    const answer = await admin.patch(`/api/users/${user.id}`, { role: 'hr', ...change });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    expect(await stored(user.username)).toEqual(before);
  });

  it('refuses a phone that another account has, also when two ask for it at once', async () => {
    const [one, two, three] = [await create(), await create(), await create()];
    const taken = await admin.patch(`/api/users/${one.id}`, { phone: two.phone, name: '王芳' });
    expect(taken).toMatchObject(refusal('DUPLICATE_PHONE', 'phone'));
    expect((await admin.get(`/api/users/${one.id}`)).body.data).toEqual(one);
    const wanted = { phone: phone() };
    const answers = await Promise.all(
      [one, two, three].map(({ id }) => admin.patch(`/api/users/${id}`, wanted)),
    );
    expect(answers.map(({ body }) => (body.success ? 'saved' : String(body.code))).sort()).toEqual([
      'DUPLICATE_PHONE',
      'DUPLICATE_PHONE',
      'saved',
    ]);
    expect(await app.connection.collection('users').countDocuments(wanted)).toBe(1);
  });

  it('keeps both of two simultaneous changes to different fields', async () => {
    const user = await create();
    await Promise.all([
      admin.patch(`/api/users/${user.id}`, { name: '王芳' }),
      admin.patch(`/api/users/${user.id}`, { role: 'hr' }),
    ]);
    expect((await admin.get(`/api/users/${user.id}`)).body.data).toMatchObject({ name: '王芳', role: 'hr' });
  });

  it('resets a password, which only the new one then opens', async () => {
    const account = await newAccount(admin);
    const password = 'a-new-password-1';
    expect(await admin.post(`/api/users/${account.id}/reset-password`, { password })).toMatchObject({
      status: 200,
      body: { message: '密码已重置', data: null },
    });
    expect(await logIn(app.asGuest(), account)).toMatchObject(refusal('LOGIN_FAILED'));
    expect((await logIn(app.asGuest(), { ...account, password })).status).toBe(200);
  });

  it.each([undefined, '', 'a'.repeat(9), 'a'.repeat(129), 1234567890])(
    'refuses %p as a new password and keeps the old one',
    async (password) => {
      const account = await newAccount(admin);
      const answer = await admin.post(`/api/users/${account.id}/reset-password`, { password });
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'password'));
      expect((await logIn(app.asGuest(), account)).status).toBe(200);
    },
  );

  const changes = [
    ['PATCH', '', { name: '王芳' }],
    ['POST', '/reset-password', { password: 'a-new-password-1' }],
  ] as const;

  it.each(changes)('%s :id%s is for administrators', async (method, path, body) => {
    const user = await create();
    const send = (caller: Actor) => caller.send(method, `/api/users/${user.id}${path}`, body, {});
    expect(await send(app.asGuest())).toMatchObject(refusal('UNAUTHORIZED'));
    for (const caller of [await app.asManager(), await app.asEmployee(), await app.asHr()]) {
      expect(await send(caller)).toMatchObject(refusal('FORBIDDEN'));
    }
    expect((await admin.get(`/api/users/${user.id}`)).body.data).toEqual(user);
  });

  it.each(changes)(
    '%s :id%s says NOT_FOUND of nobody, and INVALID_PARAMS of no id',
    async (method, path, body) => {
      const send = (id: string) => admin.send(method, `/api/users/${id}${path}`, body, {});
      expect(await send(NOBODY)).toMatchObject(refusal('NOT_FOUND'));
      expect(await send('not-an-id')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    },
  );
});
