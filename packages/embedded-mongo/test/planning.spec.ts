import fc from 'fast-check';
import type { Collection, Document } from 'mongodb';
import { Embedded, workDone } from './support/embedded';

const embedded = new Embedded();
beforeAll(() => embedded.start());
afterAll(() => embedded.stop());

const SIZE = 2000;
/** Entries looked at beyond those answered: the first chunk of a range, and what a point look-up touches. */
const SLACK = 8;

async function cost(
  run: (collection: Collection) => Promise<unknown>,
): Promise<{ result: unknown; looked: number }> {
  const before = await workDone(embedded.db);
  const result = await run(embedded.db.collection('planned'));
  const after = await workDone(embedded.db);
  return { result, looked: after.documents - before.documents };
}

describe('a planned query', () => {
  beforeAll(async () => {
    const collection = embedded.db.collection('planned');
    await collection.insertMany(
      Array.from({ length: SIZE }, (_, i) => ({
        n: i,
        name: `name${String(i).padStart(5, '0')}`,
        owner: i % 20,
        at: new Date(1.7e12 + ((i * 7919) % SIZE) * 1000),
        tags: [`t${i % 50}`, `u${i % 3}`],
        deleted: i % 10 === 0,
      })),
    );
    await collection.createIndexes([
      { key: { n: 1 } },
      { key: { name: 1 } },
      { key: { owner: 1, at: -1 } },
      { key: { tags: 1 } },
      { key: { at: 1 }, name: 'live', partialFilterExpression: { deleted: false } },
    ]);
  });

  it.each<[string, number, (c: Collection) => Promise<unknown>]>([
    ['by _id', 1, async (c) => c.findOne({ _id: (await c.findOne({}))?._id })],
    ['by an indexed field', 1, (c) => c.find({ n: 77 }).toArray()],
    ['by a range', 10, (c) => c.find({ n: { $gte: 100, $lt: 110 } }).toArray()],
    ['by $in', 3, (c) => c.find({ n: { $in: [3, 5, 1999] } }).toArray()],
    ['by an element of an array', SIZE / 50, (c) => c.find({ tags: 't7' }).toArray()],
    [
      'for a page in the order of an index',
      20,
      (c) => c.find({ owner: 3 }).sort({ at: -1 }).limit(20).toArray(),
    ],
    ['for a page in the reverse order', 20, (c) => c.find({ owner: 3 }).sort({ at: 1 }).limit(20).toArray()],
    ['for a second page', 40, (c) => c.find({ owner: 3 }).sort({ at: -1 }).skip(20).limit(20).toArray()],
    ['through a partial index', 5, (c) => c.find({ deleted: false }).sort({ at: -1 }).limit(5).toArray()],
    [
      'of an aggregation',
      5,
      (c) => c.aggregate([{ $match: { owner: 3 } }, { $sort: { at: -1 } }, { $limit: 5 }]).toArray(),
    ],
    ['to update', 1, (c) => c.updateOne({ n: 5 }, { $set: { seen: true } })],
  ])('%s looks at about %d documents', async (_name, expected, run) => {
    const { looked } = await cost(run);
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThanOrEqual(expected + SLACK);
  });

  it('counts an equality without reading documents', async () => {
    const { result, looked } = await cost((c) => c.countDocuments({ owner: 3 }));
    expect(result).toBe(SIZE / 20);
    expect(looked).toBe(0);
  });

  it.each<[string, object, number]>([
    ['of several values', { owner: { $in: [3, 4, 4] } }, SIZE / 10],
    ['of null, for what is missing', { n: null }, 0],
  ])('counts an equality %s so too', async (_what, filter, expected) => {
    const { result, looked } = await cost((c) => c.countDocuments(filter));
    expect(result).toBe(expected);
    expect(looked).toBe(0);
  });

  it('scans without an index', async () => {
    const { looked } = await cost((c) => c.find({ missing: 1 }).toArray());
    expect(looked).toBe(SIZE);
  });

  it('refuses a hint that names no index', async () => {
    await expect(embedded.db.collection('planned').find({}).hint('nothing').toArray()).rejects.toMatchObject({
      code: 2,
    });
  });
});

const small = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constantFrom<unknown>('a', 'b', null, 1.5, true));
const fieldValue = fc.oneof({ weight: 3, arbitrary: small }, fc.array(small, { maxLength: 3 }));
const documents = fc.array(fc.record({ a: fieldValue, b: small, c: small }, { requiredKeys: [] }), {
  maxLength: 25,
});
const condition: fc.Arbitrary<unknown> = fc.oneof(
  small,
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$ne', '$eq'), small)
    .map(([op, value]) => ({ [op]: value })),
  fc.tuple(small, small).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(small, { maxLength: 3 }).map((values) => ({ $in: values })),
  fc.constantFrom({ $exists: true }, { $exists: false }, { $type: 'number' }),
);
const filters = fc.record(
  { a: condition, b: condition, c: condition },
  { requiredKeys: [] },
) as fc.Arbitrary<Document>;
const sorts = fc.constantFrom<Document>(
  {},
  { a: 1 },
  { b: 1, a: -1 },
  { b: -1, c: 1 },
  { c: 1 },
  { a: -1, b: -1 },
);
const indexes = fc.subarray<Document>([
  { key: { a: 1 } },
  { key: { a: 1, b: -1 } },
  { key: { b: 1, c: 1 } },
  { key: { c: -1 }, sparse: true },
  { key: { b: 1 }, name: 'partial', partialFilterExpression: { c: { $exists: true } } },
]);

describe('any query', () => {
  it('finds through indexes what it finds without them, in an order that is as sorted', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        documents,
        indexes,
        fc.array(fc.tuple(filters, sorts), { minLength: 1, maxLength: 5 }),
        async (docs, keys, queries) => {
          round += 1;
          const bare = embedded.db.collection(`bare${round}`);
          const indexed = embedded.db.collection(`indexed${round}`);
          const rows = docs.map((doc, _id) => ({ _id: _id as never, ...doc }));
          if (keys.length > 0) await indexed.createIndexes(keys as never);
          if (rows.length > 0) await Promise.all([bare.insertMany(rows), indexed.insertMany(rows)]);
          for (const [filter, sort] of queries) {
            // With _id as the last key the order is fully determined.
            const [expected, found] = await Promise.all(
              [bare, indexed].map((c) =>
                c
                  .find(filter)
                  .sort({ ...sort, _id: 1 })
                  .toArray(),
              ),
            );
            expect(found).toEqual(expected);
            const unsorted = await indexed.find(filter).sort(sort).toArray();
            expect(unsorted.length).toBe(expected?.length);
            expect(await indexed.countDocuments(filter)).toBe(expected?.length);
          }
          await Promise.all([bare.drop(), indexed.drop()]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
