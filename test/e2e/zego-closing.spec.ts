import { RoomSweep } from '../../src/modules/interview/room-sweep';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { createRoom, INTERVIEW } from '../support/interview';
import { PlatformSandbox } from '../support/sandbox';

const SOON = { within: 15_000, every: 50 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A token cannot be taken back; what can be is the room that it is for. */
describe('a room that has ended', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let host: Actor;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    host = await app.asHr();
  });
  beforeEach(async () => {
    await sandbox.reset();
    await sandbox.configure({ zego: { closesPerSecond: 1000 } });
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const rooms = () => app.connection.collection('interview_rooms');
  const stored = (roomId: string) => rooms().findOne({ roomId });
  const end = async (roomId: string) => {
    expect((await host.post(`${INTERVIEW}/room/${roomId}/end`)).status).toBe(200);
  };
  const ended = async () => {
    const roomId = await createRoom(host);
    await end(roomId);
    return roomId;
  };
  const closed = async () => (await sandbox.closedRooms()).map(({ roomId }) => roomId);
  const outcomes = async () => (await sandbox.calls()).map(({ errcode }) => errcode);
  const isDone = (roomId: string) =>
    eventually(async () => expect(await stored(roomId)).not.toHaveProperty('closing'), SOON);
  const fail = (kind: 'error' | 'drop' | 'hang', fault = {}) =>
    sandbox.fault({ platform: 'zego', kind, ...fault });
  const sweepNow = () =>
    app.connection
      .collection('jobs')
      .updateMany({ name: 'interview.closing-sweep' }, { $set: { nextRunAt: new Date(0) } });

  it('is closed at ZEGO too, once', async () => {
    const roomId = await ended();
    await isDone(roomId);
    await end(roomId);
    expect(await closed()).toEqual([roomId]);
    expect(await outcomes()).toEqual([0]);
  });

  it('is closed at ZEGO too when it has ended by itself', async () => {
    const roomId = await createRoom(host);
    await rooms().updateOne({ roomId }, { $set: { lastActivityAt: new Date(Date.now() - 3 * HOUR_MS) } });
    await app.app.get(RoomSweep).sweep();
    await isDone(roomId);
    expect(await stored(roomId)).toMatchObject({ endReason: 'idle' });
    expect(await closed()).toEqual([roomId]);
  });

  it('is as closed when ZEGO knows of no such room', async () => {
    for (const errcode of [104, 5024, 50_001]) {
      await sandbox.reset();
      await fail('error', { errcode });
      const roomId = await ended();
      await isDone(roomId);
      expect(await outcomes()).toEqual([errcode]);
    }
  });

  it.each<[what: string, plan: () => Promise<unknown>]>([
    ['says that it is busy', () => fail('error')],
    ['says that this was too often', () => fail('error', { errcode: 206 })],
    ['is down', () => fail('error', { status: 503 })],
    ['hangs up', () => fail('drop')],
    ['closes it, and its answer gets lost', () => fail('drop', { when: 'after' })],
  ])('is closed by a later try when ZEGO %s', async (_what, plan) => {
    await plan();
    const roomId = await ended();
    await isDone(roomId);
    expect(await closed()).toEqual([roomId]);
    expect(await sandbox.calls()).toHaveLength(2);
    expect(app.logLines.filter((line) => line.includes(roomId)).join()).toContain('not closed at ZEGO yet');
  });

  it('waits longer the more often it has failed, and is given up after a day', async () => {
    await fail('error', { count: 100 });
    const roomId = await ended();
    const again = async (fields: Record<string, unknown>) => {
      await rooms().updateOne({ roomId }, { $set: { 'closing.nextAttemptAt': new Date(0), ...fields } });
      await sweepNow();
    };
    await eventually(async () => expect((await outcomes()).length).toBeGreaterThan(0), SOON);
    await again({ 'closing.attempts': 20 });
    // ten minutes, more or less; a lease would be half a minute
    const pause = await eventually(async () => {
      const closing = (await stored(roomId))?.['closing'] as Record<string, number>;
      const left = Number(closing['nextAttemptAt']) - Date.now();
      expect(left).toBeGreaterThan(4 * 60_000);
      return left;
    }, SOON);
    expect(pause).toBeLessThan(10 * 60_000);
    await again({ endedAt: new Date(Date.now() - DAY_MS) });
    await isDone(roomId);
    expect(await closed()).toEqual([]);
    expect(app.logLines.join('')).toContain('a room was not closed at ZEGO');
    expect(app.logLines.join('')).not.toContain(sandbox.environment['ZEGO_SERVER_SECRET']);
  });

  it('is found by the sweep when its job was lost', async () => {
    const roomId = await createRoom(host);
    // as a process leaves it that dies between the end and the queue
    await rooms().updateOne(
      { roomId },
      {
        $set: {
          status: 'ended',
          endedAt: new Date(),
          closing: { attempts: 0, nextAttemptAt: new Date(Date.now() - 11_000) },
        },
      },
    );
    await sweepNow();
    await isDone(roomId);
    expect(await closed()).toEqual([roomId]);
  });

  it('is closed once by two instances, and all of many though ZEGO closes one a second', async () => {
    const other = await TestApp.start({ database: app.database, env: sandbox.environment });
    await sandbox.configure({ zego: { closesPerSecond: 1 } });
    const roomIds = await Promise.all(Array.from({ length: 3 }, () => createRoom(host)));
    await Promise.all(roomIds.map(end));
    for (const roomId of roomIds) await isDone(roomId);
    expect((await closed()).sort()).toEqual([...roomIds].sort());
    expect((await outcomes()).filter((code) => code === 0)).toHaveLength(3);
    await other.stop();
  });
});
