import fc from 'fast-check';
import { firstState, type GuestEvent, type GuestState, next } from '../src/interview/guest-machine';
import { guest, HOST, roomOf } from './support';

const ROOM = roomOf([HOST]);
const FULLER = roomOf([HOST, guest('李明', 1)]);
const OVER = roomOf([], 'ended');
const ME = { guestId: 'guest_1', userName: '李明', identity: '求职者', joinedAt: guest('李明', 1).joinedAt };

const after = (events: GuestEvent[], from: GuestState = firstState('room_1')) => events.reduce(next, from);
const IN_ROOM: GuestEvent[] = [{ type: 'room', room: ROOM }, { type: 'join' }, { type: 'joined', me: ME }];
const refused = (code: string): GuestEvent => ({ type: 'refused', code, message: '说明' });

describe('a guest’s way', () => {
  it('leads from the link through the lobby into the room', () => {
    expect(firstState('room_1')).toEqual({ step: 'looking' });
    expect(after(IN_ROOM.slice(0, 1))).toEqual({ step: 'lobby', room: ROOM, joining: false });
    expect(after(IN_ROOM.slice(0, 2))).toEqual({ step: 'lobby', room: ROOM, joining: true });
    expect(after(IN_ROOM)).toEqual({ step: 'in-room', room: ROOM, me: ME, connected: true });
  });

  it('ends at once with an address that names no room', () => {
    expect(after(IN_ROOM, firstState(undefined))).toEqual({ step: 'bad-link' });
  });

  it('shows each change of the room wherever one is', () => {
    const change: GuestEvent = { type: 'room', room: FULLER };
    expect(after([...IN_ROOM.slice(0, 2), change])).toEqual({ step: 'lobby', room: FULLER, joining: true });
    expect(after([...IN_ROOM, change])).toMatchObject({ step: 'in-room', room: FULLER, me: ME });
    expect(after([...IN_ROOM, { type: 'leave' }, change])).toEqual({ step: 'left', room: FULLER });
  });

  it.each([
    ['ROOM_ENDED', { step: 'ended', room: ROOM }],
    ['ROOM_NOT_FOUND', { step: 'missing' }],
    ['ROOM_FULL', { step: 'full', room: ROOM, problem: '说明' }],
    ['RATE_LIMITED', { step: 'lobby', room: ROOM, joining: false, problem: '说明' }],
    ['', { step: 'lobby', room: ROOM, joining: false, problem: '说明' }],
  ])('refused with %j', (code, state) => {
    expect(after([...IN_ROOM.slice(0, 2), refused(code)])).toEqual(state);
  });

  it('tells of a broken connection and of its return, and stays in the room', () => {
    const broken = after([...IN_ROOM, { type: 'no-answer' }]);
    expect(broken).toEqual({ step: 'in-room', room: ROOM, me: ME, connected: false });
    expect(next(broken, { type: 'connection', connected: true })).toEqual(after(IN_ROOM));
  });

  it('waits where no answer came to the first look, and goes on when one comes', () => {
    const waiting = after([{ type: 'no-answer' }]);
    expect(waiting).toEqual({ step: 'unreachable' });
    expect(next(waiting, { type: 'look-up' })).toEqual({ step: 'looking' });
    expect(next(waiting, { type: 'room', room: ROOM })).toMatchObject({ step: 'lobby' });
  });

  it('leads back to the lobby from leaving, from a full room, and from a place that was lost', () => {
    const lobby = { step: 'lobby', room: ROOM, joining: false };
    for (const away of [
      after([...IN_ROOM, { type: 'leave' }]),
      after([...IN_ROOM, { type: 'place-lost', message: '已满' }]),
      after([...IN_ROOM.slice(0, 2), refused('ROOM_FULL')]),
    ])
      expect(next(away, { type: 'look-up' })).toEqual(lobby);
  });

  it('takes an answer that comes too late for nothing', () => {
    const lobby = after(IN_ROOM.slice(0, 1));
    expect(next(lobby, { type: 'joined', me: ME })).toBe(lobby);
    expect(next(lobby, refused('ROOM_FULL'))).toBe(lobby);
    const inRoom = after(IN_ROOM);
    expect(next(inRoom, { type: 'look-up' })).toBe(inRoom);
    expect(next(inRoom, { type: 'join' })).toBe(inRoom);
  });

  const event = fc.constantFrom<GuestEvent>(
    { type: 'look-up' },
    { type: 'room', room: ROOM },
    { type: 'room', room: FULLER },
    { type: 'room', room: OVER },
    { type: 'room-missing' },
    { type: 'no-answer' },
    { type: 'join' },
    { type: 'joined', me: ME },
    refused('ROOM_FULL'),
    refused('ROOM_ENDED'),
    refused('ROOM_NOT_FOUND'),
    refused(''),
    { type: 'connection', connected: false },
    { type: 'connection', connected: true },
    { type: 'place-lost', message: '已满' },
    { type: 'leave' },
  );

  it('never leads into a room without an answer to one’s own asking, nor out of the end', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = firstState('room_1');
        for (const each of events) {
          const before = state;
          state = next(state, each);
          if (before.step === 'ended') expect(state).toBe(before);
          if (state.step === 'in-room' && before.step !== 'in-room') {
            expect(each.type).toBe('joined');
            expect(before).toMatchObject({ step: 'lobby', joining: true });
          }
          if ('room' in state && state.room && state.step !== 'ended')
            expect(state.room.status).toBe('active');
        }
      }),
    );
  });
});
