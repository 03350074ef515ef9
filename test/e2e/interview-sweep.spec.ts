import { RoomEnding } from '../../src/modules/interview/room-ending.service';
import { RoomSweep } from '../../src/modules/interview/room-sweep';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { EventReader } from '../support/event-reader';
import { createRoom, INTERVIEW, joined } from '../support/interview';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ago = (ms: number) => new Date(Date.now() - ms);

describe('a room that nobody ends', () => {
  let app: TestApp;
  let other: TestApp;
  let host: Actor;
  let guest: Actor;
  let roomId: string;
  beforeAll(async () => {
    app = await TestApp.start({ env: { JOBS_POLL_MS: '200' } });
    other = await TestApp.start({ database: app.database, env: { JOBS_POLL_MS: '200' } });
    [host, guest] = [await app.asHr(), app.asGuest()];
    // sweeps are made here, at the moment that is meant
    await nextSweepAt(new Date(Date.now() + 24 * HOUR_MS));
  });
  beforeEach(async () => {
    roomId = await createRoom(host);
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const rooms = () => app.connection.collection('interview_rooms');
  const room = async (id = roomId) => (await host.get(`${INTERVIEW}/room/${id}`)).body.data;
  const set = (fields: Record<string, unknown>, id = roomId) =>
    rooms().updateOne({ roomId: id }, { $set: fields });
  const hostLeaves = () => host.post(`${INTERVIEW}/room/${roomId}/leave`);
  const nextSweepAt = (nextRunAt: Date) =>
    app.connection.collection('jobs').updateOne({ name: 'interview.sweep' }, { $set: { nextRunAt } });
  const sweep = (instance = app) => instance.app.get(RoomSweep).sweep();

  it('ends when nobody has been in it for ten minutes', async () => {
    const guestId = await joined(guest, roomId);
    await hostLeaves();
    await set({ lastLeftAt: ago(11 * MINUTE_MS) });
    await sweep();
    expect((await room()).status).toBe('active');
    await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
    await set({ lastLeftAt: ago(9 * MINUTE_MS) });
    await sweep();
    expect((await room()).status).toBe('active');
    await set({ lastLeftAt: ago(10 * MINUTE_MS) });
    await sweep();
    expect(await room()).toMatchObject({ status: 'ended', endReason: 'empty', participantCount: 0 });
  });

  it('does not end when somebody has come back meanwhile', async () => {
    await hostLeaves();
    await set({ lastLeftAt: ago(HOUR_MS) });
    await joined(guest, roomId);
    await sweep();
    expect(await room()).toMatchObject({ status: 'active', participantCount: 1 });
  });

  it.each<[what: string, forgotten: Record<string, Date>]>([
    ['empty', { lastLeftAt: ago(HOUR_MS) }],
    ['idle', { lastActivityAt: ago(3 * HOUR_MS) }],
  ])('does not end as %s when somebody comes between the look and the end', async (_what, forgotten) => {
    const guestId = await joined(guest, roomId);
    await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
    await hostLeaves();
    await set(forgotten);
    const ending = app.app.get(RoomEnding);
    const end = ending.end.bind(ending);
    const meanwhile = jest.spyOn(ending, 'end').mockImplementation(async (room, ...how) => {
      if (room._id.equals((await rooms().findOne({ roomId }))!._id)) await joined(guest, roomId, { guestId });
      return end(room, ...how);
    });
    await sweep();
    expect(meanwhile).toHaveBeenCalled();
    meanwhile.mockRestore();
    expect(await room()).toMatchObject({ status: 'active', participantCount: 1 });
  });

  it('ends when it has been idle for two hours, whoever is in it; they have left then', async () => {
    await joined(guest, roomId);
    await set({ lastActivityAt: ago(2 * HOUR_MS - MINUTE_MS) });
    await sweep();
    expect((await room()).status).toBe('active');
    await set({ lastActivityAt: ago(2 * HOUR_MS) });
    await sweep();
    const ended = await room();
    expect(ended).toMatchObject({ status: 'ended', endReason: 'idle', participantCount: 0 });
    for (const { leftAt } of ended.participants) expect(leftAt).toBe(ended.endedAt);
  });

  it.each<[what: string, act: (guestId: string) => Promise<unknown>]>([
    ['a join', () => joined(guest, roomId)],
    ['a return', (guestId) => joined(guest, roomId, { guestId })],
    ['a leave', (guestId) => guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId })],
    ["a page's report", (guestId) => guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId })],
    ['the host who leaves', hostLeaves],
  ])('is not idle after %s', async (_what, act) => {
    const guestId = await joined(guest, roomId);
    await set({ lastActivityAt: ago(3 * HOUR_MS) });
    await act(guestId);
    await sweep();
    expect((await room()).status).toBe('active');
  });

  it('is not used by a page that has fallen silent, nor by whoever only looks at it', async () => {
    const guestId = await joined(guest, roomId);
    await guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId });
    await set({ lastActivityAt: ago(3 * HOUR_MS), 'participants.1.seenAt': ago(3 * HOUR_MS) });
    await guest.get(`${INTERVIEW}/room/${roomId}`);
    await sweep();
    expect(await room()).toMatchObject({ status: 'ended', endReason: 'idle' });
  });

  it('that is planned for later waits for its hour, and then as long as any other', async () => {
    const forgotten = async (scheduledAt: Date) => {
      const id = await createRoom(host);
      await host.post(`${INTERVIEW}/room/${id}/leave`);
      const long = ago(30 * 24 * HOUR_MS);
      await set({ scheduledAt, lastLeftAt: long, lastActivityAt: long }, id);
      return id;
    };
    const later = await forgotten(new Date(Date.now() + HOUR_MS));
    const now = await forgotten(ago(9 * MINUTE_MS));
    const past = await forgotten(ago(11 * MINUTE_MS));
    await sweep();
    expect((await room(later)).status).toBe('active');
    expect((await room(now)).status).toBe('active');
    expect((await room(past)).endReason).toBe('empty');

    const waiting = await createRoom(host);
    await set({ scheduledAt: ago(HOUR_MS), lastActivityAt: ago(5 * HOUR_MS) }, waiting);
    await sweep();
    expect((await room(waiting)).status).toBe('active');
    await set({ scheduledAt: ago(2 * HOUR_MS) }, waiting);
    await sweep();
    expect((await room(waiting)).endReason).toBe('idle');
  });

  it('ends once, whoever sweeps at the same time, and all who watch it are told', async () => {
    const watched = await Promise.all([app, other].map(({ url }) => EventReader.open(url, roomId)));
    await Promise.all(watched.map((reader) => reader.room()));
    await set({ lastActivityAt: ago(3 * HOUR_MS) });
    const before = await rooms().findOne({ roomId });
    await Promise.all([sweep(app), sweep(other), sweep(app), sweep(other)]);
    const after = await rooms().findOne({ roomId });
    expect(after?.['revision']).toBe(before?.['revision'] + 1);
    for (const reader of watched) {
      expect(await reader.room(2000)).toMatchObject({ status: 'ended', participants: [] });
      await reader.ended;
    }
  });

  it('is found by itself, by the queue of one instance', async () => {
    await set({ lastActivityAt: ago(3 * HOUR_MS) });
    // as if a quarter of a minute had passed
    await nextSweepAt(new Date(0));
    await eventually(async () => expect(await room()).toMatchObject({ endReason: 'idle' }));
    expect(await app.connection.collection('jobs').countDocuments({ name: 'interview.sweep' })).toBe(1);
  });
});
