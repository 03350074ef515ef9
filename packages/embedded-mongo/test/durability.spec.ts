import { MongoClient, type Document } from 'mongodb';
import { spawnServer, type SpawnedServer } from '../src';
import { build, removeDirectory, temporaryDirectory } from './support/embedded';

const KILLS = 10;
const dataDir = temporaryDirectory();

beforeAll(build);
afterAll(() => removeDirectory(dataDir));

interface Writing {
  /** Numbers of single inserts that were acknowledged. */
  singles: number[];
  /** Numbers of transactions, of two inserts and an update each, that were acknowledged. */
  pairs: number[];
}

/** Writes until the server is gone, noting what it has acknowledged. */
async function writeUntilKilled(client: MongoClient, round: number): Promise<Writing> {
  const db = client.db('durable');
  const done: Writing = { singles: [], pairs: [] };
  let next = round * 1_000_000;
  const single = async (): Promise<void> => {
    for (;;) {
      const n = next++;
      await db.collection('singles').insertOne({ n });
      done.singles.push(n);
    }
  };
  const pair = async (): Promise<void> => {
    for (;;) {
      const n = next++;
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await db.collection('left').insertOne({ n }, { session });
          await db.collection('right').insertOne({ n }, { session });
          await db
            .collection('totals')
            .updateOne({ worker: n % 3 }, { $inc: { count: 1 } }, { session, upsert: true });
        }),
      );
      done.pairs.push(n);
    }
  };
  const writers = [single(), single(), single(), pair(), pair()];
  await Promise.allSettled(writers);
  return done;
}

const numbers = (rows: Document[]): Set<number> => new Set(rows.map((row) => row['n'] as number));

async function connect(server: SpawnedServer): Promise<MongoClient> {
  return new MongoClient(server.uri, { retryWrites: false, serverSelectionTimeoutMS: 300 }).connect();
}

describe('a server killed while it is written to', () => {
  it(`has kept every acknowledged write and no half transaction, ${KILLS} times over`, async () => {
    const all: Writing = { singles: [], pairs: [] };
    for (let round = 1; round <= KILLS; round++) {
      const server = await spawnServer({ dataDir });
      const client = await connect(server);
      const writing = writeUntilKilled(client, round);
      await new Promise((resolve) => setTimeout(resolve, 150 + round * 30));
      process.kill(server.pid, 'SIGKILL');
      const { singles, pairs } = await writing;
      await client.close().catch(() => undefined);
      await server.stop();
      all.singles.push(...singles);
      all.pairs.push(...pairs);
    }
    expect(all.singles.length).toBeGreaterThan(KILLS);
    expect(all.pairs.length).toBeGreaterThan(KILLS);

    const server = await spawnServer({ dataDir });
    const client = await connect(server);
    const db = client.db('durable');
    const [singles, left, right] = (await Promise.all(
      ['singles', 'left', 'right'].map(async (name) => numbers(await db.collection(name).find().toArray())),
    )) as [Set<number>, Set<number>, Set<number>];
    expect(all.singles.filter((n) => !singles.has(n))).toEqual([]);
    expect(all.pairs.filter((n) => !left.has(n))).toEqual([]);
    expect([...left].sort()).toEqual([...right].sort());
    const totals = await db.collection('totals').find().toArray();
    expect(totals.reduce((sum, row) => sum + (row['count'] as number), 0)).toBe(left.size);
    await client.close();
    await server.stop();
  }, 120_000);
});
