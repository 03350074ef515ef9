import { setTimeout as pause } from 'node:timers/promises';
import { RoomEvents } from '../../src/modules/interview/room-events';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { eventually } from '../support/eventually';
import { EventReader } from '../support/event-reader';
import { aRoomId, createRoom, INTERVIEW, joined } from '../support/interview';
import { BEHIND_PROXY, from } from '../support/log-in';
import { refusal } from '../support/refusal';

/** By then everybody who watches a room has seen what has happened in it. */
const SOON_MS = 2000;
const STREAMS = 120;

describe('a room that somebody watches', () => {
  let app: TestApp;
  let other: TestApp;
  let proxy: DatabaseProxy;
  let host: Actor;
  let guest: Actor;
  let roomId: string;
  const readers: EventReader[] = [];
  beforeAll(async () => {
    proxy = await DatabaseProxy.to(testDatabase().uri);
    app = await TestApp.start({ env: { ...BEHIND_PROXY, INTERVIEW_STREAM_LIMIT: String(STREAMS) } });
    other = await TestApp.start({ database: app.database, databaseUri: proxy.uri });
    [host, guest] = [await app.asHr(), app.asGuest()];
  });
  beforeEach(async () => {
    roomId = await createRoom(host);
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await eventually(async () => expect(await streamsOf(app)).toBe(0));
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
    await proxy.cut();
  });

  const watch = async (url = app.url, headers: Record<string, string> = {}) => {
    const reader = await EventReader.open(url, roomId, headers);
    readers.push(reader);
    return reader;
  };
  const leave = (guestId: string) => guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
  const end = () => host.post(`${INTERVIEW}/room/${roomId}/end`);
  const streamsOf = async ({ url }: TestApp): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^interview_streams (\d+)$/m.exec(text)?.[1]);
  };

  it('is shown at once, exactly as the public view, on a stream that nothing between may hold up', async () => {
    await joined(guest, roomId);
    const reader = await watch();
    const { headers } = reader.response;
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-store, no-transform');
    expect(headers.get('content-encoding')).toBeNull();
    expect(headers.get('x-request-id')).toBeTruthy();
    const shown = (await guest.get(`${INTERVIEW}/room/${roomId}`)).body.data;
    expect(await reader.next()).toBe(JSON.stringify(shown));
  });

  it('is shown after each change, at every instance, until it has ended', async () => {
    const watching = [await watch(), await watch(other.url), await watch()];
    const see = async (expected: object) => {
      for (const reader of watching) expect(await reader.room(SOON_MS)).toMatchObject(expected);
    };
    await see({ status: 'active', participantCount: 1 });
    const guestId = await joined(guest, roomId);
    await see({ participantCount: 2, participants: [{ role: 'host' }, { userName: '王芳' }] });
    await joined(guest.at(other.url), roomId, { guestId, userName: '周敏' });
    await see({ participantCount: 2, participants: [{ role: 'host' }, { userName: '周敏' }] });
    await leave(guestId);
    await see({ participantCount: 1 });
    await host.at(other.url).post(`${INTERVIEW}/room/${roomId}/leave`);
    await see({ participantCount: 0, participants: [] });
    await joined(guest, roomId, { guestId });
    await see({ participantCount: 1 });
    await end();
    await see({ status: 'ended', participantCount: 0, endedAt: expect.any(String) as string });
    for (const reader of watching) {
      await reader.ended;
      expect(reader.events).toEqual([]);
    }
  });

  it('tells nothing where nothing is to be seen, and of what was undone', async () => {
    const reader = await watch();
    const there = await watch(other.url);
    await reader.room();
    await there.room();
    const guestId = await joined(guest, roomId);
    await reader.room();
    await there.room(SOON_MS);
    await guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId });
    const wrong = { roomId, guestId, userName: '' };
    expect(
      (await guest.post(`${INTERVIEW}/guest/join`, wrong, { 'idempotency-key': aRoomId() })).status,
    ).toBe(400);
    await pause(1500);
    expect([reader.events, there.events]).toEqual([[], []]);
  });

  it('that somebody joins under a key is shown when that is committed', async () => {
    const reader = await watch();
    await reader.room();
    const joining = { roomId, userName: '王芳' };
    await guest.post(`${INTERVIEW}/guest/join`, joining, { 'idempotency-key': aRoomId() });
    // at once: not only by the look of a second later
    expect(await reader.room(500)).toMatchObject({ participantCount: 2 });
  });

  it('is not shown with somebody in it whose join is not committed yet', async () => {
    const order: string[] = [];
    const events = app.app.get(RoomEvents);
    const show = events.show.bind(events);
    // nobody watches: whatever is shown is what the join itself shows
    const shown = jest.spyOn(events, 'show').mockImplementation((view) => {
      order.push('shown');
      show(view);
    });
    const note = ({ commandName }: { commandName: string }) => {
      if (commandName === 'commitTransaction') order.push('committed');
    };
    app.connection.getClient().on('commandSucceeded', note);
    const joining = { roomId, userName: '王芳' };
    await guest.post(`${INTERVIEW}/guest/join`, joining, { 'idempotency-key': aRoomId() });
    app.connection.getClient().off('commandSucceeded', note);
    shown.mockRestore();
    expect(order).toEqual(['committed', 'shown']);
  });

  it('that has ended is shown once more', async () => {
    await end();
    const reader = await watch();
    expect(await reader.room()).toMatchObject({ status: 'ended' });
    await reader.ended;
  });

  it('is kept alive, and let go after half an hour, when its page asks again', async () => {
    const [reader, events] = [await watch(), app.app.get(RoomEvents)];
    await reader.room();
    events.beat();
    await eventually(async () => expect(reader.heartbeats).toBe(1));
    events.beat(Date.now() + 29 * 60_000);
    await eventually(async () => expect(reader.heartbeats).toBe(2));
    events.beat(Date.now() + 31 * 60_000);
    await reader.ended;
  });

  it('must be there', async () => {
    const missing = await EventReader.refused(app.url, aRoomId());
    expect(missing).toMatchObject(refusal('ROOM_NOT_FOUND'));
    expect(missing.headers.get('content-type')).toContain('application/json');
    expect(await EventReader.refused(app.url, 'a%20b')).toMatchObject(refusal('INVALID_PARAMS', 'roomId'));
  });

  it('leaves nothing behind where only the head of a stream is asked for, or its page goes away', async () => {
    const head = await fetch(`${app.url}${INTERVIEW}/room/${roomId}/events`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-type')).toContain('text/event-stream');
    const reader = await watch();
    await reader.room();
    reader.close();
    await eventually(async () => expect(await streamsOf(app)).toBe(0));
    await joined(guest, roomId);
  });

  it('is looked at by one query a second, however many watch however many rooms', async () => {
    for (let i = 0; i < 3; i++) {
      const another = await createRoom(host);
      for (let k = 0; k < 3; k++) readers.push(await EventReader.open(app.url, another));
    }
    const looks = (await app.backgroundCalls(() => pause(3000))).filter(
      (call) => call === 'find interview_rooms',
    );
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(looks.length).toBeLessThanOrEqual(4);
  });

  it('is shown to so many at a time: of a room, of a network, of an instance', async () => {
    /** Each from another address of the network, where that is IPv6. */
    const open = async (count: number, ip: string, id = roomId) => {
      for (let i = 1; i <= count; i++) {
        const address = from(ip.endsWith('::') ? ip + i.toString(16) : ip);
        readers.push(await EventReader.open(app.url, id, address));
      }
    };
    await open(50, '2001:db8:0:1::');
    const full = await EventReader.refused(app.url, roomId, from('10.0.0.2'));
    expect(full).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    const [second, third] = [await createRoom(host), await createRoom(host)];
    await open(50, '2001:db8:0:1::', second);
    expect(await EventReader.refused(app.url, third, from('2001:db8:0:1:a::b'))).toMatchObject(
      refusal('RATE_LIMITED'),
    );
    await open(STREAMS - 100, '10.0.0.3', third);
    const busy = await EventReader.refused(app.url, third, from('10.0.0.4'));
    expect(busy).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
    // a place that is given up is another's
    readers.pop()?.close();
    await eventually(() => open(1, '10.0.0.4', third));
  });

  it('is told of everything it has missed when the database comes back', async () => {
    const reader = await watch(other.url);
    await reader.room();
    await proxy.cut();
    const guestId = await joined(guest, roomId);
    const lost = await EventReader.refused(other.url, roomId);
    expect(lost).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    await leave(guestId);
    await joined(guest, roomId, { userName: '后来的' });
    expect(reader.events).toEqual([]);
    await proxy.restore();
    expect(await reader.room(20_000)).toMatchObject({
      participantCount: 2,
      participants: [{}, { userName: '后来的' }],
    });
    await end();
    expect(await reader.room(SOON_MS)).toMatchObject({ status: 'ended' });
  });

  it('is seen again soon after answers of the database got lost, before calls are given up otherwise', async () => {
    const reader = await watch(other.url);
    await reader.room();
    proxy.goSilent();
    await joined(guest, roomId);
    // a look or two, which are never answered
    await pause(1500);
    await proxy.restore();
    expect(await reader.room(10_000)).toMatchObject({ participantCount: 2 });
  });

  it('does not hold up an instance that is told to stop, which takes no more watchers', async () => {
    const leaving = await TestApp.start({ database: app.database });
    const watching = await Promise.all(Array.from({ length: 5 }, () => watch(leaving.url)));
    await Promise.all(watching.map((reader) => reader.room()));
    const startedAt = Date.now();
    await leaving.stop();
    expect(Date.now() - startedAt).toBeLessThan(5000);
    await Promise.all(watching.map((reader) => reader.ended));
  });
});
