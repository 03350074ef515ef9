import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { phone, userInput } from '../support/factories';
import { logIn, newAccount } from '../support/log-in';

describe('the audit trail of staff accounts', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  afterAll(() => app.stop());

  const trailOf = async (entityId: string): Promise<Record<string, unknown>[]> =>
    (await admin.get('/api/audit-logs', { entity: 'user', entityId })).body.data.list;
  const record = (answer: Answer, actor: { id: string }, change: object) => ({
    id: expect.any(String),
    entity: 'user',
    actorId: actor.id,
    actorName: '李静',
    requestId: answer.headers.get('x-request-id'),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ...change,
  });

  it('holds who created an account, as what, and in which request', async () => {
    const { password: _password, ...fields } = { ...userInput({ name: '王芳' }), phone: phone() };
    const created = await admin.post('/api/users', { ...fields, password: 'correct-horse-9' });
    const { id } = created.body.data;
    expect(await trailOf(id)).toEqual([
      record(created, admin, {
        entityId: id,
        action: 'create',
        before: null,
        after: { ...fields, active: true },
      }),
    ]);
  });

  it.each([
    ['name', { name: '王芳' }, { name: '李静' }],
    ['role', { role: 'hr' }, { role: 'employee' }],
    ['state', { active: false }, { active: true }],
    ['role and state', { role: 'manager', active: false }, { role: 'employee', active: true }],
    ['first phone', { phone: '13912345678' }, {}],
  ])('holds a change of the %s: the fields that changed, before and after', async (_what, after, before) => {
    const { id } = await newAccount(admin);
    const changed = await admin.patch(`/api/users/${id}`, { name: '李静', ...after });
    const [last, ...earlier] = await trailOf(id);
    expect(last).toEqual(record(changed, admin, { entityId: id, action: 'update', before, after }));
    expect(earlier).toHaveLength(1);
  });

  it('holds the removal of a phone', async () => {
    const created = await admin.post('/api/users', { ...userInput(), phone: '13712345678' });
    const { id } = created.body.data;
    await admin.patch(`/api/users/${id}`, { phone: null });
    expect((await trailOf(id))[0]).toMatchObject({ before: { phone: '13712345678' }, after: {} });
  });

  it("holds the caller's own request id when one came with the request", async () => {
    const { id } = await newAccount(admin);
    await admin.patch(`/api/users/${id}`, { role: 'hr' }, { 'x-request-id': 'my-own-request-1' });
    expect((await trailOf(id))[0]).toMatchObject({ requestId: 'my-own-request-1' });
  });

  it('holds that a password was reset, and by whom', async () => {
    const { id } = await newAccount(admin);
    const reset = await admin.post(`/api/users/${id}/reset-password`, { password: 'a-new-password-1' });
    expect((await trailOf(id))[0]).toEqual(
      record(reset, admin, {
        entityId: id,
        action: 'reset-password',
        before: { password: '***' },
        after: { password: '*** (已更换)' },
      }),
    );
  });

  it('holds that somebody changed the own password', async () => {
    const account = await newAccount(admin);
    const person = app.asGuest().withToken((await logIn(app.asGuest(), account)).body.data.token);
    const changed = await person.post('/api/auth/change-password', {
      oldPassword: account.password,
      newPassword: 'a-new-password-1',
    });
    expect((await trailOf(account.id))[0]).toMatchObject(
      record(changed, account, { entityId: account.id, action: 'change-password' }),
    );
  });

  it('holds nothing of a change that was refused or that changed nothing', async () => {
    const [{ id }, other] = [await newAccount(admin), await newAccount(admin)];
    await admin.patch(`/api/users/${other.id}`, { phone: '13612345678' });
    const before = await trailOf(id);
    await admin.patch(`/api/users/${id}`, {});
    await admin.patch(`/api/users/${id}`, { name: '李静', role: 'employee', active: true });
    await admin.patch(`/api/users/${id}`, { role: 'boss' });
    await admin.patch(`/api/users/${id}`, { phone: '13612345678', role: 'hr' });
    await admin.post(`/api/users/${id}/reset-password`, { password: 'short' });
    expect(await trailOf(id)).toEqual(before);
  });

  it('holds each of many simultaneous changes against the state that it really replaced', async () => {
    const { id } = await newAccount(admin);
    const names = Array.from({ length: 8 }, (_, i) => `姓名${i}`);
    await Promise.all(names.map((name) => admin.patch(`/api/users/${id}`, { name })));
    const changes = (await trailOf(id)).slice(0, -1) as Record<'before' | 'after', { name: string }>[];
    expect(changes.map(({ after }) => after.name).sort()).toEqual(names);
    const next = new Map(changes.map(({ before, after }) => [before.name, after.name]));
    expect(next.size).toBe(8);
    let name = '李静';
    for (let step = next.get(name); step; step = next.get(name)) name = step;
    expect((await admin.get(`/api/users/${id}`)).body.data.name).toBe(name);
  });
});
