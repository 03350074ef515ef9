import { Types } from 'mongoose';
import { ROLES } from '../../src/common/access/principal';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { EXPLAINED_RECORDS, type Command, expectAllBounded, readsOf } from '../support/explain';
import { phone, userInput } from '../support/factories';

const LOADING_MS = 600_000;
const FEW = 1000;
/** Here a database that chooses by itself looks for active employees among the active of all roles. */
const TIED = 2000;
const MANY = EXPLAINED_RECORDS;
const BATCH = 5000;
const HOUR_MS = 3_600_000;
const deep = { page: 3, pageSize: 100 };

type Query = Record<string, string | number>;

/** Nearly all are employees, and most of these have left; of the administrators nearly all are there. */
function account(n: number): object {
  const role = n % 20 ? 'employee' : ROLES[(n / 20) % ROLES.length];
  const at = new Date(Date.now() - n * HOUR_MS);
  return {
    _id: new Types.ObjectId(),
    username: `loaded-${n}`,
    usernameKey: `loaded-${n}`,
    name: '李静',
    role,
    active: role === 'employee' ? n % 10 === 1 : n % 300 !== 0,
    tokenVersion: 1,
    stateChangedAt: at,
    createdAt: at,
    updatedAt: at,
  };
}

const ROLE_FILTERS: Query[] = [{}, ...ROLES.map((role) => ({ role }))];
const STATE_FILTERS: Query[] = [{}, { active: 'true' }, { active: 'false' }];
const QUERIES: Query[] = [{}, deep].flatMap((page) =>
  ROLE_FILTERS.flatMap((role) => STATE_FILTERS.map((active): Query => ({ ...page, ...role, ...active }))),
);
const REQUESTS = QUERIES.map((query) => ({ name: JSON.stringify(query), query }));

onRealMongo('the reads of staff accounts', () => {
  let app: TestApp;
  const sent = new Map<string, Command[]>();
  const load = async (from: number, to: number) => {
    for (let start = from; start < to; start += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => account(start + i));
      await app.connection.collection('users').insertMany(rows, { ordered: false });
    }
  };
  beforeAll(async () => {
    app = await TestApp.start();
    const admin = await app.asAdmin();
    for (const { name, query } of REQUESTS) {
      const commands = await readsOf(app, 'users', async () => {
        expect((await admin.get('/api/users', query)).status).toBe(200);
      });
      sent.set(name, commands);
    }
    const { id } = (await admin.post('/api/users', { ...userInput(), role: 'admin' })).body.data;
    const demotion = await readsOf(app, 'users', async () => {
      expect((await admin.patch(`/api/users/${id}`, { role: 'hr', phone: phone() })).status).toBe(200);
    });
    sent.set('the last active administrator', demotion);
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([
    [0, FEW],
    [FEW, TIED],
    [TIED, MANY],
  ])('from %d to %d accounts', (before, size) => {
    beforeAll(() => load(before, size), LOADING_MS);

    it.each([...REQUESTS.map(({ name }) => name), 'the last active administrator'])('%s', async (name) => {
      await expectAllBounded(app, sent.get(name) ?? []);
    });
  });
});
