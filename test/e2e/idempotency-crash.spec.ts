import mongoose, { type Connection } from 'mongoose';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';
import { asBoss, BOSS, endSession, onTestDatabase, ServiceProcess } from '../support/service-process';

const CREATE = '/api/customers/miniprogram/create';
const JWT_SECRET = 'shared by both processes of this test';

describe('a service that is killed between the claim on a key and its result', () => {
  const database = freshDatabaseName();
  let proxy: DatabaseProxy;
  let survivor: ServiceProcess;
  let connection: Connection;

  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    survivor = await ServiceProcess.start({ ...onTestDatabase(database), ...BOSS, JWT_SECRET });
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
  });
  afterAll(async () => {
    await connection.dropDatabase();
    await connection.close();
    await ServiceProcess.endAll();
    await proxy.cut();
  });

  it('leaves no record; the key is in progress for its lease, and then makes exactly one', async () => {
    const victim = await ServiceProcess.start({
      ...onTestDatabase(database),
      MONGODB_URI: proxy.uri,
      JWT_SECRET,
    });
    const boss = await asBoss(victim);
    const input = customerInput();
    const key = { 'idempotency-key': 'survives-a-crash' };

    const atCommit = proxy.holdAt('commitTransaction');
    const outcome = boss.post(CREATE, input, key).then(
      () => 'answered',
      () => 'lost',
    );
    const { lsid } = await atCommit;
    await victim.kill();
    expect(await outcome).toBe('lost');
    await proxy.cut();
    await endSession(lsid);

    const elsewhere = boss.at(survivor.url);
    const customers = connection.collection('customers');
    const waiting = await elsewhere.post(CREATE, input, key);
    expect(waiting).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
    const retryAfter = Number(waiting.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await customers.countDocuments({ phone: input.phone })).toBe(0);

    await connection
      .collection('idempotency_claims')
      .updateOne({ answer: { $exists: false } }, { $set: { leaseEndsAt: new Date() } });
    const second = await elsewhere.post(CREATE, input, key);
    expect(second).toMatchObject({ status: 200, body: { data: { phone: input.phone } } });
    expect(await customers.countDocuments({ phone: input.phone })).toBe(1);
    expect((await elsewhere.post(CREATE, input, key)).text).toBe(second.text);
  });

  it('has its answer replayed by another process when it had finished', async () => {
    const first = await ServiceProcess.start({ ...onTestDatabase(database), JWT_SECRET });
    const boss = await asBoss(first);
    const input = customerInput();
    const key = { 'idempotency-key': 'finished-before-the-crash' };
    const made = await boss.post(CREATE, input, key);
    await first.kill();
    const again = await boss.at(survivor.url).post(CREATE, input, key);
    expect(again).toMatchObject({ status: 200, text: made.text });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});
