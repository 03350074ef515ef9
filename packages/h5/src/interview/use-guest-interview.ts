import { computed, type ComputedRef, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import { type Call, useCall } from '../call/use-call';
import { ApiError, newIdempotencyKey } from '../net/http';
import { reportAccess } from '../report/access-report';
import { comings, keyOf, type RoomView } from '../room/room';
import { fetchGuestPass, joinRoom, leaveRoom, leaveWhileClosing } from '../room/room-api';
import { RoomLive } from '../room/room-live';
import { texts } from '../texts';
import type { Toasts } from '../ui/use-toasts';
import { firstState, type GuestEvent, type GuestState, type Me, next } from './guest-machine';
import { guestMemory, type RememberedGuest } from './guest-memory';
import { Presence } from './presence';

export interface Introduction {
  userName: string;
  identity: string;
}

export interface GuestInterview {
  state: ShallowRef<GuestState>;
  call: Call;
  /** who this tab's guest was before */
  remembered: ComputedRef<RememberedGuest | undefined>;
  join(introduction: Introduction): Promise<void>;
  leave(): void;
  /** from a notice back to the room's door */
  again(): void;
}

/** A guest's visit to one room, from the link to the end. What may happen when is in guest-machine.ts. */
export function useGuestInterview(roomId: string | undefined, toasts: Toasts): GuestInterview {
  const state = shallowRef(firstState(roomId));
  const call = useCall();
  const id = roomId ?? '';
  let live: RoomLive | undefined;
  let joinedAt = 0;

  const dispatch = (event: GuestEvent) => {
    state.value = next(state.value, event);
  };
  const presence = new Presence(id, {
    // a token is refused to whom the service takes for gone: after a break this may have come first
    present: () => call.resume(),
    lost: () => void comeBack(),
    gone: () => live?.refresh(),
  });

  function watchRoom(): void {
    live?.stop();
    live = new RoomLive(id, {
      room: (room) => {
        if (state.value.step === 'in-room' && room.status === 'active')
          tellComings(state.value, room, toasts);
        dispatch({ type: 'room', room });
      },
      missing: () => dispatch({ type: 'room-missing' }),
      reachable: (connected) =>
        dispatch(connected ? { type: 'connection', connected } : { type: 'no-answer' }),
    });
    live.start();
  }

  async function join(introduction: Introduction): Promise<void> {
    dispatch({ type: 'join' });
    try {
      const me = await joinRoom({ roomId: id, ...introduction, ...known(id) }, newIdempotencyKey());
      guestMemory.keep(id, me);
      dispatch({ type: 'joined', me });
    } catch (error) {
      dispatch(refusalOf(error));
    }
  }

  /** The service has given this guest's place up; the page takes it again, as the same guest. */
  async function comeBack(): Promise<void> {
    if (state.value.step !== 'in-room') return;
    const { guestId, userName, identity } = state.value.me;
    try {
      await joinRoom({ roomId: id, userName, identity, guestId }, newIdempotencyKey());
      call.resume();
    } catch (error) {
      if (!(error instanceof ApiError)) return;
      if (error.code === 'ROOM_FULL') dispatch({ type: 'place-lost', message: error.message });
      else live?.refresh();
    }
  }

  function entered(me: Me): void {
    joinedAt = Date.now();
    reportAccess(roomId, { event: 'join' });
    toasts.say(texts.call.youJoined);
    presence.start(me.guestId);
    call.start(keyOf({ role: 'guest', joinedAt: me.joinedAt }), () =>
      fetchGuestPass(id, me.guestId, me.userName),
    );
  }

  function wentOut(): void {
    reportAccess(roomId, { event: 'leave', stayDuration: Date.now() - joinedAt });
    presence.stop();
    call.stop();
    call.devices.close();
  }

  function leave(): void {
    if (state.value.step !== 'in-room') return;
    const { guestId } = state.value.me;
    // what is lost here the presence that is no longer reported makes up for
    void leaveRoom(id, guestId).catch(() => undefined);
    dispatch({ type: 'leave' });
  }

  watch(
    () => state.value.step,
    (step, before) => {
      if (state.value.step === 'in-room') entered(state.value.me);
      else if (before === 'in-room') wentOut();
      if (step === 'ended') {
        guestMemory.forget(id);
        call.devices.close();
      }
    },
    { flush: 'sync' },
  );
  watch(
    () => state.value.step === 'in-room' && state.value.connected,
    (connected, before) => {
      if (connected && before === false && state.value.step === 'in-room') presence.report();
    },
  );

  const closing = () => {
    if (state.value.step !== 'in-room') return;
    leaveWhileClosing(id, state.value.me.guestId);
    reportAccess(roomId, { event: 'leave', stayDuration: Date.now() - joinedAt });
  };
  const shownAgain = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    live?.refresh();
    if (state.value.step === 'in-room') presence.report();
  };
  window.addEventListener('pagehide', closing);
  window.addEventListener('pageshow', shownAgain);
  onScopeDispose(() => {
    window.removeEventListener('pagehide', closing);
    window.removeEventListener('pageshow', shownAgain);
    live?.stop();
    presence.stop();
  });

  reportAccess(roomId, { event: 'page_view' });
  if (roomId !== undefined) watchRoom();
  return {
    state,
    call,
    remembered: computed(() => (state.value.step === 'lobby' ? guestMemory.recall(id) : undefined)),
    join,
    leave,
    again: () => {
      const { step } = state.value;
      dispatch({ type: 'look-up' });
      // one that was missing has stopped looking
      if (step === 'missing') watchRoom();
      else live?.refresh();
    },
  };
}

function known(roomId: string): { guestId?: string } {
  const guestId = guestMemory.recall(roomId)?.guestId;
  return guestId === undefined ? {} : { guestId };
}

function refusalOf(error: unknown): GuestEvent {
  if (error instanceof ApiError) return { type: 'refused', code: error.code, message: error.message };
  return { type: 'refused', code: '', message: texts.guest.noAnswer };
}

/** Tells who else has come and gone. */
function tellComings(
  { room: before, me }: { room: RoomView; me: Me },
  after: RoomView,
  toasts: Toasts,
): void {
  const self = keyOf({ role: 'guest', joinedAt: me.joinedAt });
  const { joined, left } = comings(before, after);
  for (const person of joined) if (keyOf(person) !== self) toasts.say(texts.call.joined(person.userName));
  for (const person of left) if (keyOf(person) !== self) toasts.say(texts.call.left(person.userName));
}
