import type { RoomView } from '../room/room';

/** Whom the service knows this guest as. The id speaks for its guest: it is shown to nobody. */
export interface Me {
  guestId: string;
  userName: string;
  identity: string;
  joinedAt: string;
}

/** Where a guest is. Each step is a view of the page. */
export type GuestState =
  | { step: 'looking' }
  | { step: 'bad-link' }
  | { step: 'missing' }
  | { step: 'unreachable' }
  | { step: 'lobby'; room: RoomView; joining: boolean; problem?: string }
  | { step: 'full'; room: RoomView; problem: string }
  | { step: 'in-room'; room: RoomView; me: Me; connected: boolean }
  | { step: 'left'; room: RoomView }
  | { step: 'ended'; room?: RoomView };

export type GuestEvent =
  | { type: 'look-up' }
  | { type: 'room'; room: RoomView }
  | { type: 'room-missing' }
  | { type: 'no-answer' }
  | { type: 'join' }
  | { type: 'joined'; me: Me }
  | { type: 'refused'; code: string; message: string }
  | { type: 'connection'; connected: boolean }
  | { type: 'place-lost'; message: string }
  | { type: 'leave' };

export function firstState(roomId: string | undefined): GuestState {
  return roomId === undefined ? { step: 'bad-link' } : { step: 'looking' };
}

/**
 * The next state. What does not fit the present one changes nothing: an answer may come after its question has become
 * pointless. An ended room stays ended, whatever comes after.
 */
export function next(state: GuestState, event: GuestEvent): GuestState {
  if (state.step === 'ended' || state.step === 'bad-link') return state;
  switch (event.type) {
    case 'look-up':
      return lookingUp(state);
    case 'room':
      return withRoom(state, event.room);
    case 'room-missing':
      return { step: 'missing' };
    case 'no-answer':
      return withoutAnswer(state);
    case 'join':
      return state.step === 'lobby' ? { step: 'lobby', room: state.room, joining: true } : state;
    case 'joined':
      return isJoining(state) ? { step: 'in-room', room: state.room, me: event.me, connected: true } : state;
    case 'refused':
      return isJoining(state) ? refused(state.room, event.code, event.message) : state;
    case 'connection':
      return state.step === 'in-room' ? { ...state, connected: event.connected } : state;
    case 'place-lost':
      return state.step === 'in-room' ? full(state.room, event.message) : state;
    case 'leave':
      return state.step === 'in-room' ? { step: 'left', room: state.room } : state;
  }
}

function lookingUp(state: GuestState): GuestState {
  if (state.step === 'in-room') return state;
  return 'room' in state && state.room ? lobby(state.room) : { step: 'looking' };
}

function isJoining(state: GuestState): state is Extract<GuestState, { step: 'lobby' }> {
  return state.step === 'lobby' && state.joining;
}

function withRoom(state: GuestState, room: RoomView): GuestState {
  if (room.status === 'ended') return { step: 'ended', room };
  return 'room' in state && state.room ? { ...state, room } : lobby(room);
}

function withoutAnswer(state: GuestState): GuestState {
  if (state.step === 'looking') return { step: 'unreachable' };
  return state.step === 'in-room' ? { ...state, connected: false } : state;
}

function refused(room: RoomView, code: string, message: string): GuestState {
  switch (code) {
    case 'ROOM_ENDED':
      return { step: 'ended', room };
    case 'ROOM_NOT_FOUND':
      return { step: 'missing' };
    case 'ROOM_FULL':
      return full(room, message);
    default:
      return { step: 'lobby', room, joining: false, problem: message };
  }
}

function lobby(room: RoomView): GuestState {
  return { step: 'lobby', room, joining: false };
}

function full(room: RoomView, problem: string): GuestState {
  return { step: 'full', room, problem };
}
