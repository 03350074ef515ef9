import type { Socket } from 'node:net';
import mongoose from 'mongoose';
import { MongoClient } from 'mongodb';
import { encode } from '../src/bson';
import { Embedded } from './support/embedded';
import { answer, ANSWER_PREFIX, frame, message, OP_QUERY, open } from './support/raw-socket';

const embedded = new Embedded();
beforeAll(() => embedded.start());
afterAll(() => embedded.stop());

const connectRaw = (): Promise<Socket> => open(embedded.server.port);

describe('the wire protocol', () => {
  it('answers the legacy greeting', async () => {
    const socket = await connectRaw();
    const name = Buffer.from('admin.$cmd\0');
    const body = Buffer.concat([Buffer.alloc(4), name, Buffer.alloc(8), encode({ ismaster: 1 })]);
    socket.write(frame(OP_QUERY, body));
    expect(await answer(socket, ANSWER_PREFIX.legacy)).toMatchObject({
      ismaster: true,
      setName: 'embedded',
      ok: 1,
    });
    socket.destroy();
  });

  it('reads messages that come in pieces, and several at once', async () => {
    const socket = await connectRaw();
    const ping = message({ ping: 1, $db: 'admin' });
    for (const byte of ping) socket.write(Buffer.from([byte]));
    expect(await answer(socket)).toEqual({ ok: 1 });
    socket.write(Buffer.concat([ping, ping, ping]));
    const length = ANSWER_PREFIX.message + encode({ ok: 1 }).length;
    let received = 0;
    for await (const chunk of socket) {
      received += (chunk as Buffer).length;
      if (received >= 3 * length) break;
    }
    expect(received).toBe(3 * length);
    socket.destroy();
  });

  it('tells drivers that it is there in a stream, as long as they listen', async () => {
    const client = new MongoClient(embedded.server.uri, { heartbeatFrequencyMS: 500 });
    const streamed = new Promise<void>((done) => {
      let beats = 0;
      client.on('serverHeartbeatSucceeded', ({ awaited }) => {
        if (awaited && ++beats === 3) done();
      });
    });
    await client.connect();
    await streamed;
    await client.close();
  });

  it('closes the connection of whoever sends something else', async () => {
    const socket = await connectRaw();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await closed;
    await embedded.db.command({ ping: 1 });
  });

  it('does unacknowledged writes', async () => {
    const client = await new MongoClient(embedded.server.uri, { writeConcern: { w: 0 } }).connect();
    await client.db('test').collection('quiet').insertOne({ a: 1 });
    await client.close();
    await embedded.db.collection('quiet').insertOne({ a: 2 });
    expect(await embedded.db.collection('quiet').countDocuments()).toBe(2);
  });

  it.each([
    ['an unknown command', { noSuchThing: 1 }, 59, 'CommandNotFound'],
    ['a command it lacks', { mapReduce: 'c' }, 115, 'CommandNotSupported'],
    ['an unknown field', { find: 'c', nothing: 1 }, 40415, 'Location40415'],
    ['a collation', { find: 'c', collation: { locale: 'en' } }, 115, 'CommandNotSupported'],
    ['a validator', { create: 'c', validator: {} }, 115, 'CommandNotSupported'],
    [
      'a change stream',
      { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} },
      40324,
      'Location40324',
    ],
  ])('refuses %s', async (_what, command, code, codeName) => {
    await expect(embedded.db.command(command)).rejects.toMatchObject({ code, codeName });
  });
});

describe('stored documents', () => {
  it('are answered in batches that fit into a message, however large they are', async () => {
    const collection = embedded.db.collection<{ _id: number; bytes: Buffer }>('large');
    const bytes = (_id: number): Buffer => Buffer.alloc(1_000_000, _id);
    await collection.insertMany(Array.from({ length: 40 }, (_, _id) => ({ _id, bytes: bytes(_id) })));
    await collection.insertOne({ _id: 40, bytes: Buffer.alloc(16 * 1024 * 1024 - 100) });
    expect(await collection.find({}, { batchSize: 1000 }).toArray()).toHaveLength(41);
    const all = collection.aggregate([{ $group: { _id: null, all: { $push: '$bytes' } } }]);
    await expect(all.toArray()).rejects.toMatchObject({ code: 10334 });
    await expect(collection.distinct('bytes')).rejects.toMatchObject({ ok: 0 });
    await expect(collection.insertOne({ _id: 41, bytes: Buffer.alloc(16 * 1024 * 1024) })).rejects.toThrow();
  });

  it('are the bytes that came, with _id in front', async () => {
    const socket = await connectRaw();
    const document = { z: 1.5, a: { nested: [1, 'x'] }, _id: 'last' };
    socket.write(message({ insert: 'raw', documents: [document], $db: 'test' }));
    expect(await answer(socket)).toEqual({ n: 1, ok: 1 });
    socket.destroy();
    const [raw] = await embedded.db.collection('raw').find({}, { raw: true }).toArray();
    expect(Buffer.from(raw as never).equals(encode({ _id: 'last', z: 1.5, a: { nested: [1, 'x'] } }))).toBe(
      true,
    );
  });
});

describe('mongoose', () => {
  it('makes indexes, validates uniqueness, populates and runs transactions', async () => {
    const connection = await mongoose.createConnection(embedded.server.uri, { dbName: 'models' }).asPromise();
    const Author = connection.model('Author', new mongoose.Schema({ name: { type: String, unique: true } }));
    const Book = connection.model(
      'Book',
      new mongoose.Schema(
        { title: String, author: { type: mongoose.Schema.Types.ObjectId, ref: 'Author' } },
        { timestamps: true },
      ),
    );
    await Author.init();
    const author = await Author.create({ name: 'Lu Xun' });
    await expect(Author.create({ name: 'Lu Xun' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { name: 1 },
    });
    await connection.transaction(async (session) => {
      await Book.create([{ title: 'Call to Arms', author: author._id }], { session });
    });
    const book = await Book.findOne().populate<{ author: { name: string } }>('author').lean();
    expect(book).toMatchObject({ title: 'Call to Arms', author: { name: 'Lu Xun' } });
    expect(book?.createdAt).toBeInstanceOf(Date);
    await connection.close();
  });
});
