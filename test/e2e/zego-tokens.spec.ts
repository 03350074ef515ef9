import { SANDBOX_CREDENTIALS } from '@homecare/platform-sandbox';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { aRoomId, createRoom, INTERVIEW, joined } from '../support/interview';
import { refusal } from '../support/refusal';
import { PlatformSandbox } from '../support/sandbox';
import { openZegoToken } from '../support/zego-token';

const { appId, serverSecret } = SANDBOX_CREDENTIALS.zego;

describe('tokens for the video of a room', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let host: Actor;
  let manager: Actor;
  let guest: Actor;
  let roomId: string;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    [host, manager, guest] = [await app.asHr(), await app.asManager(), app.asGuest()];
  });
  beforeEach(async () => {
    roomId = await createRoom(host);
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  const staffToken = (actor: Actor, input: Record<string, unknown> = {}) =>
    actor.post('/api/zego/generate-token', { userId: actor.id, userName: '李静', roomId, ...input });
  const guestToken = (userId: string, input: Record<string, unknown> = {}) =>
    guest.post('/api/zego/generate-guest-token', { userId, userName: '王芳', roomId, ...input });
  const room = async () => (await host.get(`${INTERVIEW}/room/${roomId}`)).body.data;
  const hostLeaves = () => host.post(`${INTERVIEW}/room/${roomId}/leave`);

  /** What the answer's token opens to, with the answer held against it. */
  function opened({ status, body, text }: Answer) {
    expect(status).toBe(200);
    expect(text).not.toContain(serverSecret);
    expect(Object.keys(body.data).sort()).toEqual(['appId', 'expireTime', 'roomId', 'token', 'userId']);
    const { claims, room: rights, layout } = openZegoToken(body.data.token as string, serverSecret);
    expect(layout).toBe('gcm');
    expect(claims).toMatchObject({ app_id: body.data.appId, user_id: body.data.userId });
    expect(claims.expire - claims.ctime).toBe(body.data.expireTime);
    expect(Math.abs(claims.ctime - Date.now() / 1000)).toBeLessThan(10);
    expect(rights).toEqual({ room_id: body.data.roomId, privilege: { 1: 1, 2: 1 }, stream_id_list: null });
    return body.data;
  }

  it('let a guest who is in the room into that room, for two hours or as asked', async () => {
    const guestId = await joined(guest, roomId);
    expect(opened(await guestToken(guestId))).toMatchObject({
      appId,
      userId: guestId,
      roomId,
      expireTime: 7200,
    });
    for (const expireTime of [60, 86_400])
      expect(opened(await guestToken(guestId, { expireTime }))).toMatchObject({ expireTime });
  });

  it('let no guest in who is not there', async () => {
    const guestId = await joined(guest, roomId);
    const elsewhere = await joined(guest, await createRoom(host));
    expect(await guestToken(elsewhere)).toMatchObject(refusal('FORBIDDEN'));
    expect(await guestToken('guest_nobody')).toMatchObject(refusal('FORBIDDEN'));
    expect(await guestToken(host.id)).toMatchObject(refusal('FORBIDDEN'));
    expect(await guestToken(guestId, { roomId: aRoomId() })).toMatchObject(refusal('ROOM_NOT_FOUND'));
    await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
    expect(await guestToken(guestId)).toMatchObject(refusal('FORBIDDEN'));
    await joined(guest, roomId, { guestId });
    opened(await guestToken(guestId));
    await host.post(`${INTERVIEW}/room/${roomId}/end`);
    expect(await guestToken(guestId)).toMatchObject(refusal('ROOM_ENDED'));
  });

  it('let the host in, under the account or under what the room says', async () => {
    expect(opened(await staffToken(host))).toMatchObject({ userId: host.id, roomId });
    const made = await host.post(`${INTERVIEW}/rooms`, { roomName: '面试', hostZegoUserId: 'user_001' });
    const other = made.body.data.roomId as string;
    expect(opened(await staffToken(host, { roomId: other, userId: 'user_001' }))).toMatchObject({
      userId: 'user_001',
      roomId: other,
    });
    opened(await staffToken(host, { roomId: other }));
    expect(await staffToken(host, { userId: 'user_001' })).toMatchObject(refusal('FORBIDDEN'));
    expect(await staffToken(host, { userId: manager.id })).toMatchObject(refusal('FORBIDDEN'));
  });

  it('let managers in, who are no participants, whether the host is there or not', async () => {
    const before = await room();
    opened(await staffToken(manager));
    opened(await staffToken(await app.asAdmin()));
    expect(await room()).toEqual(before);
    await hostLeaves();
    opened(await staffToken(manager));
    expect(await room()).toMatchObject({ participantCount: 0 });
    expect(await staffToken(manager, { userId: host.id })).toMatchObject(refusal('FORBIDDEN'));
  });

  it('bring a manager back into a room of their own, as any host', async () => {
    const own = await createRoom(manager);
    await manager.post(`${INTERVIEW}/room/${own}/leave`);
    opened(await staffToken(manager, { roomId: own }));
    const { participantCount, participants } = (await manager.get(`${INTERVIEW}/room/${own}`)).body.data;
    expect(participantCount).toBe(1);
    expect(participants[0]).toMatchObject({ userId: manager.id, leftAt: null });
  });

  it('let nobody else in, and nobody into a room that has ended or never was', async () => {
    expect(await staffToken(await app.asHr())).toMatchObject(refusal('FORBIDDEN'));
    expect(await staffToken(await app.asEmployee())).toMatchObject(refusal('FORBIDDEN'));
    const { status, body } = await guest.post('/api/zego/generate-token', {
      userId: 'x',
      userName: 'x',
      roomId,
    });
    expect([status, body.code]).toEqual([401, 'UNAUTHORIZED']);
    for (const actor of [host, manager])
      expect(await staffToken(actor, { roomId: aRoomId() })).toMatchObject(refusal('ROOM_NOT_FOUND'));
    await host.post(`${INTERVIEW}/room/${roomId}/end`);
    for (const actor of [host, manager]) expect(await staffToken(actor)).toMatchObject(refusal('ROOM_ENDED'));
  });

  it('bring a host back who has left, if there is a place', async () => {
    await hostLeaves();
    const { joinedAt } = (await room()).participants[0];
    opened(await staffToken(host));
    expect(await room()).toMatchObject({
      participantCount: 1,
      participants: [{ role: 'host', joinedAt, leftAt: null }],
    });
    await hostLeaves();
    const guests = await Promise.all(Array.from({ length: 20 }, () => joined(guest, roomId)));
    expect(await staffToken(host)).toMatchObject(refusal('ROOM_FULL'));
    await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId: guests[0] });
    const together = await Promise.all([1, 2, 3].map(() => staffToken(host)));
    together.forEach(opened);
    expect(await room()).toMatchObject({ participantCount: 20 });
  });

  it.each<[field: string, value: unknown]>([
    ['userId', ''],
    ['userId', 'a b'],
    ['userId', 'x'.repeat(65)],
    ['userName', ''],
    ['userName', 'x'.repeat(51)],
    ['roomId', 'a b'],
    ['expireTime', 59],
    ['expireTime', 86_401],
    ['expireTime', 100.5],
    ['expireTime', '7200'],
  ])('are not made with %s: %j', async (field, value) => {
    expect(await staffToken(host, { [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
    if (field === 'userId' && value === 'a b') return;
    const guestId = await joined(guest, roomId);
    expect(await guestToken(guestId, { [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('cost one database call, and keep the room from being taken for unused', async () => {
    const guestId = await joined(guest, roomId);
    // not so long that the room is due to end
    const long = new Date(Date.now() - 100 * 60_000);
    const asks = [() => guestToken(guestId), () => staffToken(host), () => staffToken(manager)];
    for (const ask of asks) {
      await app.connection
        .collection('interview_rooms')
        .updateOne({ roomId }, { $set: { lastActivityAt: long } });
      expect(await app.databaseCalls(ask)).toEqual(['update interview_rooms']);
      const stored = await app.connection.collection('interview_rooms').findOne({ roomId });
      expect(+stored?.['lastActivityAt']).toBeGreaterThan(Date.now() - 60_000);
    }
  });

  describe('and GET config', () => {
    const config = async (instance: TestApp) => (await instance.asGuest().get('/api/zego/config')).body.data;

    it('says of the sandbox that it has no video', async () => {
      expect(await config(app)).toEqual({ mode: 'sandbox', appId, server: null });
    });

    it('says where video is, and never the secret', async () => {
      const env = { ZEGO_APP_ID: '1234567891', ZEGO_SERVER_SECRET: 'f3a91c07be5d42688d10c2b7e94f6a35' };
      const real = await TestApp.start({ env });
      expect(await config(real)).toEqual({
        mode: 'zego',
        appId: 1_234_567_891,
        server: 'wss://webliveroom1234567891-api.zego.im/ws',
      });
      await real.stop();
    });

    it('says where nothing is configured that there is no video; no tokens are made then', async () => {
      const without = await TestApp.start();
      expect(await config(without)).toEqual({ mode: 'sandbox', appId: null, server: null });
      const owner = await without.asHr();
      const id = await createRoom(owner);
      const input = { userId: owner.id, userName: '李静', roomId: id };
      expect(await owner.post('/api/zego/generate-token', input)).toMatchObject({
        ...refusal('SERVICE_UNAVAILABLE'),
        body: { message: '视频服务未配置，请联系管理员' },
      });
      await owner.post(`${INTERVIEW}/room/${id}/end`);
      const stored = await without.connection.collection('interview_rooms').findOne({ roomId: id });
      expect(stored).not.toHaveProperty('closing');
      await without.stop();
    });
  });
});
