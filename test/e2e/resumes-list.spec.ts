import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';
import {
  birthDayOfAge,
  createResume,
  idNumberOf,
  PUBLIC,
  RESUMES,
  setStoredResume,
} from '../support/resumes';

/** By a letter: who is who; the phones share no four digits but their beginnings. */
const PEOPLE: Record<string, Record<string, unknown>> = {
  a: {
    name: '张桂芳',
    phone: '13800138000',
    jobType: 'yuexin',
    nativePlace: '浙江杭州',
    ethnicity: '汉族',
    age: 40,
  },
  b: {
    name: '李小丽',
    phone: '13912349876',
    jobType: 'yuesao',
    nativePlace: '浙江省衢州',
    ethnicity: '汉',
    age: 52,
  },
  c: { name: '单桂英', phone: '15155557777', jobType: 'yuexin', nativePlace: '河南信阳', ethnicity: '畲族' },
  d: {
    name: '吕布兰',
    phone: '18622223333',
    jobType: 'baojie',
    nativePlace: '河北(沧州)',
    orderStatus: 'accepting',
  },
  e: { name: '张晓敏', phone: '17744446666', jobType: 'yuexin', orderStatus: 'on-service', age: 30 },
};

describe('lists of resumes', () => {
  let app: TestApp;
  let employee: Actor;
  let guest: Actor;
  const letterOf: Record<string, string> = {};
  beforeAll(async () => {
    app = await TestApp.start();
    [employee, guest] = [await app.asEmployee(), app.asGuest()];
    for (const [letter, person] of Object.entries(PEOPLE))
      letterOf[(await createResume(employee, person)).id] = letter;
    const born = {
      f: { phone: '19500000001', idNumber: idNumberOf(birthDayOfAge(45)) },
      g: { phone: '19500000002', idNumber: idNumberOf(birthDayOfAge(46)) },
    };
    for (const [letter, person] of Object.entries(born))
      letterOf[(await createResume(employee, { name: '生日人', ...person })).id] = letter;
    for (const [letter, status] of [
      ['x', 'draft'],
      ['y', 'archived'],
    ] as const)
      letterOf[
        (
          await createResume(employee, {
            ...PEOPLE['a'],
            phone: `1990000000${letter === 'x' ? 1 : 2}`,
            status,
          })
        ).id
      ] = letter;
  });
  afterAll(() => app.stop());

  const list = async (actor: Actor, path: string, query: Record<string, string | number> = {}) => {
    const { status, body } = await actor.get(`${path}/list`, { pageSize: 100, ...query });
    expect(status).toBe(200);
    expect(body.data.total).toBe(body.data.list.length);
    return body.data.list.map(({ id }: { id: string }) => letterOf[id]).join('');
  };
  const open = (query = {}) => list(guest, PUBLIC, query);
  const all = (query = {}) => list(employee, RESUMES, query);

  it('show the public what is published, newest first, and staff everything', async () => {
    expect(await open()).toBe('gfedcba');
    expect(await all()).toBe('yxgfedcba');
    expect(await all({ status: 'draft' })).toBe('x');
    expect(await all({ status: 'archived' })).toBe('y');
    expect(await all({ status: 'published' })).toBe('gfedcba');
  });

  it.each([
    [{ jobType: 'yuexin' }, 'gfeca'],
    [{ jobType: 'baojie' }, 'd'],
    [{ orderStatus: 'accepting' }, 'd'],
    [{ orderStatus: 'on-service', jobType: 'yuexin' }, 'e'],
    [{ orderStatus: 'on-service', jobType: 'baojie' }, ''],
    [{ maxAge: 40 }, 'ea'],
    [{ maxAge: 39 }, 'e'],
    [{ maxAge: 45 }, 'fea'],
    [{ maxAge: 46 }, 'gfea'],
    [{ maxAge: 99 }, 'gfeba'],
    [{ nativePlace: '浙江' }, 'ba'],
    [{ nativePlace: '浙江省' }, 'ba'],
    [{ nativePlace: '浙江杭州' }, 'a'],
    [{ nativePlace: '杭州' }, ''],
    [{ nativePlace: '河北(' }, 'd'],
    [{ nativePlace: '.*' }, ''],
    [{ ethnicity: '汉族' }, 'ba'],
    [{ ethnicity: '汉' }, 'ba'],
    [{ ethnicity: '畲' }, 'c'],
    [{ keyword: '桂' }, 'ca'],
    [{ keyword: 'shangui' }, 'c'],
    [{ keyword: 'zgf' }, 'a'],
    [{ keyword: 'LÜ' }, 'd'],
    [{ keyword: '9876' }, 'b'],
    [{ keyword: '13800138000' }, 'a'],
    [{ keyword: '.*' }, ''],
    [{ keyword: '桂', jobType: 'yuexin', ethnicity: '汉' }, 'a'],
    [{ keyword: '张', maxAge: 35 }, 'e'],
    [{ keyword: '', jobType: '', maxAge: '' }, 'gfedcba'],
  ])('filter by %j', async (query, letters) => {
    expect(await open(query)).toBe(letters);
    expect((await all(query)).replace(/[xy]/g, '')).toBe(letters);
  });

  it('filter staff by status and keyword together', async () => {
    expect(await all({ keyword: '张' })).toBe('yxea');
    expect(await all({ keyword: '张', status: 'archived' })).toBe('y');
    expect(await all({ jobType: 'yuexin', status: 'draft' })).toBe('x');
  });

  it('never show the public another status, whatever is asked', async () => {
    expect(await open({ status: 'draft' })).toBe('gfedcba');
    expect(await open({ keyword: '19900000001' })).toBe('');
  });

  it('filter by the age of today, not of the day when it was told', async () => {
    const { id } = await createResume(employee, {
      name: '增岁人',
      phone: '19500000003',
      age: 50,
      jobType: 'yangchong',
    });
    letterOf[id] = 'z';
    expect(await open({ maxAge: 50, jobType: 'yangchong' })).toBe('z');
    const yearAgo = new Date(Date.now() + 8 * 3_600_000 - 51 * 365.25 * 86_400_000 - 86_400_000);
    await setStoredResume(app, id, { bornOn: yearAgo.toISOString().slice(0, 10) });
    expect(await open({ maxAge: 50, jobType: 'yangchong' })).toBe('');
    expect(await open({ maxAge: 51, jobType: 'yangchong' })).toBe('z');
    await employee.patch(`${RESUMES}/${id}`, { status: 'draft' });
  });

  it('follow a change of name and phone', async () => {
    const { id } = await createResume(employee, { name: '郑爽爽', phone: '13011112222' });
    letterOf[id] = 'w';
    expect([await open({ keyword: '郑' }), await open({ keyword: '1112' })]).toEqual(['w', 'w']);
    await employee.patch(`${RESUMES}/${id}`, { name: '冯巩巩', phone: '13033335555' });
    expect([await open({ keyword: '郑' }), await open({ keyword: '1112' })]).toEqual(['', '']);
    expect([await open({ keyword: 'fengg' }), await open({ keyword: '3335' })]).toEqual(['w', 'w']);
    await employee.patch(`${RESUMES}/${id}`, { status: 'draft' });
  });

  it.each([
    [`${PUBLIC}/list`, 'guest'],
    [`${RESUMES}/list`, 'staff'],
  ])('come in pages: %s', async (path, who) => {
    const actor = who === 'guest' ? guest : employee;
    const first = (await actor.get(path, { keyword: '桂', jobType: 'yuexin', pageSize: 1 })).body.data;
    const second = (await actor.get(path, { keyword: '桂', jobType: 'yuexin', pageSize: 1, page: 2 })).body
      .data;
    expect(first).toMatchObject({ page: 1, pageSize: 1, hasMore: true, total: first.totalPages });
    expect(first.list[0].id).not.toBe(second.list[0].id);
  });

  it.each([
    ['pageSize', 101],
    ['pageSize', 0],
    ['page', 0],
    ['page', 'x'],
    ['page', 1001],
    ['jobType', '没有'],
    ['orderStatus', '没有'],
    ['maxAge', 'x'],
    ['maxAge', 0],
    ['keyword', '字'.repeat(51)],
    ['nativePlace', '字'.repeat(51)],
  ])('refuse %s = %s', async (field, value) => {
    for (const [actor, path] of [
      [guest, PUBLIC],
      [employee, RESUMES],
    ] as const)
      expect(await actor.get(`${path}/list`, { [field]: value })).toMatchObject(
        refusal('INVALID_PARAMS', field),
      );
  });

  it('refuse staff a status that there is not', async () => {
    expect(await employee.get(`${RESUMES}/list`, { status: 'x' })).toMatchObject(
      refusal('INVALID_PARAMS', 'status'),
    );
  });

  it('refuse a filter that is an object or a list', async () => {
    for (const query of ['jobType[$ne]=x', 'jobType=yuexin&jobType=baojie', 'keyword[$gt]='])
      expect([200, 400]).toContain((await guest.get(`${PUBLIC}/list?${query}`)).status);
  });

  describe('searching for workers', () => {
    const search = async (actor: Actor, query: Record<string, string | number>) => {
      const { status, body } = await actor.get('/api/resumes/search-workers', query);
      expect(status).toBe(200);
      return body.data as { id: string; name: string; phone: string }[];
    };
    const found = async (actor: Actor, query: Record<string, string | number>) =>
      (await search(actor, query)).map(({ id }) => letterOf[id]).join('');

    it.each([
      [{ name: '桂芳' }, 'a'],
      [{ name: 'zhang' }, 'ea'],
      [{ name: 'zg' }, 'a'],
      [{ phone: '9876' }, 'b'],
      [{ phone: '139 1234' }, 'b'],
      [{ phone: '13800138000' }, 'a'],
      [{ name: 'zhang', phone: '8000' }, 'a'],
      [{ name: '李小', phone: '8000' }, ''],
      [{ name: '.*' }, ''],
      [{ phone: '1990' }, ''],
      [{ name: 'zhang', limit: 1 }, 'e'],
    ])('finds by %j', async (query, letters) => {
      expect(await found(guest, query)).toBe(letters);
      expect(await found(employee, query)).toBe(letters);
    });

    it('masks the phone for everybody but staff of the resumes', async () => {
      const hr = await app.asHr();
      for (const actor of [guest, hr])
        expect(await search(actor, { name: '桂芳' })).toMatchObject([
          { name: '张桂芳', phone: '138****8000' },
        ]);
      for (const actor of [employee, await app.asManager(), await app.asAdmin()])
        expect(await search(actor, { name: '桂芳' })).toMatchObject([{ phone: '13800138000' }]);
    });

    it.each([
      [{}, 'name'],
      [{ name: '', phone: '' }, 'name'],
      [{ name: '张' }, 'name'],
      [{ name: '·张 ' }, 'name'],
      [{ name: 'z' }, 'name'],
      [{ phone: '138' }, 'phone'],
      [{ phone: '1 3 8' }, 'phone'],
      [{ name: '张桂', phone: '138' }, 'phone'],
      [{ name: '张', phone: '8000' }, 'name'],
      [{ name: '13' }, 'name'],
      [{ name: '１３８' }, 'name'],
      [{ phone: '张桂芳' }, 'phone'],
      [{ phone: '138001380001' }, 'phone'],
      [{ phone: '.{4}' }, 'phone'],
      [{ name: '桂芳', limit: 51 }, 'limit'],
      [{ name: '桂芳', limit: 0 }, 'limit'],
    ])('asks more of a caller without a token than %j', async (query, field) => {
      const answer = await guest.get('/api/resumes/search-workers', query);
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('asks less of staff', async () => {
      expect(await found(employee, { name: '张' })).toBe('ea');
      expect(await found(employee, { phone: '77' })).toBe('ec');
      expect(await found(employee, { name: '张', phone: '77' })).toBe('e');
      expect(await employee.get('/api/resumes/search-workers')).toMatchObject(
        refusal('INVALID_PARAMS', 'name'),
      );
    });

    it('refuses a token that is none', async () => {
      const answer = await guest.withToken('nonsense').get('/api/resumes/search-workers', { name: '桂芳' });
      expect(answer).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });
});
