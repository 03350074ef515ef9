import { ROLES, type Role } from '../../src/common/access/principal';
import { PUBLIC_ROUTES, STAFF_ROUTES } from '../contract/access-table';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';

/** Ends the session that asks, so it is called by somebody who is needed for nothing else. */
const ENDS_THE_SESSION = 'POST /api/auth/logout';

describe('access by role, over HTTP', () => {
  let app: TestApp;
  let staff: Record<Role, Actor>;
  beforeAll(async () => {
    app = await TestApp.start();
    staff = {
      admin: await app.asAdmin(),
      manager: await app.asManager(),
      employee: await app.asEmployee(),
      hr: await app.asHr(),
    };
  });
  afterAll(() => app.stop());

  const call = (caller: Actor, route: string): Promise<Answer> => {
    const [method = '', pattern = ''] = route.split(' ');
    return caller.send(method, pattern.replace(':id', '0'.repeat(24)), method === 'GET' ? undefined : {}, {});
  };

  it.each(Object.keys(STAFF_ROUTES))('%s wants a token', async (route) => {
    expect(await call(app.asGuest(), route)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  const cases = Object.entries(STAFF_ROUTES).flatMap(([route, roles]) =>
    ROLES.map((role) => ({ route, role, may: roles.includes(role) })),
  );

  it.each(cases.filter(({ may }) => !may))('$route is closed to $role', async ({ route, role }) => {
    expect(await call(staff[role], route)).toMatchObject(refusal('FORBIDDEN'));
  });

  it.each(cases.filter(({ may }) => may))('$route is open to $role', async ({ route, role }) => {
    const caller = route === ENDS_THE_SESSION ? await app.asStaff(role) : staff[role];
    const { status } = await call(caller, route);
    // the empty request may be wrong and its record missing, but it is not the caller's role
    expect([200, 400, 404]).toContain(status);
  });

  it.each(PUBLIC_ROUTES)('%s asks nobody who they are', async (route) => {
    const { status } = await call(app.asGuest().withToken('no token at all'), route);
    // there may be no such record, and no WeChat to be asked; but nobody is sent away for who they are
    expect([200, 400, 404, 503]).toContain(status);
  });
});
