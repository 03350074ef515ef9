import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, NOBODY } from '../support/customers';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

interface Route {
  method: 'GET' | 'POST' | 'PATCH';
  /** with `:id` for the routes of one customer */
  path: string;
  body?: () => unknown;
  managersOnly?: boolean;
}

const ROUTES: Route[] = [
  { method: 'GET', path: '/statistics' },
  { method: 'GET', path: '/list' },
  { method: 'POST', path: '/create', body: () => customerInput() },
  { method: 'GET', path: '/employees/list', managersOnly: true },
  { method: 'GET', path: '/:id' },
  { method: 'PATCH', path: '/:id', body: () => ({ notes: '已联系' }) },
  { method: 'PATCH', path: '/:id/assign', body: () => ({ assignedTo: NOBODY }), managersOnly: true },
  { method: 'POST', path: '/:id/follow-ups', body: () => ({ content: '已联系' }) },
  { method: 'GET', path: '/:id/follow-ups' },
  { method: 'GET', path: '/:id/assignment-logs', managersOnly: true },
];
const OF_ONE = ROUTES.filter(({ path }) => path.includes(':id'));

const name = ({ method, path }: Route): string => `${method} ${path}`;
const each = (routes: Route[]) => routes.map((route) => [name(route), route] as const);

describe('who may do what with customers', () => {
  let app: TestApp;
  let actors: Record<'admin' | 'manager' | 'employee' | 'colleague' | 'hr' | 'guest', Actor>;
  let owned: { id: string };
  beforeAll(async () => {
    app = await TestApp.start();
    const [admin, manager, employee, colleague, hr] = await Promise.all([
      app.asAdmin(),
      app.asManager(),
      app.asEmployee(),
      app.asEmployee(),
      app.asHr(),
    ]);
    actors = { admin, manager, employee, colleague, hr, guest: app.asGuest() };
    owned = await createCustomer(employee);
  });
  afterAll(() => app.stop());

  const call = (actor: Actor, { method, path, body }: Route, id = owned.id) =>
    actor.send(method, CUSTOMERS + path.replace(':id', id), body?.(), {});

  it.each(each(ROUTES))('%s needs a token', async (_, route) => {
    expect(await call(actors.guest, route)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it.each(each(ROUTES))('%s is closed to interviewers', async (_, route) => {
    expect(await call(actors.hr, route)).toMatchObject(refusal('FORBIDDEN'));
  });

  it.each(each(ROUTES.filter(({ managersOnly }) => managersOnly)))(
    '%s is closed to employees, even for a customer of their own',
    async (_, route) => {
      expect(await call(actors.employee, route)).toMatchObject(refusal('FORBIDDEN'));
    },
  );

  it.each(each(ROUTES.filter(({ managersOnly }) => !managersOnly)))(
    '%s is open to the owner',
    async (_, route) => {
      expect((await call(actors.employee, route)).status).toBe(200);
    },
  );

  it.each(each(OF_ONE.filter(({ managersOnly }) => !managersOnly)))(
    "%s is FORBIDDEN for somebody else's customer and for nobody's",
    async (_, route) => {
      const nobodys = await createCustomer(actors.manager);
      expect(await call(actors.colleague, route)).toMatchObject(refusal('FORBIDDEN'));
      expect(await call(actors.colleague, route, nobodys.id)).toMatchObject(refusal('FORBIDDEN'));
    },
  );

  it('a refused change leaves no trace', async () => {
    const before = (await actors.manager.get(`${CUSTOMERS}/${owned.id}`)).body.data;
    await actors.colleague.patch(`${CUSTOMERS}/${owned.id}`, { notes: 'mine now' });
    await actors.colleague.post(`${CUSTOMERS}/${owned.id}/follow-ups`, {
      content: 'mine now',
      status: 'lost',
    });
    expect((await actors.manager.get(`${CUSTOMERS}/${owned.id}`)).body.data).toEqual(before);
  });

  describe.each(['admin', 'manager'] as const)('the %s', (role) => {
    it.each(each(ROUTES.filter(({ path }) => !path.endsWith('assign'))))('may %s', async (_, route) => {
      expect((await call(actors[role], route)).status).toBe(200);
    });

    it('may assign', async () => {
      const { id } = await createCustomer(actors.manager);
      const assigned = await actors[role].patch(`${CUSTOMERS}/${id}/assign`, {
        assignedTo: actors.employee.id,
      });
      expect(assigned.body.data).toMatchObject({
        assignedTo: actors.employee.id,
        assignedBy: actors[role].id,
      });
    });
  });

  it.each(each(OF_ONE))('%s answers NOT_FOUND for a customer that does not exist', async (_, route) => {
    expect(await call(actors.manager, route, NOBODY)).toMatchObject(refusal('NOT_FOUND'));
  });

  it.each(each(OF_ONE.filter(({ managersOnly }) => !managersOnly)))(
    '%s answers NOT_FOUND to an employee too',
    async (_, route) => {
      expect(await call(actors.employee, route, NOBODY)).toMatchObject(refusal('NOT_FOUND'));
    },
  );

  it.each(each(OF_ONE))('%s refuses an id that is none', async (_, route) => {
    for (const id of ['42', 'CUS00000000001', `${NOBODY}0`, 'gggggggggggggggggggggggg', '%7B%24ne%3A1%7D'])
      expect(await call(actors.manager, route, id)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
  });

  it('an employee loses sight of a customer that is given away, and the new owner gains it', async () => {
    const { id } = await createCustomer(actors.employee);
    await actors.manager.patch(`${CUSTOMERS}/${id}/assign`, { assignedTo: actors.colleague.id });
    expect(await actors.employee.get(`${CUSTOMERS}/${id}`)).toMatchObject(refusal('FORBIDDEN'));
    expect((await actors.colleague.get(`${CUSTOMERS}/${id}`)).status).toBe(200);
  });
});
