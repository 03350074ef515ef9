import mongoose, { type Connection } from 'mongoose';
import type { Actor } from '../support/actor';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { customerInput } from '../support/factories';
import { createResume, jpeg, openFile, resumeOf, upload } from '../support/files';
import { refusal } from '../support/refusal';
import {
  asBoss,
  BOSS,
  endSession,
  freshDataDir,
  onTestDatabase,
  ServiceProcess,
} from '../support/service-process';

const CREATE = '/api/customers/miniprogram/create';
const JWT_SECRET = 'shared by both processes of this test';

describe('a service that is killed between the claim on a key and its result', () => {
  const database = freshDatabaseName();
  const shared = { JWT_SECRET, STORAGE_DIR: freshDataDir() };
  let proxy: DatabaseProxy;
  let survivor: ServiceProcess;
  let connection: Connection;

  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    survivor = await ServiceProcess.start({ ...onTestDatabase(database), ...BOSS, ...shared });
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
  });
  afterAll(async () => {
    await connection.dropDatabase();
    await connection.close();
    await ServiceProcess.endAll();
    await proxy.cut();
  });

  /** Makes the call at a process that is killed when it is about to commit; nothing has been answered then. */
  async function killedAtCommit(call: (boss: Actor) => Promise<unknown>): Promise<void> {
    await proxy.restore();
    const environment = { ...onTestDatabase(database), MONGODB_URI: proxy.uri, ...shared };
    const victim = await ServiceProcess.start(environment);
    const boss = await asBoss(victim);
    const atCommit = proxy.holdAt('commitTransaction');
    const outcome = call(boss).then(
      () => 'answered',
      () => 'lost',
    );
    const { lsid } = await atCommit;
    await victim.kill();
    expect(await outcome).toBe('lost');
    await proxy.cut();
    await endSession(lsid);
  }

  const endLease = () =>
    connection
      .collection('idempotency_claims')
      .updateOne({ answer: { $exists: false } }, { $set: { leaseEndsAt: new Date() } });

  it('leaves no record; the key is in progress for its lease, and then makes exactly one', async () => {
    const input = customerInput();
    const key = { 'idempotency-key': 'survives-a-crash' };
    await killedAtCommit((boss) => boss.post(CREATE, input, key));

    const elsewhere = await asBoss(survivor);
    const customers = connection.collection('customers');
    const waiting = await elsewhere.post(CREATE, input, key);
    expect(waiting).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
    const retryAfter = Number(waiting.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await customers.countDocuments({ phone: input.phone })).toBe(0);

    await endLease();
    const second = await elsewhere.post(CREATE, input, key);
    expect(second).toMatchObject({ status: 200, body: { data: { phone: input.phone } } });
    expect(await customers.countDocuments({ phone: input.phone })).toBe(1);
    expect((await elsewhere.post(CREATE, input, key)).text).toBe(second.text);
  });

  it('leaves of an upload only what the sweep takes away, and then keeps exactly one file', async () => {
    const elsewhere = await asBoss(survivor);
    const id = await createResume(elsewhere);
    const image = await jpeg();
    const send = (boss: Actor) =>
      upload(boss, id, 'certificate', image, 'a.jpg', { 'idempotency-key': 'upload-survives-a-crash' });
    await killedAtCommit(send);

    expect(await send(elsewhere)).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
    expect((await resumeOf(elsewhere, id)).certificates).toEqual([]);
    await endLease();
    const second = await send(elsewhere);
    expect(second).toMatchObject({ status: 200, body: { data: { resumeId: id } } });
    expect((await send(elsewhere)).text).toBe(second.text);
    expect((await resumeOf(elsewhere, id)).certificates).toHaveLength(1);
    expect((await openFile(survivor.url, second.body.data.fileUrl)).status).toBe(200);
    const left = await connection
      .collection('stored_files')
      .find({ sweepAfter: { $exists: true } })
      .toArray();
    expect(left).toMatchObject([{ state: 'pending' }]);
  });

  it('has its answer replayed by another process when it had finished', async () => {
    const first = await ServiceProcess.start({ ...onTestDatabase(database), ...shared });
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
