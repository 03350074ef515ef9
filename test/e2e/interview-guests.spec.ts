import fc from 'fast-check';
import { RoomSweep } from '../../src/modules/interview/room-sweep';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { aRoomId, createRoom, INTERVIEW, join, joined } from '../support/interview';
import { refusal } from '../support/refusal';

const GUEST_ID = /^guest_[0-9a-f]{32}$/;
const MOST = 20;

describe('guests of an interview room', () => {
  let app: TestApp;
  let host: Actor;
  let guest: Actor;
  let roomId: string;
  beforeAll(async () => {
    app = await TestApp.start();
    [host, guest] = [await app.asHr(), app.asGuest()];
  });
  beforeEach(async () => {
    roomId = await createRoom(host);
  });
  afterAll(() => app.stop());

  const rooms = () => app.connection.collection('interview_rooms');
  const room = async () => (await host.get(`${INTERVIEW}/room/${roomId}`)).body.data;
  const guests = async () => (await room()).participants.slice(1);
  const leave = (guestId: string) => guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
  const report = (guestId: string) => guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId });
  const end = () => host.post(`${INTERVIEW}/room/${roomId}/end`);
  const hostLeaves = () => host.post(`${INTERVIEW}/room/${roomId}/leave`);
  const fill = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => joined(guest, roomId, { userName: `访客${i}` })));
  /** Their page has not reported for that long. */
  const silentFor = (seconds: number) =>
    rooms().updateOne(
      { roomId },
      { $set: { 'participants.$[p].seenAt': new Date(Date.now() - seconds * 1000) } },
      { arrayFilters: [{ 'p.seenAt': { $exists: true } }] },
    );

  describe('who join', () => {
    it('get an id that nobody guesses, and are in the room', async () => {
      const { status, body } = await join(guest, roomId, { userName: ' 李明 ', identity: '求职者' });
      expect(status).toBe(200);
      expect(body.data).toMatchObject({ roomId, userName: '李明', identity: '求职者' });
      expect(body.data.guestId).toMatch(GUEST_ID);
      const { guestId, joinedAt } = body.data;
      expect(await room()).toMatchObject({
        participantCount: 2,
        participants: [
          { role: 'host' },
          { userId: guestId, userName: '李明', role: 'guest', identity: '求职者', joinedAt, leftAt: null },
        ],
      });
    });

    it.each<[field: string, value: unknown]>([
      ['roomId', ''],
      ['roomId', 'a b'],
      ['userName', ''],
      ['userName', '   '],
      ['userName', '\u200b\u202e\u0000'],
      ['userName', undefined],
      ['userName', 'x'.repeat(51)],
      ['identity', 'x'.repeat(51)],
      ['guestId', 'x'.repeat(65)],
      ['guestId', { $ne: null }],
    ])('are refused with %s: %j', async (field, value) => {
      expect(await join(guest, roomId, { [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('may leave the identity out, and have names of any characters', async () => {
      for (const userName of ['x'.repeat(50), '🙂'.repeat(20), '<b>"&c', '欧阳·娜', '👨\u200d👩\u200d👧']) {
        const { body } = await join(guest, roomId, { userName, identity: undefined });
        expect(body.data).toMatchObject({ userName, identity: '' });
      }
    });

    it.each<[given: string, shown: string]>([
      ['王\n\r\u2028芳', '王 芳'],
      ['\u0000王芳\u0007', '王芳'],
      // text that turns around is not taken for what stands beside it
      ['王芳\u202e（人持主）\u2066', '王芳（人持主）'],
      ['王芳\ud83d', '王芳\ufffd'],
    ])('are shown in one line that leaves what is beside it as it is: %j', async (given, shown) => {
      const { body } = await join(guest, roomId, { userName: given, identity: given });
      expect(body.data).toMatchObject({ userName: shown, identity: shown });
      expect(await guests()).toMatchObject([{ userName: shown, identity: shown }]);
    });

    it('are refused where there is no room, and where it has ended', async () => {
      expect(await join(guest, aRoomId())).toMatchObject(refusal('ROOM_NOT_FOUND'));
      const guestId = await joined(guest, roomId);
      await end();
      expect(await join(guest, roomId)).toMatchObject(refusal('ROOM_ENDED'));
      expect(await join(guest, roomId, { guestId })).toMatchObject(refusal('ROOM_ENDED'));
    });

    it('go on as who they were, with their id: while they are there, and after leaving', async () => {
      const first = (await join(guest, roomId)).body.data;
      const { guestId, joinedAt } = first;
      expect((await join(guest, roomId, { guestId })).body.data).toEqual(first);
      expect((await join(guest, roomId, { guestId, userName: '周敏' })).body.data).toMatchObject({
        guestId,
        joinedAt,
        userName: '周敏',
      });
      expect(await room()).toMatchObject({ participantCount: 2 });
      await leave(guestId);
      expect(await room()).toMatchObject({ participantCount: 1 });
      expect((await join(guest, roomId, { guestId })).body.data).toEqual(first);
      expect(await guests()).toMatchObject([{ userId: guestId, userName: '王芳', joinedAt, leftAt: null }]);
      expect(await room()).toMatchObject({ participantCount: 2 });
    });

    it("are new ones with an id that is nobody's, another room's, or the host's", async () => {
      const elsewhere = await joined(guest, await createRoom(host));
      const ids = [elsewhere, `guest_${'0'.repeat(32)}`, 'x', host.id];
      for (const guestId of ids) {
        const { status, body } = await join(guest, roomId, { guestId });
        expect(status).toBe(200);
        expect(body.data.guestId).toMatch(GUEST_ID);
        expect(ids).not.toContain(body.data.guestId);
      }
      expect(await room()).toMatchObject({ participantCount: 1 + ids.length });
    });

    it('come once under one key, of a room that others join meanwhile too', async () => {
      const key = { 'idempotency-key': aRoomId() };
      const input = { roomId, userName: '王芳', identity: '' };
      const once = () => guest.post(`${INTERVIEW}/guest/join`, input, key);
      const first = await once();
      expect(first.status).toBe(200);
      const second = await once();
      expect(second.body.data).toEqual(first.body.data);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      const together = await Promise.all(
        Array.from({ length: 6 }, () =>
          guest.post(`${INTERVIEW}/guest/join`, input, { 'idempotency-key': aRoomId() }),
        ),
      );
      expect(together.map(({ status }) => status)).toEqual(Array(6).fill(200));
      expect(await room()).toMatchObject({ participantCount: 8 });
    });

    it('are twenty at most with the host, of twenty-five at a time too', async () => {
      const answers = await Promise.all(Array.from({ length: 25 }, () => join(guest, roomId)));
      const full = answers.filter(({ status }) => status !== 200);
      expect(answers.length - full.length).toBe(MOST - 1);
      for (const answer of full)
        expect(answer).toMatchObject({
          ...refusal('ROOM_FULL'),
          body: { message: '房间人数已满（最多 20 人），请稍后再试' },
        });
      expect(await room()).toMatchObject({ participantCount: MOST });
      expect(await guests()).toHaveLength(MOST - 1);
    });

    it('are twenty at most under keys too, as the pages send them, one after the other and not over again', async () => {
      const input = (i: number) => ({ roomId, userName: `访客${i}` });
      const joinUnderKey = (_: unknown, i: number) =>
        guest.post(`${INTERVIEW}/guest/join`, input(i), { 'idempotency-key': aRoomId() });
      let answers: Answer[] = [];
      const calls = await app.databaseCalls(async () => {
        answers = await Promise.all(Array.from({ length: 25 }, joinUnderKey));
      });
      const outcomes = answers.map(({ status, body }) => (status === 200 ? 'joined' : (body.code as string)));
      expect(outcomes.sort()).toEqual([
        ...Array<string>(6).fill('ROOM_FULL'),
        ...Array<string>(MOST - 1).fill('joined'),
      ]);
      expect(await room()).toMatchObject({ participantCount: MOST });
      expect(await guests()).toHaveLength(MOST - 1);
      // those who meet in one document would be undone and run again, again and again
      expect(calls.filter((call) => call === 'find interview_rooms').length).toBeLessThan(2 * 25);
    });

    it('find a place again when somebody leaves, the host too; who comes back needs one as well', async () => {
      const [away, ...others] = (await fill(MOST - 1)) as [string, ...string[]];
      expect(await join(guest, roomId)).toMatchObject(refusal('ROOM_FULL'));
      expect((await join(guest, roomId, { guestId: others[0] })).status).toBe(200);
      await leave(away);
      await joined(guest, roomId);
      expect(await join(guest, roomId, { guestId: away })).toMatchObject(refusal('ROOM_FULL'));
      await hostLeaves();
      expect((await join(guest, roomId, { guestId: away })).status).toBe(200);
      expect(await room()).toMatchObject({ participantCount: MOST });
    });

    it('are told when a room has had five hundred, and whoever was there may still come back', async () => {
      const known = await joined(guest, roomId);
      await leave(known);
      const past = (i: number) => ({
        userId: `guest_${i}`,
        userName: '过客',
        role: 'guest',
        identity: '',
        joinedAt: new Date(),
        leftAt: new Date(),
      });
      const others = Array.from({ length: 497 }, (_, i) => past(i));
      await rooms().updateOne({ roomId }, { $push: { participants: { $each: others } } } as never);
      const last = await joined(guest, roomId);
      expect(await join(guest, roomId)).toMatchObject({
        ...refusal('ROOM_FULL'),
        body: { message: '房间的进出记录已满（最多 500 人次），请联系主持人新建房间' },
      });
      expect((await join(guest, roomId, { guestId: known })).status).toBe(200);
      expect((await leave(last)).status).toBe(200);
      expect((await room()).participants).toHaveLength(500);
    });
  });

  describe('who leave', () => {
    it('have left then, and their entry stays; twice is the same as once', async () => {
      const [gone, there] = [await joined(guest, roomId), await joined(guest, roomId)];
      expect(await leave(gone)).toMatchObject({ status: 200, body: { message: '已离开房间', data: null } });
      const after = await room();
      expect(after).toMatchObject({ participantCount: 2, status: 'active' });
      expect((await leave(gone)).status).toBe(200);
      expect(await room()).toEqual(after);
      expect(await guests()).toMatchObject([
        { userId: gone, leftAt: expect.any(String) as string },
        { userId: there, leftAt: null },
      ]);
    });

    it('are one who left, however often they leave at a time', async () => {
      const guestId = await joined(guest, roomId);
      const answers = await Promise.all(Array.from({ length: 6 }, () => leave(guestId)));
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
      expect(await room()).toMatchObject({ participantCount: 1 });
    });

    it('may say so with a beacon, which calls itself plain text', async () => {
      const guestId = await joined(guest, roomId);
      const beacon = (body: string) =>
        guest.post(`${INTERVIEW}/guest/leave`, body, { 'content-type': 'text/plain;charset=UTF-8' });
      expect((await beacon(JSON.stringify({ roomId, guestId }))).status).toBe(200);
      expect(await room()).toMatchObject({ participantCount: 1 });
      expect(await beacon('{"roomId"')).toMatchObject(refusal('INVALID_PARAMS', 'body'));
      // no other route of the room takes plain text
      const asText = { 'content-type': 'text/plain' };
      const joining = guest.post(
        `${INTERVIEW}/guest/join`,
        JSON.stringify({ roomId, userName: 'x' }),
        asText,
      );
      expect((await joining).status).toBe(400);
    });

    it('need not be known, and the room may have ended; but there must be one', async () => {
      expect((await leave('guest_nobody')).status).toBe(200);
      // the host's own id opens nothing here
      expect((await leave(host.id)).status).toBe(200);
      expect(await room()).toMatchObject({ participantCount: 1 });
      const guestId = await joined(guest, roomId);
      await end();
      const ended = await room();
      expect((await leave(guestId)).status).toBe(200);
      expect(await room()).toEqual(ended);
      const nowhere = { roomId: aRoomId(), guestId };
      expect(await guest.post(`${INTERVIEW}/guest/leave`, nowhere)).toMatchObject(refusal('ROOM_NOT_FOUND'));
      expect(await guest.post(`${INTERVIEW}/guest/leave`, { roomId })).toMatchObject(
        refusal('INVALID_PARAMS', 'guestId'),
      );
    });
  });

  describe('whose page reports itself', () => {
    it('are there, which is no news to anybody', async () => {
      const guestId = await joined(guest, roomId);
      const before = await rooms().findOne({ roomId });
      expect((await report(guestId)).body.data).toEqual({ roomId, status: 'active', present: true });
      const after = await rooms().findOne({ roomId });
      expect(after?.['revision']).toBe(before?.['revision']);
      expect(+after?.['lastActivityAt']).toBeGreaterThanOrEqual(+before?.['lastActivityAt']);
      expect(after?.['participants'][1].seenAt).toBeInstanceOf(Date);
    });

    it('are told that they are not there, where they have left, are unknown, or the room has ended', async () => {
      const [left, there] = [await joined(guest, roomId), await joined(guest, roomId)];
      await report(left);
      await leave(left);
      // a report that was on its way when its page was left brings nobody back
      expect((await report(left)).body.data).toEqual({ roomId, status: 'active', present: false });
      expect((await report('guest_nobody')).body.data).toMatchObject({ present: false });
      expect((await report(host.id)).body.data).toMatchObject({ present: false });
      expect(await room()).toMatchObject({ participantCount: 2 });
      await end();
      expect((await report(there)).body.data).toEqual({ roomId, status: 'ended', present: false });
      const nowhere = { roomId: aRoomId(), guestId: there };
      expect(await guest.post(`${INTERVIEW}/guest/presence`, nowhere)).toMatchObject(
        refusal('ROOM_NOT_FOUND'),
      );
      expect(await guest.post(`${INTERVIEW}/guest/presence`, { roomId })).toMatchObject(
        refusal('INVALID_PARAMS', 'guestId'),
      );
    });

    it('come back with a report after they were taken for gone, if there is a place', async () => {
      const [quiet, ...others] = (await fill(MOST - 1)) as [string, ...string[]];
      // they have joined in no order that is known
      const itself = async () => (await guests()).find(({ userId }: { userId: string }) => userId === quiet);
      await report(quiet);
      await silentFor(91);
      await sweep();
      expect(await itself()).toMatchObject({ leftAt: expect.any(String) as string });
      const another = await joined(guest, roomId);
      expect((await report(quiet)).body.data).toMatchObject({ status: 'active', present: false });
      await leave(another);
      expect((await report(quiet)).body.data).toMatchObject({ present: true });
      expect((await report(quiet)).body.data).toMatchObject({ present: true });
      expect(await itself()).toMatchObject({ leftAt: null });
      expect(await room()).toMatchObject({ participantCount: 1 + 1 + others.length });
    });

    it('are seen off too when nothing came after they had said on joining that it would', async () => {
      const reportsPresence = true;
      const mini = await joined(guest, roomId, { reportsPresence: false });
      const [dead, back] = [
        await joined(guest, roomId, { reportsPresence }),
        await joined(guest, roomId, { reportsPresence }),
      ];
      await sweep();
      expect(await room()).toMatchObject({ participantCount: 4 });
      // as one who comes again, and as one who is there and says anew who they are
      await leave(back);
      await joined(guest, roomId, { guestId: back, reportsPresence });
      await silentFor(91);
      await joined(guest, roomId, { guestId: dead, reportsPresence });
      await sweep();
      const thereNow = async () => (await guests()).map(({ leftAt }: { leftAt: unknown }) => leftAt === null);
      expect(await thereNow()).toEqual([true, true, false]);
      await silentFor(91);
      await sweep();
      expect(await thereNow()).toEqual([true, false, false]);
      expect((await guests())[0]).toMatchObject({ userId: mini });
      const wrong = await join(guest, roomId, { reportsPresence: 'yes' });
      expect(wrong).toMatchObject(refusal('INVALID_PARAMS', 'reportsPresence'));
    });

    it('are left alone as long as they report, and for ever if they never have', async () => {
      const [mini, page] = [await joined(guest, roomId), await joined(guest, roomId)];
      await report(page);
      await silentFor(80);
      await sweep();
      expect(await room()).toMatchObject({ participantCount: 3 });
      await silentFor(91);
      await sweep();
      expect(await guests()).toMatchObject([
        { userId: mini, leftAt: null },
        { userId: page, leftAt: expect.any(String) as string },
      ]);
      // who leaves in order after having come back does not come back with a late report
      await report(page);
      await leave(page);
      expect((await report(page)).body.data).toMatchObject({ present: false });
    });
  });

  const sweep = () => app.app.get(RoomSweep).sweep();

  it('have an id that is written down nowhere but in their room: in no log, no audit, no key, no job', async () => {
    const key = { 'idempotency-key': aRoomId() };
    const input = { roomId, userName: '王芳' };
    const { guestId } = (await guest.post(`${INTERVIEW}/guest/join`, input, key)).body.data;
    await guest.post(`${INTERVIEW}/guest/join`, { ...input, guestId }, { 'idempotency-key': aRoomId() });
    await report(guestId);
    await guest.post('/api/zego/generate-guest-token', { roomId, userId: guestId, userName: '王芳' });
    const text = { 'content-type': 'text/plain' };
    const broken = [
      await guest.get(`${INTERVIEW}/room/${guestId}`),
      await guest.post(`${INTERVIEW}/guest/leave`, `"${guestId}`, text),
      await guest.post(`${INTERVIEW}/guest/leave`, { roomId: guestId, guestId: [guestId] }),
      await guest.post('/api/zego/generate-guest-token', { roomId: guestId, userId: guestId, userName: '' }),
      await guest.post(`${INTERVIEW}/guest/${guestId}`, {}),
    ];
    for (const { status, text: answered } of broken) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(answered).not.toContain(guestId);
    }
    await silentFor(91);
    await sweep();
    await leave(guestId);
    await end();
    await eventually(async () => expect(app.logLines.join('')).toContain('/room/:roomId/end'));
    expect(app.logLines.join('')).not.toContain(guestId);
    const collections = await app.connection.listCollections();
    const holding = [];
    for (const { name } of collections)
      for (const record of await app.connection.collection(name).find({}).toArray())
        if (JSON.stringify(record).includes(guestId as string)) holding.push(name);
    expect(holding).toEqual(['interview_rooms']);
  });

  it('cost as many database calls, however many of them there are', async () => {
    const guestId = await joined(guest, roomId);
    const away = await joined(guest, roomId);
    await leave(away);
    const requests: [string, () => Promise<Answer>][] = [
      ['join', () => join(guest, roomId)],
      ['again', () => join(guest, roomId, { guestId })],
      ['report', () => report(guestId)],
      ['report of one who has left', () => report(away)],
      ['leave', () => leave(guestId)],
      ['leave twice', () => leave(guestId)],
      ['come back', () => join(guest, roomId, { guestId })],
    ];
    const calls = async () => {
      const counts: Record<string, number> = {};
      for (const [name, request] of requests) counts[name] = (await app.databaseCalls(request)).length;
      return counts;
    };
    const few = await calls();
    expect(few).toEqual({
      join: 2,
      again: 2,
      report: 1,
      'report of one who has left': 2,
      leave: 1,
      'leave twice': 2,
      'come back': 2,
    });
    await fill(10);
    expect(await calls()).toEqual(few);
  });

  describe('and their number', () => {
    /** What may happen in a room; `who` is one of the guests that there have been so far, or nobody. */
    type Step = { what: 'join' | 'rejoin' | 'leave' | 'report' | 'silence' | 'host'; who: number };
    const step = fc.record<Step>({
      what: fc.constantFrom('join', 'join', 'rejoin', 'leave', 'report', 'silence', 'host'),
      who: fc.nat(5),
    });

    it('agrees with who is there, whatever they do, one after the other and at a time', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
          (rounds) => live(rounds),
        ),
        { numRuns: 12 },
      );
    });

    async function live(rounds: Step[][]): Promise<void> {
      roomId = await createRoom(host);
      const known: string[] = [];
      for (const round of rounds) {
        const answers = await Promise.all(round.map(({ what, who }) => take(what, known[who] ?? 'nobody')));
        for (const answer of answers) {
          expect(answer?.status ?? 200).toBe(200);
          const guestId = answer?.body.data?.guestId as string | undefined;
          if (guestId && !known.includes(guestId)) known.push(guestId);
        }
        const { participants, participantCount } = await room();
        const there = participants.filter(({ leftAt }: { leftAt: unknown }) => leftAt === null);
        expect(participantCount).toBe(there.length);
        expect(participants.map(({ userId }: { userId: string }) => userId).sort()).toEqual(
          [host.id, ...known].sort(),
        );
      }
    }

    async function take(what: Step['what'], guestId: string): Promise<Answer | undefined> {
      switch (what) {
        case 'join':
          return join(guest, roomId);
        case 'rejoin':
          return join(guest, roomId, { guestId });
        case 'leave':
          return leave(guestId);
        case 'report':
          return report(guestId);
        case 'host':
          return hostLeaves();
        case 'silence':
          await silentFor(100);
          await sweep();
          return undefined;
      }
    }
  });
});
