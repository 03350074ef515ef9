import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone, userInput } from '../support/factories';
import { refusal } from '../support/refusal';

describe('listing and reading staff accounts', () => {
  let app: TestApp;
  let admin: Actor;
  let manager: Actor;
  /** ids in order of creation: admin, manager, then 12 employees of whom 3 are disabled */
  const ids: string[] = [];
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    manager = await app.asManager();
    ids.push(admin.id, manager.id);
    for (let i = 0; i < 12; i++) {
      const created = await admin.post('/api/users', { ...userInput(), phone: phone(), active: i % 4 !== 0 });
      ids.push(created.body.data.id as string);
    }
  });
  afterAll(() => app.stop());

  const newestFirst = () => [...ids].reverse();
  const list = async (query: Record<string, string | number> = {}, caller = admin) =>
    (await caller.get('/api/users', query)).body.data;
  const idsOf = (page: { list: { id: string }[] }) => page.list.map(({ id }) => id);

  it('gives ten a page, newest first, with the totals', async () => {
    const page = await list();
    expect(idsOf(page)).toEqual(newestFirst().slice(0, 10));
    expect(page).toMatchObject({ total: 14, page: 1, pageSize: 10, totalPages: 2, hasMore: true });
  });

  it('gives every account once over its pages', async () => {
    const pages = [1, 2, 3].map((page) => list({ page, pageSize: 5 }));
    const [first, second, third] = await Promise.all(pages);
    expect([first, second, third].flatMap(idsOf)).toEqual(newestFirst());
    expect([first.hasMore, second.hasMore, third.hasMore]).toEqual([true, true, false]);
  });

  it('gives an empty page after the last one', async () => {
    expect(await list({ page: 3 })).toMatchObject({ list: [], total: 14, page: 3, hasMore: false });
  });

  it.each([1, 100])('takes a page size of %d', async (pageSize) => {
    const page = await list({ pageSize });
    expect(page.list).toHaveLength(Math.min(pageSize, 14));
    expect(page.pageSize).toBe(pageSize);
  });

  it.each([
    ['pageSize', 101],
    ['pageSize', 0],
    ['pageSize', -1],
    ['pageSize', 1.5],
    ['pageSize', 'many'],
    ['page', 0],
    ['page', 'x'],
    ['page', 1e9],
    ['role', 'root'],
    ['active', 'perhaps'],
  ])('refuses %s=%s and names it', async (field, value) => {
    expect(await admin.get('/api/users', { [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it.each([
    [{ role: 'admin' }, 1],
    [{ role: 'employee' }, 12],
    [{ role: 'hr' }, 0],
    [{ active: 'false' }, 3],
    [{ active: 'true' }, 11],
    [{ role: 'employee', active: 'true' }, 9],
  ])('filters by %j', async (query, total) => {
    const page = await list({ ...query, pageSize: 100 });
    expect(page.total).toBe(total);
    expect(page.list).toHaveLength(total);
    for (const user of page.list) {
      expect({ role: user.role, active: String(user.active) }).toMatchObject(query);
    }
  });

  it('gives one account by its id, as the list has it', async () => {
    const [first] = (await list()).list;
    expect((await admin.get(`/api/users/${first.id}`)).body.data).toEqual(first);
  });

  it('shows the accounts to managers, and to nobody below', async () => {
    expect(idsOf(await list({ pageSize: 100 }, manager))).toEqual(newestFirst());
    expect((await manager.get(`/api/users/${admin.id}`)).body.data.id).toBe(admin.id);
    const own = await app.asEmployee();
    for (const caller of [own, await app.asHr()]) {
      expect(await caller.get('/api/users')).toMatchObject(refusal('FORBIDDEN'));
      expect(await caller.get(`/api/users/${own.id}`)).toMatchObject(refusal('FORBIDDEN'));
    }
    expect(await app.asGuest().get('/api/users')).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('says NOT_FOUND of an id that nobody has, and INVALID_PARAMS of what is no id', async () => {
    expect(await admin.get(`/api/users/${'0'.repeat(24)}`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await admin.get('/api/users/12')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    expect(await admin.get('/api/users/twelve-chars')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
  });

  it('asks the database a fixed number of times, however many accounts there are', async () => {
    for (const pageSize of [1, 100]) {
      expect(await app.databaseCalls(() => list({ pageSize }))).toHaveLength(2);
    }
    expect(await app.databaseCalls(() => admin.get(`/api/users/${manager.id}`))).toEqual(['find users']);
  });
});
