import type { Customer } from '../../src/modules/customers/customer.schema';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, NOBODY, setStored } from '../support/customers';
import { refusal } from '../support/refusal';

type Labelled = Record<string, string>;

/** Seven customers by a letter; the first four are the employee's. */
const RECORDS: Record<string, { input: Record<string, unknown>; stored: Partial<Customer> }> = {
  a: record({ leadLevel: 'A类', leadSource: '小红书' }, '2026-01-19T15:59:59.999Z', '2026-03-01T01:00:00Z'),
  b: record(
    { leadLevel: 'B类', status: 'contacted' },
    '2026-01-19T16:00:00.000Z',
    '2026-03-02T15:59:59.999Z',
  ),
  c: record({ serviceType: '保洁', contractStatus: '已签约' }, '2026-01-20T15:59:59.999Z', null),
  d: record(
    { status: 'signed', contractStatus: '已签约' },
    '2026-01-20T16:00:00.000Z',
    '2026-03-02T16:00:00Z',
  ),
  e: record({ leadLevel: 'A类', leadSource: '小红书' }, '2026-01-21T04:00:00.000Z', '2026-02-28T16:00:00Z'),
  f: record({ leadLevel: 'A类', serviceType: '保洁' }, '2026-01-21T04:00:00.000Z', null),
  g: record({ status: 'lost', contractStatus: '流失客户' }, '2026-01-22T04:00:00.000Z', null),
};

function record(input: Record<string, unknown>, createdAt: string, nextFollowUpAt: string | null) {
  const created = new Date(createdAt);
  const updatedAt = new Date(created.getTime() + 60_000);
  return {
    input,
    stored: {
      createdAt: created,
      updatedAt,
      nextFollowUpAt: nextFollowUpAt ? new Date(nextFollowUpAt) : null,
    },
  };
}

