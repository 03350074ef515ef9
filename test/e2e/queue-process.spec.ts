import mongoose, { type Connection, Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { freshDatabaseName, testDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ACTION, actionInput, subscribe } from '../support/leads';
import { PlatformSandbox } from '../support/sandbox';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from '../support/service-process';

const ROUTE = '/cgi-bin/message/subscribe/send';
const PATIENCE = { within: 30_000, every: 100 };

describe('the queue of a process that ends', () => {
  const database = freshDatabaseName();
  let sandbox: PlatformSandbox;
  let connection: Connection;
  let environment: Record<string, string>;
  let advisor: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    environment = {
      ...onTestDatabase(database),
      ...BOSS,
      ...sandbox.environment,
      JWT_SECRET: 'shared by all processes of this test',
      RATE_LIMIT_FACTOR: '1000',
      SHUTDOWN_TIMEOUT_MS: '60000',
    };
    connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await endProcesses(database);
    await connection.close();
    await sandbox.stop();
  });

  const messages = () => connection.collection('outgoing_messages');
  const unsent = () => messages().countDocuments({ status: { $ne: 'sent' } });
  const slow = (delayMs: number, count: number) =>
    sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'slow', delayMs, count });

  /** The first administrator, who is told of everything here. */
  async function subscribed(service: ServiceProcess): Promise<void> {
    const boss = await asBoss(service);
    advisor = boss.identifiedAs((await boss.get('/api/auth/me')).body.data.id as string);
    await connection
      .collection('users')
      .updateOne({ _id: new Types.ObjectId(advisor.id) }, { $set: { openid: 'o_boss' } });
    expect((await subscribe(advisor, { openid: 'o_boss' })).status).toBe(200);
  }
  async function act(service: ServiceProcess, count: number): Promise<void> {
    const guest = service.asGuest();
    const answers = await Promise.all(
      Array.from({ length: count }, () =>
        guest.post(ACTION, actionInput(advisor.id, { customerPhone: undefined })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  }
  /** The dead hold their leases and locks for a minute: here, time has passed. */
  async function letLeasesEnd(): Promise<void> {
    const past = new Date(Date.now() - 120_000);
    await messages().updateMany({ status: 'sending' }, { $set: { leaseUntil: past } });
    await messages().updateMany({ status: 'queued' }, { $set: { nextAttemptAt: past } });
    await connection
      .collection('jobs')
      .updateMany({ name: 'messages.sweep' }, { $set: { nextRunAt: past, lockedAt: null } });
  }

  it('loses none of its messages to kill -9; what was being sent goes out twice at most', async () => {
    const first = await ServiceProcess.start(environment);
    await subscribed(first);
    await messages().deleteMany({});
    await slow(3000, 12);
    await act(first, 12);
    // some are being sent, some are waiting
    await eventually(
      async () => expect(await messages().countDocuments({ status: 'sending' })).toBeGreaterThan(0),
      PATIENCE,
    );
    await first.kill();
    const interrupted = await messages().countDocuments({ status: 'sending' });
    expect(interrupted).toBeGreaterThan(0);

    const second = await ServiceProcess.start(environment);
    await letLeasesEnd();
    await eventually(async () => expect(await unsent()).toBe(0), PATIENCE);
    expect(await messages().countDocuments({ status: 'sent' })).toBe(12);
    await second.stop();
    // also what the killed one had sent off slowly has arrived by now
    const received = (await sandbox.messages()).length;
    expect(received).toBeGreaterThanOrEqual(12);
    expect(received).toBeLessThanOrEqual(12 + interrupted);
  });

  it('sends what was committed by a process that died before it could queue a job', async () => {
    const first = await ServiceProcess.start(environment);
    await subscribed(first);
    await messages().deleteMany({});
    // so that none of its requests is carried out when it is gone
    await sandbox.fault({ platform: 'wechat', route: ROUTE, kind: 'hang', count: 10 });
    await act(first, 8);
    await first.kill();
    await sandbox.reset();
    await connection.collection('jobs').deleteMany({ name: 'messages.send' });
    const second = await ServiceProcess.start(environment);
    await letLeasesEnd();
    await eventually(async () => expect(await unsent()).toBe(0), PATIENCE);
    expect(await messages().countDocuments({ status: 'sent' })).toBe(8);
    expect(await sandbox.messages()).toHaveLength(8);
    await second.stop();
  });

  it('finishes what it is sending when it is told to stop, and leaves the rest to the next', async () => {
    const first = await ServiceProcess.start(environment);
    await subscribed(first);
    await messages().deleteMany({});
    await slow(1000, 20);
    await act(first, 12);
    await eventually(
      async () => expect(await messages().countDocuments({ status: 'sending' })).toBeGreaterThan(0),
      PATIENCE,
    );
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(await messages().countDocuments({ status: 'sending' })).toBe(0);
    const sentByFirst = await messages().countDocuments({ status: 'sent' });
    expect(sentByFirst).toBeGreaterThan(0);
    expect(await sandbox.messages()).toHaveLength(sentByFirst);
    // none is left locked by the one that has gone
    const locked = { name: 'messages.send', nextRunAt: { $ne: null }, lockedAt: { $ne: null } };
    expect(await connection.collection('jobs').countDocuments(locked)).toBe(0);

    const second = await ServiceProcess.start(environment);
    await eventually(async () => expect(await unsent()).toBe(0), PATIENCE);
    // each of them once
    expect(await sandbox.messages()).toHaveLength(12);
    await second.stop();
  });
});
