import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import type { DatabaseServer } from '../../src/database/server';

/** The server that the whole test run shares; the global set-up has started it or was given it. */
export function testDatabase(): DatabaseServer {
  const uri = process.env['TEST_MONGODB_URI'];
  if (!uri)
    throw new Error(
      'TEST_MONGODB_URI is not set: run the tests with jest, whose global set-up starts a database',
    );
  return {
    uri,
    embedded: process.env['TEST_DATABASE_KIND'] === 'embedded',
    observed: true,
    stop: async () => undefined,
  };
}

/** A database of one test file's own. */
export function freshDatabaseName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

/** Names of databases that have their collections and indexes, and no documents. */
const POOL = 'test_pool';
/** Dropping is cheaper than emptying beyond this. */
const MOST_TO_EMPTY = 2000;

/**
 * A database of one test file's own: one that an earlier file has left empty, or a new name. Making collections and
 * indexes costs a real MongoDB seconds.
 */
export function takeDatabase(): Promise<string> {
  return withClient(async (client) => {
    const free = await pool(client).findOneAndDelete({});
    return free?._id ?? freshDatabaseName();
  });
}

/** Leaves the database to a later file, without its documents. Nothing may write to it any more. */
export function returnDatabase(name: string): Promise<void> {
  return withClient(async (client) => {
    const database = client.db(name);
    const collections = await database.collections();
    const counts = await Promise.all(collections.map((each) => each.estimatedDocumentCount()));
    if (counts.some((count) => count > MOST_TO_EMPTY)) {
      await database.dropDatabase();
      return;
    }
    await Promise.all(collections.map((each) => each.deleteMany({})));
    await pool(client).insertOne({ _id: name });
  });
}

function pool(client: mongo.MongoClient): mongo.Collection<{ _id: string }> {
  return client.db(POOL).collection('free');
}

async function withClient<T>(work: (client: mongo.MongoClient) => Promise<T>): Promise<T> {
  const client = await mongo.MongoClient.connect(testDatabase().uri);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** What only a real MongoDB can show (explain, its own opcounters) is asserted there. */
export const onRealMongo = process.env['TEST_DATABASE_KIND'] === 'real' ? describe : describe.skip;
