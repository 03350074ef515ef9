import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS } from '../support/customers';

type Request = (actor: Actor, id: string) => Promise<unknown>;

const list =
  (query: Record<string, string>): Request =>
  (actor) =>
    actor.get(`${CUSTOMERS}/list`, query);
const get =
  (path: string): Request =>
  (actor, id) =>
    actor.get(`${CUSTOMERS}/${id}${path}`);

/** What each read asks of the database, whatever number of records there are. */
const READS: [name: string, request: Request, calls: string[]][] = [
  ['list', list({}), ['count customers', 'find customers']],
  ['list with filters', list({ status: 'new', leadLevel: 'A类' }), ['aggregate customers', 'find customers']],
  ['list by keyword', list({ keyword: 'zhang' }), ['aggregate customers', 'find customers']],
  [
    'list by keyword in another order',
    list({ keyword: 'zhang', sort: '-createdAt' }),
    ['aggregate customers', 'find customers', 'find customers'],
  ],
  [
    'statistics',
    (actor) => actor.get(`${CUSTOMERS}/statistics`),
    Array<string>(4).fill('aggregate customers'),
  ],
  ['employees/list', (actor) => actor.get(`${CUSTOMERS}/employees/list`), ['aggregate customers']],
  ['detail', get(''), ['find customers']],
  [
    'follow-ups',
    get('/follow-ups'),
    ['aggregate customer_follow_ups', 'find customer_follow_ups', 'find customers'],
  ],
  [
    'assignment-logs',
    get('/assignment-logs'),
    ['aggregate customer_assignment_logs', 'find customer_assignment_logs', 'find customers'],
  ],
];

describe('database calls of a request', () => {
  let app: TestApp;
  let manager: Actor;
  let id: string;
  beforeAll(async () => {
    app = await TestApp.start();
    const staff = await Promise.all([app.asManager(), app.asEmployee(), app.asEmployee(), app.asEmployee()]);
    manager = staff[0];
    const created = await Promise.all(
      Array.from({ length: 12 }, (_, i) => createCustomer(manager, { assignedTo: staff[i % 4]!.id })),
    );
    id = created[0].id;
    for (const { id: target } of staff)
      await manager.patch(`${CUSTOMERS}/${id}/assign`, { assignedTo: target });
    for (let i = 0; i < 12; i++)
      await staff[3].post(`${CUSTOMERS}/${id}/follow-ups`, { content: `第 ${i} 次` });
  });
  afterAll(() => app.stop());

  it.each(READS)(
    '%s: a fixed few, none of them per row or for the access check',
    async (_, request, expected) => {
      const calls = await app.databaseCalls(() => request(manager, id));
      expect(calls.sort()).toEqual(expected);
    },
  );
});
