import { setTimeout as sleep } from 'node:timers/promises';
import { Embedded } from './support/embedded';

const embedded = new Embedded();
beforeAll(() => embedded.start());
afterAll(() => embedded.stop());

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isTrue()) return;
    await sleep(100);
  }
  throw new Error('did not come true within ten seconds');
}

describe('indexes', () => {
  it('expire documents when their time has come, and only those', async () => {
    const collection = embedded.db.collection('expiring');
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    const now = Date.now();
    await collection.insertMany([
      { name: 'due', at: new Date(now - 61_000) },
      { name: 'not due', at: new Date(now) },
      { name: 'due by one element', at: [new Date(now), new Date(now - 61_000)] },
      { name: 'no date', at: 'yesterday' },
      { name: 'nothing' },
    ]);
    await until(async () => (await collection.countDocuments({ name: /^due/ })) === 0);
    expect((await collection.distinct('name')).sort()).toEqual(['no date', 'not due', 'nothing']);
  });

  it('expire what a transaction has written, which fails then', async () => {
    const collection = embedded.db.collection('expiringLater');
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
    const { insertedId: _id } = await collection.insertOne({ at: new Date(Date.now() + 500) });
    const session = embedded.client.startSession();
    session.startTransaction();
    await collection.updateOne({ _id }, { $set: { seen: true } }, { session });
    await until(async () => (await collection.countDocuments()) === 0);
    await expect(session.commitTransaction()).rejects.toMatchObject({ code: 112 });
    await session.endSession();
    expect(await collection.countDocuments()).toBe(0);
  });

  it('and documents are there again after a restart', async () => {
    const collection = embedded.db.collection('kept');
    await collection.createIndex({ email: 1 }, { unique: true });
    await collection.createIndex({ tags: 1 });
    await collection.insertMany([{ email: 'a', tags: ['x', 'y'] }, { email: 'b' }]);
    await embedded.restart();
    const again = embedded.db.collection('kept');
    expect(await again.countDocuments()).toBe(2);
    expect(await again.estimatedDocumentCount()).toBe(2);
    expect((await again.indexes()).map(({ name }) => name)).toEqual(['_id_', 'email_1', 'tags_1']);
    await expect(again.insertOne({ email: 'a' })).rejects.toMatchObject({
      code: 11000,
      keyValue: { email: 'a' },
    });
    expect(await again.countDocuments({ tags: 'y' })).toBe(1);
  });

  it('hold long entries', async () => {
    const collection = embedded.db.collection('long');
    await collection.createIndex({ text: 1 });
    const text = 'x'.repeat(30_000);
    await collection.insertMany([{ text: 'short' }, { text }]);
    expect(await collection.countDocuments({ text })).toBe(1);
    expect(await collection.countDocuments({ text: { $lt: text } })).toBe(1);
  });

  it('let unique keys change hands within one command', async () => {
    const collection = embedded.db.collection('swap');
    await collection.createIndex({ place: 1 }, { unique: true });
    await collection.insertMany([
      { _id: 1 as never, place: 1 },
      { _id: 2 as never, place: 2 },
    ]);
    await collection.bulkWrite([
      { updateOne: { filter: { _id: 1 as never }, update: { $set: { place: 0 } } } },
      { updateOne: { filter: { _id: 2 as never }, update: { $set: { place: 1 } } } },
      { updateOne: { filter: { _id: 1 as never }, update: { $set: { place: 2 } } } },
    ]);
    expect(await collection.findOne({ place: 1 })).toMatchObject({ _id: 2 });
    expect(await collection.findOne({ place: 2 })).toMatchObject({ _id: 1 });
    await expect(collection.insertOne({ place: 2 })).rejects.toMatchObject({ code: 11000 });
  });

  it.each([
    ['text', { title: 'text' }],
    ['hashed', { title: 'hashed' }],
  ])('of the kind %s are refused', async (_kind, key) => {
    await expect(embedded.db.collection('kinds').createIndex(key as never)).rejects.toMatchObject({
      code: 115,
    });
  });
});
