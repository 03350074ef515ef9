import { Types } from 'mongoose';
import { formatShanghaiDay } from '../../src/common/time/shanghai';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { EXPLAINED_RECORDS, type Command, expectAllBounded, readsOf } from '../support/explain';

const LOADING_MS = 600_000;
const FEW = 1000;
const MANY = EXPLAINED_RECORDS;
const BATCH = 5000;
const HOUR_MS = 3_600_000;
const ENTITIES = ['customer', 'resume', 'user', 'article', 'banner'];
const lastWeek = formatShanghaiDay(new Date(Date.now() - 7 * 24 * HOUR_MS));
const days = { from: lastWeek, to: formatShanghaiDay(new Date()) };
const deep = { page: 3, pageSize: 100 };

type Query = Record<string, string | number>;

/** Half of all changes are made to customers, half by one actor, and one record is changed again and again. */
function change(n: number): object {
  return {
    _id: new Types.ObjectId(),
    entity: n % 2 ? 'customer' : ENTITIES[n % 5],
    entityId: n % 3 ? `record-${n % 997}` : 'record-busy',
    action: 'update',
    actorId: n % 2 ? `actor-${n % 101}` : 'actor-busy',
    actorName: '李静',
    before: { status: 'new' },
    after: { status: 'contacted' },
    requestId: `request-${n}`,
    at: new Date(Date.now() - (n % 500) * HOUR_MS),
  };
}

const ENTITY_FILTERS: Query[] = [{}, { entity: 'customer' }, { entity: 'banner' }, { entity: 'nothing' }];
const RECORD_FILTERS: Query[] = [{}, { entityId: 'record-busy' }, { entityId: 'record-7' }];
const ACTOR_FILTERS: Query[] = [{}, { actorId: 'actor-busy' }, { actorId: 'actor-3' }];
/** Every way in which the filters combine, what is rare with what is common among them. */
const QUERIES: Query[] = [
  ...ENTITY_FILTERS.flatMap((entity) =>
    RECORD_FILTERS.flatMap((record) =>
      ACTOR_FILTERS.flatMap((actor) =>
        [{}, days].map((range): Query => ({ ...entity, ...record, ...actor, ...range })),
      ),
    ),
  ),
  deep,
  { ...deep, entity: 'customer', actorId: 'actor-3' },
  { ...deep, entityId: 'record-busy', actorId: 'actor-busy' },
  { from: lastWeek },
  { to: lastWeek, entity: 'user', actorId: 'actor-busy' },
];
const REQUESTS = QUERIES.map((query) => ({ name: JSON.stringify(query), query }));

onRealMongo('the reads of the audit trail', () => {
  let app: TestApp;
  const sent = new Map<string, Command[]>();
  const load = async (from: number, to: number) => {
    for (let start = from; start < to; start += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => change(start + i));
      await app.connection.collection('audit_logs').insertMany(rows, { ordered: false });
    }
  };
  beforeAll(async () => {
    app = await TestApp.start();
    const admin = await app.asAdmin();
    for (const { name, query } of REQUESTS) {
      const commands = await readsOf(app, 'audit_logs', async () => {
        expect((await admin.get('/api/audit-logs', query)).status).toBe(200);
      });
      sent.set(name, commands);
    }
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d records', (size) => {
    beforeAll(() => load(size === FEW ? 0 : FEW, size), LOADING_MS);

    it.each(REQUESTS)('$name', async ({ name }) => {
      expect(sent.get(name)).toHaveLength(2);
      await expectAllBounded(app, sent.get(name) ?? []);
    });
  });
});
