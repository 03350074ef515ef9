import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { loadCustomers, loadHistory } from '../support/customer-load';
import { CUSTOMERS } from '../support/customers';
import { onRealMongo } from '../support/database';
import { EXPLAINED_RECORDS, type Command, expectBounded, explain, readsOf, walkOf } from '../support/explain';

const LOADING_MS = 600_000;
const FEW = 1000;
const MANY = EXPLAINED_RECORDS;
const SORTS = ['createdAt', 'updatedAt', 'nextFollowUpAt', '-createdAt', '-updatedAt', '-nextFollowUpAt'];
const today = new Date().toISOString().slice(0, 10);

type Query = Record<string, string | number>;
type Role = 'manager' | 'employee';
const each = (query: Query, others: Query[]): Query[] => others.map((other) => ({ ...query, ...other }));
const sorts = SORTS.map((sort) => ({ sort }));
const deep = { page: 100, pageSize: 100 };
/** Whether a list is asked for as it is: then its page is walked and nothing else; a filter is compared key by key. */
const isWhole = (query: Query): boolean =>
  Object.keys(query).every((name) => /^(sort|page|pageSize)$/.test(name));

/** What one owner's customers are asked for, and what all of them are. */
const OF_BOTH: Query[] = [
  ...sorts,
  { status: 'contacted' },
  { status: '已签约', contractStatus: '待定' },
  { leadLevel: 'A类', serviceType: '保洁', status: 'matching' },
  { leadSource: '小红书', followUpFrom: '2020-01-01', createdTo: today },
  ...each({ leadLevel: 'A类' }, [{ sort: 'nextFollowUpAt' }, { sort: '-createdAt' }]),
  { keyword: '张' },
  { keyword: '13' },
  { keyword: '13', sort: '-createdAt' },
  { keyword: '张娜', leadLevel: 'A类', status: 'new' },
  { keyword: 'CUS00000000042' },
  deep,
];
const OF_ALL: Query[] = [
  {},
  { status: '已签约' },
  { contractStatus: '待定' },
  { leadSource: '小红书' },
  { serviceType: '保洁' },
  { createdFrom: '2026-01-01', createdTo: today },
  { createdFrom: today },
  { followUpFrom: '2020-01-01' },
  { followUpTo: today },
  ...each({ leadLevel: 'A类', followUpTo: today }, sorts),
  ...each({ leadLevel: 'A类' }, sorts),
  ...['张娜', 'z', 'zhangn', 'lq', '15101', '没有人', 'CUS99999999999'].map((keyword) => ({ keyword })),
  ...each({ keyword: '13' }, sorts),
  { keyword: '张', createdFrom: today },
  ...each(deep, [{ sort: '-createdAt' }, { keyword: '13' }, { status: 'new' }]),
];

interface Request {
  name: string;
  role: Role;
  /** `:id` stands for a customer with a history, `:employee` for its owner */
  path: string;
  query: Query;
}

const request = (role: Role, path: string, query: Query = {}): Request => {
  return { name: `${role} ${path} ${JSON.stringify(query)}`, role, path, query };
};
const REQUESTS: Request[] = [
  ...[...OF_ALL, ...OF_BOTH].map((query) => request('manager', '/list', query)),
  ...OF_BOTH.map((query) => request('employee', '/list', query)),
  request('manager', '/list', { assignedTo: ':employee', leadLevel: 'A类' }),
  request('manager', '/statistics'),
  request('employee', '/statistics'),
  request('manager', '/employees/list'),
  request('employee', '/:id'),
  ...([{}, { page: 3, pageSize: 100 }, { page: 9 }] as Query[]).flatMap((query) => [
    request('employee', '/:id/follow-ups', query),
    request('manager', '/:id/assignment-logs', query),
  ]),
];

onRealMongo('the reads of customers', () => {
  let app: TestApp;
  let owners: string[];
  /** by the name of a request: what the service sends to the database for it */
  const sent = new Map<string, Command[]>();
  beforeAll(async () => {
    app = await TestApp.start();
    const [manager, employee, another] = await Promise.all([
      app.asManager(),
      app.asEmployee(),
      app.asEmployee(),
    ]);
    owners = [employee.id, manager.id, another.id];
    await loadCustomers(app, { from: 0, to: FEW, owners });
    const customerId = (await employee.get(`${CUSTOMERS}/list`)).body.data.list[0].id;
    await loadHistory(app, customerId, 300, employee.id);
    const actors: Record<Role, Actor> = { manager, employee };
    for (const { name, role, path, query } of REQUESTS) {
      const filled = query['assignedTo'] ? { ...query, assignedTo: employee.id } : query;
      const commands = await readsOf(app, 'customer', async () => {
        const { status } = await actors[role].get(CUSTOMERS + path.replace(':id', customerId), filled);
        expect(status).toBe(200);
      });
      sent.set(name, commands);
    }
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d customers', (size) => {
    beforeAll(async () => {
      if (size > FEW) await loadCustomers(app, { from: FEW, to: size, owners });
      expect(await app.connection.collection('customers').countDocuments()).toBe(size);
    }, LOADING_MS);

    it.each(REQUESTS)('$name', async ({ name, path, query }) => {
      const commands = sent.get(name) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      // a customer's number leads to one document, which is read to see whether the other filters hold for it
      const read = String(query['keyword']).startsWith('CUS') ? 1 : 0;
      for (const command of commands) {
        const explained = await explain(app, command);
        expectBounded(explained, read);
        if (path === '/list' && isWhole(query) && explained.command === 'find')
          expect(explained.keysExamined).toBeLessThanOrEqual(walkOf(explained));
      }
    });
  });
});
