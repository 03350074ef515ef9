import { Long, MongoClient, UUID, type ClientSession, type Collection } from 'mongodb';
import { Embedded } from './support/embedded';
import { answer, message, open } from './support/raw-socket';

interface Account {
  _id: string;
  balance: number;
}

const embedded = new Embedded();
let accounts: Collection<Account>;

beforeAll(() => embedded.start());
afterAll(() => embedded.stop());
beforeEach(async () => {
  accounts = embedded.db.collection<Account>('accounts');
  await accounts.deleteMany({});
  await accounts.insertMany([
    { _id: 'a', balance: 100 },
    { _id: 'b', balance: 0 },
  ]);
});

async function inTransaction<T>(run: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = embedded.client.startSession();
  try {
    session.startTransaction();
    return await run(session);
  } finally {
    await session.endSession();
  }
}

const balance = async (id: string, session?: ClientSession): Promise<number | undefined> =>
  (await accounts.findOne({ _id: id }, session ? { session } : {}))?.balance;

describe('a transaction', () => {
  it('is seen by nobody else until it commits, then at once', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -30 } }, { session });
      await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 30 } }, { session });
      await accounts.insertOne({ _id: 'c', balance: 1 }, { session });
      expect(await balance('a', session)).toBe(70);
      expect(await accounts.countDocuments({}, { session })).toBe(3);
      expect(await balance('a')).toBe(100);
      expect(await accounts.countDocuments()).toBe(2);
      await session.commitTransaction();
    });
    expect(await balance('a')).toBe(70);
    expect(await balance('b')).toBe(30);
    expect(await accounts.countDocuments()).toBe(3);
  });

  it('leaves nothing behind when it is aborted', async () => {
    await inTransaction(async (session) => {
      await accounts.deleteOne({ _id: 'a' }, { session });
      await accounts.insertOne({ _id: 'c', balance: 1 }, { session });
      await session.abortTransaction();
    });
    expect(await accounts.distinct('_id')).toEqual(['a', 'b']);
    await accounts.insertOne({ _id: 'c', balance: 2 });
  });

  it('reads, beside its own writes, what others have committed', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 1 } }, { session });
      await accounts.insertOne({ _id: 'd', balance: 5 });
      const found = await accounts
        .find({ balance: { $gt: 0 } }, { session, sort: { balance: -1 } })
        .toArray();
      expect(found.map(({ _id }) => _id)).toEqual(['d', 'a']);
      await session.abortTransaction();
    });
  });

  it('conflicts when it writes what has changed since it began', async () => {
    await inTransaction(async (session) => {
      await balance('a', session);
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } });
      const write = accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session });
      await expect(write).rejects.toMatchObject({ code: 112, errorLabels: ['TransientTransactionError'] });
      await expect(session.commitTransaction()).rejects.toMatchObject({ code: 251 });
    });
    expect(await balance('a')).toBe(101);
  });

  const isConflict = { code: 112, errorLabels: ['TransientTransactionError'] };

  it('conflicts with another one on the same document, which commits first', async () => {
    await inTransaction(async (first) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: first });
      await inTransaction(async (second) => {
        await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 10 } }, { session: second });
        await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 10 } }, { session: second });
        await first.commitTransaction();
        await expect(second.commitTransaction()).rejects.toMatchObject(isConflict);
      });
    });
    expect(await balance('a')).toBe(101);
    expect(await balance('b')).toBe(0);
  });

  it('conflicts with another one on the same unique key', async () => {
    await inTransaction(async (first) => {
      await accounts.insertOne({ _id: 'x', balance: 1 }, { session: first });
      await inTransaction(async (second) => {
        await accounts.insertOne({ _id: 'x', balance: 2 }, { session: second });
        await first.commitTransaction();
        await expect(second.commitTransaction()).rejects.toMatchObject(isConflict);
      });
    });
    expect(await balance('x')).toBe(1);
  });

  it('gives way to a plain write of the same document', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -50 } }, { session });
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } });
      expect(await balance('a')).toBe(101);
      await expect(session.commitTransaction()).rejects.toMatchObject(isConflict);
    });
    expect(await balance('a')).toBe(101);
  });

  it('is aborted when its client has gone', async () => {
    const client = await new MongoClient(embedded.server.uri).connect();
    const session = client.startSession();
    session.startTransaction();
    await client
      .db('test')
      .collection<Account>('accounts')
      .updateOne({ _id: 'a' }, { $inc: { balance: -50 } }, { session });
    await client.close();
    await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } });
    expect(await balance('a')).toBe(101);
  });

  it('keeps what others did, whichever way they meet', async () => {
    const add = (): Promise<void> =>
      embedded.client.withSession((session) =>
        session.withTransaction(async () => {
          const before = await balance('a', session);
          await accounts.updateOne({ _id: 'a' }, { $set: { balance: (before ?? 0) + 1 } }, { session });
        }),
      );
    await Promise.all([
      ...Array.from({ length: 12 }, add),
      ...Array.from({ length: 12 }, () => accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } })),
    ]);
    expect(await balance('a')).toBe(124);
  });

  it('moves money without making or losing any', async () => {
    const transfer = (from: string, to: string): Promise<void> =>
      embedded.client.withSession((session) =>
        session.withTransaction(async () => {
          await accounts.updateOne({ _id: from }, { $inc: { balance: -7 } }, { session });
          await accounts.updateOne({ _id: to }, { $inc: { balance: 7 } }, { session });
        }),
      );
    const transfers = Array.from({ length: 10 }, (_, i) => (i % 2 ? transfer('a', 'b') : transfer('b', 'a')));
    for (let i = 0; i < 20; i++) {
      const [row] = await accounts
        .aggregate([{ $group: { _id: null, total: { $sum: '$balance' } } }])
        .toArray();
      expect(row).toMatchObject({ total: 100 });
    }
    await Promise.all(transfers);
    expect(((await balance('a')) ?? 0) + ((await balance('b')) ?? 0)).toBe(100);
  });
});

describe('a retryable write', () => {
  it('is done once, however often it is sent', async () => {
    const update = message({
      update: 'accounts',
      updates: [{ q: { _id: 'a' }, u: { $inc: { balance: 1 } } }],
      lsid: { id: new UUID() },
      txnNumber: Long.fromNumber(1),
      $db: 'test',
    });
    const send = async (): Promise<unknown> => {
      const socket = await open(embedded.server.port);
      socket.write(update);
      return answer(socket).finally(() => socket.destroy());
    };
    await Promise.all([send(), send()]);
    expect(await send()).toMatchObject({ n: 1, nModified: 1 });
    expect(await balance('a')).toBe(101);
  });
});