describe('the list of customers', () => {
  let app: TestApp;
  let manager: Actor;
  let employee: Actor;
  const letterOf: Labelled = {};
  const idOf: Labelled = {};
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, employee] = await Promise.all([app.asManager(), app.asEmployee()]);
    for (const [letter, { input, stored }] of Object.entries(RECORDS)) {
      const created = await createCustomer('abcd'.includes(letter) ? employee : manager, input);
      await setStored(app, created.id, stored);
      letterOf[created.id] = letter;
      idOf[letter] = created.id;
    }
  });
  afterAll(() => app.stop());

  const list = async (query: Record<string, string | number> = {}, actor = manager) => {
    const { status, body } = await actor.get(`${CUSTOMERS}/list`, query);
    expect(status).toBe(200);
    const letters = body.data.list.map(({ id }: { id: string }) => letterOf[id]).join('');
    return { letters, ...body.data };
  };

  it('shows of each customer what the detail shows, newest change first', async () => {
    const page = await list();
    expect(page.letters).toBe('gfedcba');
    const detail = (await manager.get(`${CUSTOMERS}/${idOf['g']}`)).body.data;
    expect(detail).toMatchObject(page.list[0]);
    expect(page.list[0]).not.toHaveProperty('notes');
    expect(page.list[0]).not.toHaveProperty('searchTerms');
  });

  it.each([
    [{ status: 'contacted' }, 'b'],
    [{ status: 'signed' }, 'd'],
    [{ status: '已签约' }, 'dc'],
    [{ status: '流失客户' }, 'g'],
    [{ contractStatus: '已签约' }, 'dc'],
    [{ leadSource: '小红书' }, 'ea'],
    [{ leadLevel: 'A类' }, 'fea'],
    [{ serviceType: '保洁' }, 'fc'],
    [{ leadLevel: 'O类' }, ''],
    [{ leadLevel: 'A类', serviceType: '保洁' }, 'f'],
    [{ leadLevel: 'A类', leadSource: '小红书', createdFrom: '2026-01-21' }, 'e'],
    [{ status: 'signed', contractStatus: '已签约' }, 'd'],
    [{ status: '已签约', contractStatus: '已签约' }, 'dc'],
    [{ status: '已签约', contractStatus: '待定' }, ''],
    [{ status: 'signed', contractStatus: '待定' }, ''],
    [{ status: '', leadLevel: '', keyword: '', sort: '', serviceType: '保洁' }, 'fc'],
  ])('filters by %j', async (query, letters) => {
    expect(await list(query)).toMatchObject({ letters, total: letters.length });
  });

  it.each([
    [{ createdFrom: '2026-01-20', createdTo: '2026-01-20' }, 'cb'],
    [{ createdFrom: '2026-01-20' }, 'gfedcb'],
    [{ createdTo: '2026-01-19' }, 'a'],
    [{ createdFrom: '2026-01-23' }, ''],
    [{ createdFrom: '2026-01-21', createdTo: '2026-01-20' }, ''],
    [{ createdFrom: '2026-01-20T00:00:00+08:00', createdTo: '2026-01-20T15:59:59.999Z' }, 'b'],
    [{ followUpFrom: '2026-03-01', followUpTo: '2026-03-02' }, 'eba'],
    [{ followUpTo: '2026-03-01' }, 'ea'],
    [{ followUpFrom: '2026-03-02' }, 'db'],
    [{ createdTo: '2026-01-20', followUpFrom: '2026-03-01' }, 'ba'],
  ])('takes %j as Shanghai days, both ends included', async (query, letters) => {
    expect(await list(query)).toMatchObject({ letters, total: letters.length });
  });

  it.each([
    ['updatedAt', 'abcdefg'],
    ['-updatedAt', 'gfedcba'],
    ['createdAt', 'abcdefg'],
    ['-createdAt', 'gfedcba'],
    ['nextFollowUpAt', 'cfgeabd'],
    ['-nextFollowUpAt', 'dbaegfc'],
  ])('sorts by %s, those that tie by their age', async (sort, letters) => {
    expect((await list({ sort })).letters).toBe(letters);
    expect((await list({ sort, pageSize: 1, page: 4 })).letters).toBe(letters[3]);
  });

  it.each([
    ['nextFollowUpAt', { leadLevel: 'A类' }, 'fea'],
    ['-nextFollowUpAt', { leadLevel: 'A类' }, 'aef'],
    ['-nextFollowUpAt', { followUpFrom: '2026-03-02' }, 'db'],
    ['createdAt', { serviceType: '保洁' }, 'cf'],
    ['-createdAt', { createdTo: '2026-01-20' }, 'cba'],
  ])('sorts by %s what %j leaves', async (sort, query, letters) => {
    expect(await list({ sort, ...query })).toMatchObject({ letters, total: letters.length });
  });

  describe('as an employee sees it', () => {
    it.each([
      [{}, 'dcba'],
      [{ sort: 'createdAt' }, 'abcd'],
      [{ sort: 'nextFollowUpAt' }, 'cabd'],
      [{ leadLevel: 'A类' }, 'a'],
      [{ status: '流失客户' }, ''],
      [{ followUpTo: '2026-03-02' }, 'ba'],
    ])('holds their own customers only: %j', async (query, letters) => {
      expect(await list(query, employee)).toMatchObject({ letters, total: letters.length });
    });

    it('holds nothing for the owner that somebody else is', async () => {
      expect(await list({ assignedTo: employee.id }, employee)).toMatchObject({ letters: 'dcba', total: 4 });
      expect(await list({ assignedTo: manager.id }, employee)).toMatchObject({ letters: '', total: 0 });
    });
  });

  it("shows a manager one owner's customers", async () => {
    expect(await list({ assignedTo: employee.id, sort: '-createdAt' })).toMatchObject({
      letters: 'dcba',
      total: 4,
    });
    expect(await list({ assignedTo: NOBODY })).toMatchObject({ letters: '', total: 0 });
  });

  it.each([
    [{ pageSize: 3 }, { letters: 'gfe', total: 7, page: 1, pageSize: 3, totalPages: 3, hasMore: true }],
    [
      { pageSize: 3, page: 3 },
      { letters: 'a', total: 7, page: 3, totalPages: 3, hasMore: false },
    ],
    [{ pageSize: 7 }, { letters: 'gfedcba', totalPages: 1, hasMore: false }],
    [{ pageSize: 100 }, { letters: 'gfedcba', pageSize: 100, totalPages: 1, hasMore: false }],
    [{ page: 9 }, { letters: '', total: 7, page: 9, pageSize: 10, totalPages: 1, hasMore: false }],
    [
      { leadLevel: 'A类', pageSize: 2, page: 2 },
      { letters: 'a', total: 3, totalPages: 2, hasMore: false },
    ],
    [{ leadLevel: 'O类' }, { letters: '', total: 0, page: 1, totalPages: 0, hasMore: false }],
    [
      { page: 100, pageSize: 100 },
      { letters: '', total: 7, hasMore: false },
    ],
  ])('is cut into pages: %j', async (query, page) => {
    expect(await list(query)).toMatchObject(page);
  });

  it.each([
    ['page', { page: 0 }],
    ['page', { page: 'one' }],
    ['page', { page: 1.5 }],
    ['page', { page: 1001 }],
    ['page', { page: 101, pageSize: 100 }],
    ['pageSize', { pageSize: 0 }],
    ['pageSize', { pageSize: 101 }],
    ['status', { status: 'NEW' }],
    ['contractStatus', { contractStatus: 'signed' }],
    ['leadSource', { leadSource: '百度' }],
    ['leadLevel', { leadLevel: 'E类' }],
    ['serviceType', { serviceType: 'yuexin' }],
    ['assignedTo', { assignedTo: 'me' }],
    ['createdFrom', { createdFrom: '2026-04-31' }],
    ['createdTo', { createdTo: '20/01/2026' }],
    ['followUpFrom', { followUpFrom: '1768867200000' }],
    ['followUpTo', { followUpTo: '2026-1-2' }],
    ['sort', { sort: 'name' }],
    ['sort', { sort: '--createdAt' }],
    ['keyword', { keyword: 'a'.repeat(51) }],
  ])('refuses a wrong %s: %j', async (field, query) => {
    expect(await manager.get(`${CUSTOMERS}/list`, query)).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('refuses a filter given twice, or as an object', async () => {
    for (const search of ['leadLevel=A类&leadLevel=B类', 'keyword=a&keyword=b'])
      expect(await manager.get(`${CUSTOMERS}/list?${search}`)).toMatchObject(refusal('INVALID_PARAMS'));
    expect(await list({ 'leadLevel[$ne]': 'A类' })).toMatchObject({ total: 7 });
  });
});
