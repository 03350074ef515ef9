import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { INTERVIEW, joined } from '../support/interview';
import { createResume } from '../support/resumes';
import { customerInput } from '../support/factories';
import type { PublicRoom } from '../../src/modules/interview/room-public.views';
import { EventReader } from '../support/event-reader';

const LIST = ['roomId', 'roomName', 'hostName', 'status', 'participantCount', 'createdAt'];
const INVITATION = ['roomId', 'roomName', 'hostName', 'status', 'createdAt', 'inviteLink'];
const PUBLIC = [
  'roomId',
  'roomName',
  'hostName',
  'status',
  'participants',
  'participantCount',
  'scheduledAt',
  'createdAt',
  'endedAt',
];
const FULL = [
  ...PUBLIC,
  'id',
  'inviteLink',
  'hostId',
  'hostZegoUserId',
  'source',
  'customerId',
  'resumeId',
  'duration',
  'endReason',
];
const PUBLIC_PARTICIPANT = ['userName', 'role', 'identity', 'joinedAt'];
const PARTICIPANT = ['userId', ...PUBLIC_PARTICIPANT, 'leftAt'];

/** As somebody may add to the schema tomorrow, and forget the views. */
const TOMORROW = { recordingUrl: 'X-recording', 'participants.1.phone': 'X-phone' };
/** What is for no answer at all. */
const NEVER = [
  'X-recording',
  'X-phone',
  'searchTerms',
  'revision',
  'lastActivityAt',
  'lastLeftAt',
  'seenAt',
  'silent',
  'closing',
];

describe('which fields of a room leave the service', () => {
  let app: TestApp;
  let host: Actor;
  let manager: Actor;
  let guest: Actor;
  let roomId: string;
  let guestId: string;
  let gone: string;
  /** what nobody may learn who has no business with the room */
  let secrets: string[];
  beforeAll(async () => {
    app = await TestApp.start();
    [host, manager, guest] = [await app.asEmployee(), await app.asManager(), app.asGuest()];
    const customer = await host.post('/api/customers/miniprogram/create', customerInput());
    const customerId = customer.body.data.id as string;
    const resumeId = (await createResume(host)).id;
    const made = await host.post(`${INTERVIEW}/rooms`, {
      roomName: '张经理的面试房间',
      hostName: '张经理',
      hostZegoUserId: 'S-zego-user',
      source: 'miniprogram',
      customerId,
      resumeId,
      scheduledAt: '2026-12-01T10:00:00+08:00',
    });
    roomId = made.body.data.roomId as string;
    guestId = await joined(guest, roomId, { userName: '李明' });
    gone = await joined(guest, roomId, { userName: 'S-gone' });
    await guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId });
    await guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId: gone });
    await app.connection.collection('interview_rooms').updateOne({ roomId }, { $set: TOMORROW });
    secrets = [guestId, gone, host.id, customerId, resumeId, 'S-zego-user', 'S-gone', 'miniprogram'];
  });
  afterAll(() => app.stop());

  const sorted = (fields: string[]) => [...fields].sort();
  const fieldsOf = (data: object) => Object.keys(data).sort();
  const room = async (actor: Actor) => {
    const { status, text, body } = await actor.get(`${INTERVIEW}/room/${roomId}`);
    expect(status).toBe(200);
    return { text, data: body.data };
  };
  const event = async () => {
    const reader = await EventReader.open(app.url, roomId);
    const text = await reader.next();
    reader.close();
    return { text, data: JSON.parse(text) as PublicRoom };
  };
  const hold = (text: string, hidden: string[]) => {
    for (const secret of hidden) expect([secret, text.includes(secret)]).toEqual([secret, false]);
  };

  it.each<[who: string, ask: () => Promise<{ text: string; data: PublicRoom }>]>([
    ['somebody without a token', () => room(guest)],
    ['an interviewer who is not its host', async () => room(await app.asHr())],
    ['an employee who is not its host', async () => room(await app.asEmployee())],
    ['whoever watches it', event],
  ])('to %s: exactly these', async (_who, ask) => {
    const { text, data } = await ask();
    expect(fieldsOf(data)).toEqual(sorted(PUBLIC));
    expect(data.participants.map(fieldsOf)).toEqual([sorted(PUBLIC_PARTICIPANT), sorted(PUBLIC_PARTICIPANT)]);
    expect(data.participants).toMatchObject([
      { userName: '张经理', role: 'host', identity: '' },
      { userName: '李明', role: 'guest', identity: '求职者' },
    ]);
    expect(data).toMatchObject({
      roomId,
      roomName: '张经理的面试房间',
      hostName: '张经理',
      status: 'active',
      participantCount: 2,
      scheduledAt: '2026-12-01T02:00:00.000Z',
      endedAt: null,
    });
    hold(text, [...NEVER, ...secrets]);
  });

  it.each<[who: string, actor: () => Actor | Promise<Actor>]>([
    ['its host', () => host],
    ['a manager', () => manager],
    ['an administrator', () => app.asAdmin()],
  ])('to %s: the whole record, those who have left included', async (_who, actor) => {
    const { text, data } = await room(await actor());
    expect(fieldsOf(data)).toEqual(sorted(FULL));
    for (const participant of data.participants) expect(fieldsOf(participant)).toEqual(sorted(PARTICIPANT));
    expect(data.participants).toMatchObject([
      { userId: host.id, role: 'host', leftAt: null },
      { userId: guestId, role: 'guest', leftAt: null },
      { userId: gone, role: 'guest', leftAt: expect.any(String) as string },
    ]);
    hold(text, NEVER);
  });

  it('in lists and invitations exactly these', async () => {
    const list = await manager.get(`${INTERVIEW}/rooms`, { keyword: roomId });
    expect(list.body.data.list.map(fieldsOf)).toEqual([sorted(LIST)]);
    const latest = await host.get(`${INTERVIEW}/latest-room`);
    expect(fieldsOf(latest.body.data)).toEqual(sorted(INVITATION));
    const named = { roomId: 'views_1', roomName: '房间', hostName: '主持' };
    const created = await host.post(`${INTERVIEW}/create-room`, named);
    expect(fieldsOf(created.body.data)).toEqual(sorted(INVITATION));
    hold(list.text + latest.text + created.text, [...NEVER, ...secrets]);
  });

  it('to guests of what they do exactly these', async () => {
    const answer = await guest.post(`${INTERVIEW}/guest/join`, { roomId, userName: '周敏', guestId });
    expect(fieldsOf(answer.body.data)).toEqual(
      sorted(['guestId', 'roomId', 'userName', 'identity', 'joinedAt']),
    );
    const presence = await guest.post(`${INTERVIEW}/guest/presence`, { roomId, guestId });
    expect(presence.body.data).toEqual({ roomId, status: 'active', present: true });
    const ended = await manager.post(`${INTERVIEW}/room/${roomId}/end`);
    expect(fieldsOf(ended.body.data)).toEqual(sorted(['roomId', 'status', 'endedAt', 'duration']));
  });
});
