import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { customerInput } from '../support/factories';
import { aRoomId, createRoom, INTERVIEW, join, joined } from '../support/interview';
import { refusal } from '../support/refusal';
import { createResume } from '../support/resumes';

const NOBODY = '66f1a2b3c4d5e6f708192a3b';

describe('interview rooms', () => {
  let app: TestApp;
  let guest: Actor;
  let host: Actor;
  let manager: Actor;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    guest = app.asGuest();
    [host, manager, employee] = [await app.asHr(), await app.asManager(), await app.asEmployee()];
  });
  afterAll(() => app.stop());

  const rooms = () => app.connection.collection('interview_rooms');
  const named = (overrides = {}) => ({
    roomId: aRoomId(),
    roomName: '面试',
    hostName: '张经理',
    ...overrides,
  });
  const roomOf = async (actor: Actor, roomId: string) =>
    (await actor.get(`${INTERVIEW}/room/${roomId}`)).body.data;
  const end = (actor: Actor, roomId: string) => actor.post(`${INTERVIEW}/room/${roomId}/end`);
  const leave = (actor: Actor, roomId: string) => actor.post(`${INTERVIEW}/room/${roomId}/leave`);

  describe('POST create-room', () => {
    it('makes a room with its host in it, and a link for the guests', async () => {
      const input = named();
      const { status, body } = await host.post(`${INTERVIEW}/create-room`, { ...input, secret: 'dropped' });
      expect(status).toBe(200);
      expect(body.message).toBe('创建成功');
      expect(body.data).toMatchObject({ ...input, status: 'active' });
      expect(body.data.inviteLink).toMatch(new RegExp(`/h5/interview\\?roomId=${input.roomId}$`));
      expect(await roomOf(host, input.roomId)).toMatchObject({
        hostId: host.id,
        participantCount: 1,
        participants: [{ userId: host.id, userName: '张经理', role: 'host', leftAt: null }],
        duration: null,
        endReason: null,
      });
    });

    it.each<[field: string, value: unknown]>([
      ['roomId', ''],
      ['roomId', undefined],
      ['roomId', 'a b'],
      ['roomId', '房间'],
      ['roomId', 'a/b'],
      ['roomId', 'x'.repeat(65)],
      ['roomName', undefined],
      ['roomName', '  '],
      ['roomName', '\u200b\u2067'],
      ['roomName', 'x'.repeat(101)],
      ['roomName', 7],
      ['hostName', undefined],
      ['hostName', 'x'.repeat(51)],
    ])('refuses %s: %j', async (field, value) => {
      const answer = await host.post(`${INTERVIEW}/create-room`, named({ [field]: value }));
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('shows names in one line that turns no text around it', async () => {
      const input = named({ roomName: '面试\n\u202e二', hostName: '张\u0000经理' });
      const { body } = await host.post(`${INTERVIEW}/create-room`, input);
      expect(body.data).toMatchObject({ roomName: '面试 二', hostName: '张 经理' });
    });

    it('takes an id once, whoever comes first, of two at a time too', async () => {
      const input = named();
      const answers = await Promise.all(
        [host, employee, manager, host].map((actor) => actor.post(`${INTERVIEW}/create-room`, input)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
      for (const answer of answers.filter(({ status }) => status === 400))
        expect(answer).toMatchObject({ ...refusal('ROOM_EXISTS'), body: { message: '房间号已存在' } });
      expect(await rooms().countDocuments({ roomId: input.roomId })).toBe(1);
    });

    it('answers a repeated key with the first answer, two at a time too', async () => {
      const [input, key] = [named(), { 'idempotency-key': aRoomId() }];
      const together = await Promise.all([1, 2].map(() => host.post(`${INTERVIEW}/create-room`, input, key)));
      expect(together.map(({ status }) => status).filter((status) => status === 200).length).toBeGreaterThan(
        0,
      );
      const again = await host.post(`${INTERVIEW}/create-room`, input, key);
      expect(again.status).toBe(200);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await rooms().countDocuments({ roomId: input.roomId })).toBe(1);
      const other = await host.post(`${INTERVIEW}/create-room`, named(), key);
      expect(other).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
      const taken = await employee.post(`${INTERVIEW}/create-room`, input, { 'idempotency-key': aRoomId() });
      expect(taken).toMatchObject(refusal('ROOM_EXISTS'));
    });

    it('wants somebody who is logged in', async () => {
      expect(await guest.post(`${INTERVIEW}/create-room`, named())).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });

  describe('POST rooms', () => {
    const create = (actor: Actor, input: Record<string, unknown> = {}) =>
      actor.post(`${INTERVIEW}/rooms`, { roomName: '面试', ...input });

    it('makes an id that nobody guesses and that fits into a mini-program code', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => create(host)));
      const roomIds = ids.map(({ body }) => body.data.roomId as string);
      expect(new Set(roomIds).size).toBe(20);
      for (const roomId of roomIds) {
        expect(roomId).toMatch(/^[A-Za-z0-9_-]{22,25}$/);
        expect(`roomId=${roomId}`.length).toBeLessThanOrEqual(32);
      }
    });

    it('takes everything that is said, and the account name for a host without one', async () => {
      const customerId = (await employee.post('/api/customers/miniprogram/create', customerInput())).body.data
        .id as string;
      const resumeId = (await createResume(employee)).id;
      const input = { hostZegoUserId: 'user_001', source: 'pc', customerId, resumeId };
      const { status, body } = await create(employee, { ...input, scheduledAt: '2026-12-01' });
      expect(status).toBe(200);
      expect(body.data).toMatchObject({
        ...input,
        hostName: '李静',
        hostId: employee.id,
        scheduledAt: '2026-11-30T16:00:00.000Z',
        status: 'active',
      });
      expect(await roomOf(employee, body.data.roomId as string)).toEqual(body.data);
    });

    it('takes an id of the caller, once', async () => {
      const roomId = aRoomId();
      expect((await create(host, { roomId, hostName: '' })).body.data).toMatchObject({ roomId });
      expect(await create(host, { roomId })).toMatchObject(refusal('ROOM_EXISTS'));
    });

    it.each<[field: string, value: unknown]>([
      ['roomName', ''],
      ['roomId', '#'],
      ['source', 'h5'],
      ['customerId', 'x'],
      ['resumeId', '123'],
      ['scheduledAt', '明天'],
      ['scheduledAt', '2026-02-30'],
      ['scheduledAt', '2099-01-01'],
      ['hostZegoUserId', 'a b'],
      ['hostZegoUserId', 'x'.repeat(65)],
      ['customerId', NOBODY],
      ['resumeId', NOBODY],
    ])('refuses %s: %j', async (field, value) => {
      const before = await rooms().countDocuments();
      expect(await create(manager, { [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
      expect(await rooms().countDocuments()).toBe(before);
    });

    it('refuses customers and resumes that are not for the caller to see', async () => {
      const theirs = (await manager.post('/api/customers/miniprogram/create', customerInput())).body.data;
      const resumeId = (await createResume(manager)).id;
      expect(await create(employee, { customerId: theirs.id })).toMatchObject(refusal('FORBIDDEN'));
      expect(await create(host, { customerId: theirs.id })).toMatchObject(refusal('FORBIDDEN'));
      expect(await create(host, { resumeId })).toMatchObject(refusal('FORBIDDEN'));
      expect((await create(manager, { customerId: theirs.id, resumeId })).status).toBe(200);
    });

    it('answers a repeated key with the room that was made', async () => {
      const key = { 'idempotency-key': aRoomId() };
      const first = await host.post(`${INTERVIEW}/rooms`, { roomName: '一次' }, key);
      const second = await host.post(`${INTERVIEW}/rooms`, { roomName: '一次' }, key);
      expect(second.body.data).toEqual(first.body.data);
    });

    it('wants somebody who is logged in', async () => {
      expect(await create(guest)).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });

  describe('GET room/:roomId', () => {
    it('does not know a room that there is not, and no id that is none', async () => {
      for (const actor of [guest, host, manager]) {
        const missing = await actor.get(`${INTERVIEW}/room/${aRoomId()}`);
        expect(missing).toMatchObject({ ...refusal('ROOM_NOT_FOUND'), body: { message: '房间不存在' } });
      }
      expect(await guest.get(`${INTERVIEW}/room/a%20b`)).toMatchObject(refusal('INVALID_PARAMS', 'roomId'));
    });

    it('refuses a token that is none, instead of taking its bearer for a guest', async () => {
      const roomId = await createRoom(host);
      const answer = await guest.get(`${INTERVIEW}/room/${roomId}`, {}, { authorization: 'Bearer x.y.z' });
      expect(answer).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });

  describe('POST room/:roomId/end', () => {
    it('ends it for everybody who is in it, and tells how long it was', async () => {
      const roomId = await createRoom(host);
      const [stays, left] = [await joined(guest, roomId), await joined(guest, roomId)];
      await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId: left });
      const before = (await roomOf(host, roomId)).participants[2];
      const createdAt = new Date(Date.now() - 61_500);
      await rooms().updateOne({ roomId }, { $set: { createdAt } });
      const { status, body } = await end(host, roomId);
      expect(status).toBe(200);
      expect(body.message).toBe('房间已结束');
      const { endedAt, duration } = body.data;
      expect(body.data).toMatchObject({ roomId, status: 'ended' });
      expect(duration).toBe(Math.floor((Date.parse(endedAt as string) - createdAt.getTime()) / 1000));
      const room = await roomOf(host, roomId);
      expect(room).toMatchObject({
        status: 'ended',
        endedAt,
        duration,
        participantCount: 0,
        endReason: 'host',
      });
      expect(room.participants).toMatchObject([
        { role: 'host', leftAt: endedAt },
        { userId: stays, leftAt: endedAt },
        { userId: left, leftAt: before.leftAt },
      ]);
    });

    it('tells of an end that was, as it was', async () => {
      const roomId = await createRoom(host);
      const first = await end(host, roomId);
      const again = await end(host, roomId);
      expect(again.body.data).toEqual(first.body.data);
      expect((await end(manager, roomId)).body.data).toEqual(first.body.data);
    });

    it('is one end, however many end it at a time', async () => {
      const roomId = await createRoom(host);
      const answers = await Promise.all([host, manager, host, manager].map((actor) => end(actor, roomId)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(new Set(answers.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
    });

    it.each(['admin', 'manager'] as const)('is for its host, and for a %s', async (role) => {
      const roomId = await createRoom(host);
      expect((await end(await app.asStaff(role), roomId)).status).toBe(200);
      expect((await roomOf(host, roomId)).endReason).toBe('manager');
    });

    it('is for nobody else', async () => {
      const roomId = await createRoom(host);
      expect(await end(employee, roomId)).toMatchObject(refusal('FORBIDDEN'));
      expect(await end(await app.asHr(), roomId)).toMatchObject(refusal('FORBIDDEN'));
      expect(await end(guest, roomId)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await end(manager, aRoomId())).toMatchObject(refusal('ROOM_NOT_FOUND'));
      expect((await roomOf(host, roomId)).status).toBe('active');
      await end(host, roomId);
      expect(await end(employee, roomId)).toMatchObject(refusal('FORBIDDEN'));
    });

    it('meets joins and leaves at the same time: whoever is let in has left when it has ended', async () => {
      const roomId = await createRoom(host);
      const there = await Promise.all(Array.from({ length: 5 }, () => joined(guest, roomId)));
      const answers = await Promise.all([
        ...Array.from({ length: 6 }, () => join(guest, roomId)),
        ...there.map((guestId) => guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId })),
        end(host, roomId),
        leave(host, roomId),
        ...Array.from({ length: 6 }, () => join(guest, roomId)),
      ]);
      for (const { status, body } of answers)
        if (status !== 200) expect([status, body.code]).toEqual([400, 'ROOM_ENDED']);
      const room = await roomOf(host, roomId);
      expect(room).toMatchObject({ status: 'ended', participantCount: 0 });
      expect(room.participants.every(({ leftAt }: { leftAt: unknown }) => leftAt !== null)).toBe(true);
      const admitted = answers.filter(({ body }) => body.data?.guestId).length;
      expect(room.participants).toHaveLength(1 + there.length + admitted);
    });
  });

  describe('POST room/:roomId/leave', () => {
    it('takes the host out of it, and leaves the room as it is; doing it twice does nothing more', async () => {
      const roomId = await createRoom(host);
      await joined(guest, roomId);
      const first = await leave(host, roomId);
      expect(first).toMatchObject({ status: 200, body: { message: '已离开房间', data: null } });
      expect((await leave(host, roomId)).status).toBe(200);
      const room = await roomOf(host, roomId);
      expect(room).toMatchObject({ status: 'active', participantCount: 1 });
      expect(room.participants[0]).toMatchObject({ role: 'host', leftAt: expect.any(String) as string });
      await end(host, roomId);
      expect((await leave(host, roomId)).status).toBe(200);
    });

    it('is for the host', async () => {
      const roomId = await createRoom(host);
      expect(await leave(manager, roomId)).toMatchObject(refusal('FORBIDDEN'));
      expect(await leave(employee, roomId)).toMatchObject(refusal('FORBIDDEN'));
      expect(await leave(guest, roomId)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await leave(host, aRoomId())).toMatchObject(refusal('ROOM_NOT_FOUND'));
    });
  });

  describe('GET rooms and latest-room', () => {
    let owner: Actor;
    let ids: string[];
    beforeAll(async () => {
      owner = await app.asEmployee();
      ids = [];
      for (const roomName of ['育儿嫂初面', '月嫂复试', '月嫂初面'])
        ids.push(await createRoom(owner, { roomName, hostName: '欧阳娜' }));
      await end(owner, ids[1]!);
    });

    const list = async (actor: Actor, query: Record<string, string | number> = {}) => {
      const { status, body } = await actor.get(`${INTERVIEW}/rooms`, query);
      expect(status).toBe(200);
      return body.data as { list: { roomId: string; participantCount: number }[]; total: number };
    };
    const idsOf = ({ list }: { list: { roomId: string }[] }) => list.map(({ roomId }) => roomId);

    it("list one's own, newest first, by status and page", async () => {
      const newestFirst = [...ids].reverse();
      const all = await list(owner);
      expect(idsOf(all)).toEqual(newestFirst);
      expect(all.total).toBe(3);
      expect(all.list[0]).toMatchObject({ hostName: '欧阳娜', status: 'active', participantCount: 1 });
      expect(idsOf(await list(owner, { status: 'active' }))).toEqual([ids[2], ids[0]]);
      expect(await list(owner, { status: 'ended' })).toMatchObject({ total: 1, list: [{ roomId: ids[1] }] });
      const second = await list(owner, { page: 2, pageSize: 2 });
      expect(second).toMatchObject({ total: 3, page: 2, totalPages: 2, hasMore: false });
      expect(idsOf(second)).toEqual([ids[0]]);
    });

    it.each([
      ['part of a name', '初面', [2, 0]],
      ['pinyin', 'yuesao', [2, 1]],
      ['initials', 'fs', [1]],
      ["the host's name", '欧阳', [2, 1, 0]],
      ["the host's initials", 'OYN', [2, 1, 0]],
    ])('find rooms by %s', async (_what, keyword, found) => {
      const expected = found.map((at) => ids[at]);
      expect(idsOf(await list(owner, { keyword }))).toEqual(expected);
    });

    it('find a room by its whole id, in whatever case, with a filter too', async () => {
      const roomId = await createRoom(owner, { roomId: `Room-${aRoomId()}` });
      expect(idsOf(await list(owner, { keyword: roomId.toUpperCase() }))).toEqual([roomId]);
      expect(idsOf(await list(owner, { keyword: roomId, status: 'ended' }))).toEqual([]);
      await end(owner, roomId);
    });

    it("show managers everybody's, and others nobody else's", async () => {
      expect(idsOf(await list(await app.asAdmin(), { keyword: '欧阳娜', pageSize: 3 }))).toEqual(
        [...ids].reverse(),
      );
      expect((await list(manager)).total).toBe(await rooms().countDocuments());
      expect((await list(manager, { status: 'ended' })).total).toBe(
        await rooms().countDocuments({ status: 'ended' }),
      );
      expect(idsOf(await list(await app.asHr()))).toEqual([]);
      expect(idsOf(await list(host, { keyword: '欧阳娜' }))).toEqual([]);
    });

    it.each<[field: string, value: string | number]>([
      ['page', 0],
      ['pageSize', 101],
      ['page', 1001],
      ['status', 'open'],
      ['keyword', 'x'.repeat(51)],
    ])('refuse %s: %s', async (field, value) => {
      expect(await owner.get(`${INTERVIEW}/rooms`, { [field]: value })).toMatchObject(
        refusal('INVALID_PARAMS', field),
      );
    });

    it("tell one's newest that runs, a manager's own too", async () => {
      const latest = async (actor: Actor) => (await actor.get(`${INTERVIEW}/latest-room`)).body;
      expect((await latest(owner)).data).toMatchObject({ roomId: ids[2], status: 'active' });
      const boss = await app.asManager();
      expect(await latest(boss)).toMatchObject({ success: true, data: null, message: '没有活跃的面试间' });
      const own = await createRoom(boss);
      expect((await latest(boss)).data).toMatchObject({ roomId: own });
      await end(boss, own);
      expect((await latest(boss)).data).toBeNull();
    });

    it('want somebody who is logged in', async () => {
      for (const path of ['rooms', 'latest-room'])
        expect(await guest.get(`${INTERVIEW}/${path}`)).toMatchObject(refusal('UNAUTHORIZED'));
    });
  });

  it('costs as many database calls, however many rooms and people there are', async () => {
    const alone = await app.asHr();
    const roomId = await createRoom(alone);
    const calls = async () => {
      const requests: [string, () => Promise<unknown>][] = [
        ['list', () => alone.get(`${INTERVIEW}/rooms`)],
        ['latest', () => alone.get(`${INTERVIEW}/latest-room`)],
        ['room', () => guest.get(`${INTERVIEW}/room/${roomId}`)],
        ['join', () => join(guest, roomId)],
        ['create', () => createRoom(alone)],
      ];
      const counted: Record<string, number> = {};
      for (const [name, request] of requests)
        counted[name] = (await app.databaseCalls(request)).filter((call) =>
          call.includes('interview'),
        ).length;
      return counted;
    };
    const few = await calls();
    expect(few).toEqual({ list: 2, latest: 1, room: 1, join: 2, create: 1 });
    for (let i = 0; i < 5; i++) await createRoom(alone);
    for (let i = 0; i < 5; i++) await joined(guest, roomId);
    expect(await calls()).toEqual(few);
  });
});
