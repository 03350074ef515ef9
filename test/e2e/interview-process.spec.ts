import mongoose, { type Connection } from 'mongoose';
import { freshDatabaseName, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { EventReader } from '../support/event-reader';
import { eventually } from '../support/eventually';
import { createRoom, INTERVIEW, joined } from '../support/interview';
import { PlatformSandbox } from '../support/sandbox';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from '../support/service-process';

const PATIENCE = { within: 30_000, every: 100 };

describe('interviews of a process that ends', () => {
  const database = freshDatabaseName();
  let sandbox: PlatformSandbox;
  let connection: Connection;
  let environment: Record<string, string>;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    environment = {
      ...onTestDatabase(database),
      ...BOSS,
      ...sandbox.environment,
      JWT_SECRET: 'shared by all processes of this test',
    };
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
  });
  afterAll(async () => {
    await endProcesses(database);
    await connection.close();
    await sandbox.stop();
  });

  const rooms = () => connection.collection('interview_rooms');

  it('are streams that end at once; the process is gone in time, and another one goes on', async () => {
    const first = await ServiceProcess.start(environment);
    const second = await ServiceProcess.start(environment);
    const roomId = await createRoom(await asBoss(first));
    const watching = await Promise.all(Array.from({ length: 20 }, () => EventReader.open(first.url, roomId)));
    const elsewhere = await EventReader.open(second.url, roomId);
    await Promise.all([...watching, elsewhere].map((reader) => reader.room()));
    const startedAt = Date.now();
    const exit = first.stop();
    await Promise.all(watching.map((reader) => reader.ended));
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(Date.now() - startedAt).toBeLessThan(8000);
    await joined(second.asGuest(), roomId);
    expect(await elsewhere.room()).toMatchObject({ participantCount: 2 });
    elsewhere.close();
    await second.stop();
  });

  it('end at ZEGO too when the process is killed between the end of a room and the queue', async () => {
    const proxy = await DatabaseProxy.to(testDatabase().uri);
    const first = await ServiceProcess.start({
      ...environment,
      MONGODB_URI: proxy.uri,
      // the queue itself must not ask for such jobs just then
      JOBS_POLL_MS: '600000',
    });
    const boss = await asBoss(first);
    const roomId = await createRoom(boss);
    const reached = proxy.holdAt('interview.close-at-zego');
    const lost = boss.post(`${INTERVIEW}/room/${roomId}/end`).catch(() => 'lost');
    await reached;
    await first.kill();
    expect(await lost).toBe('lost');
    await proxy.cut();
    expect(await rooms().findOne({ roomId })).toMatchObject({ status: 'ended', closing: { attempts: 0 } });
    expect(await connection.collection('jobs').countDocuments({ name: 'interview.close-at-zego' })).toBe(0);
    expect(await sandbox.closedRooms()).toEqual([]);

    const next = await ServiceProcess.start(environment);
    // as if the quarter of a minute until the next sweep had passed
    await rooms().updateOne({ roomId }, { $set: { 'closing.nextAttemptAt': new Date(0) } });
    await connection
      .collection('jobs')
      .updateOne({ name: 'interview.closing-sweep' }, { $set: { nextRunAt: new Date(0), lockedAt: null } });
    await eventually(async () => expect(await sandbox.closedRooms()).toMatchObject([{ roomId }]), PATIENCE);
    const again = await (await asBoss(next)).post(`${INTERVIEW}/room/${roomId}/end`);
    expect(again.body.data).toMatchObject({ roomId, status: 'ended' });
    await next.stop();
  });
});
