import { computed, type ComputedRef, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import { type Call, useCall } from '../call/use-call';
import { reportAccess } from '../report/access-report';
import { comings, keyOf, type RoomView } from '../room/room';
import { RoomLive } from '../room/room-live';
import { texts } from '../texts';
import type { Toasts } from '../ui/use-toasts';
import { messageOf } from './message-of';
import { endRoom, fetchRoomDetail, fetchStaffPass, hostLeaves, type RoomDetail } from './staff-api';
import type { Staff } from './use-staff-session';

export interface HostRoom {
  detail: ShallowRef<RoomDetail | undefined>;
  /** the room as it is now */
  view: ShallowRef<RoomView | undefined>;
  problem: ShallowRef<string | undefined>;
  connected: ShallowRef<boolean>;
  inCall: ShallowRef<boolean>;
  /** the key of the participant that this page is in the call */
  self: ComputedRef<string>;
  call: Call;
  enter(): void;
  leave(): void;
  end(): Promise<void>;
}

/** One room on the host's page: who is in it, its video, its end. */
export function useHostRoom(chosen: ShallowRef<string | undefined>, staff: Staff, toasts: Toasts): HostRoom {
  const detail = shallowRef<RoomDetail>();
  const view = shallowRef<RoomView>();
  const problem = shallowRef<string>();
  const connected = shallowRef(true);
  const inCall = shallowRef(false);
  const call = useCall();
  let live: RoomLive | undefined;
  let enteredAt = 0;

  const isHost = computed(() => detail.value?.hostId === staff.session.value?.user.id);
  const self = computed(() => {
    // of the full record: in the public view a host who has left is missing
    const host = detail.value?.participants.find(({ role }) => role === 'host');
    // managers are in the video without being in the list
    return isHost.value && host ? keyOf(host) : `manager:${staff.session.value?.user.id ?? ''}`;
  });

  function watchRoom(roomId: string): void {
    live = new RoomLive(roomId, {
      room: (room) => {
        if (view.value && room.status === 'active') tellComings(view.value, room, toasts);
        view.value = room;
        if (room.status === 'ended') goOut();
      },
      missing: () => {
        problem.value = texts.notices.missing.title;
        goOut();
      },
      reachable: (is) => {
        connected.value = is;
      },
    });
    live.start();
  }

  async function choose(roomId: string | undefined): Promise<void> {
    live?.stop();
    live = undefined;
    goOut();
    detail.value = undefined;
    view.value = undefined;
    problem.value = undefined;
    if (roomId === undefined) return;
    watchRoom(roomId);
    try {
      const found = await staff.as(({ token }) => fetchRoomDetail(token, roomId));
      if (chosen.value === roomId) detail.value = found;
    } catch (error) {
      if (chosen.value === roomId) problem.value = messageOf(error);
    }
  }

  function enter(): void {
    const roomId = chosen.value;
    if (roomId === undefined) return;
    inCall.value = true;
    enteredAt = Date.now();
    reportAccess(roomId, { event: 'join' });
    startCall(roomId);
  }

  /** The token that it asks for brings the host back into the room. */
  function startCall(roomId: string): void {
    call.start(self.value, () => staff.as(({ token, user }) => fetchStaffPass(token, user, roomId)));
  }

  /** Out of the video; the room is another matter. */
  function goOut(): void {
    if (!inCall.value) return;
    inCall.value = false;
    reportAccess(chosen.value, { event: 'leave', stayDuration: Date.now() - enteredAt });
    call.stop();
    call.devices.close();
  }

  function leave(): void {
    const roomId = chosen.value;
    goOut();
    if (roomId !== undefined && isHost.value)
      void staff.as(({ token }) => hostLeaves(token, roomId)).catch(() => undefined);
  }

  const closing = () => {
    const roomId = chosen.value;
    const token = staff.session.value?.token;
    if (!inCall.value || roomId === undefined) return;
    reportAccess(roomId, { event: 'leave', stayDuration: Date.now() - enteredAt });
    if (isHost.value && token !== undefined) void hostLeaves(token, roomId, true).catch(() => undefined);
  };
  const shownAgain = ({ persisted }: PageTransitionEvent) => {
    if (persisted && inCall.value && chosen.value !== undefined) startCall(chosen.value);
  };
  window.addEventListener('pagehide', closing);
  window.addEventListener('pageshow', shownAgain);
  watch(chosen, choose, { immediate: true });
  onScopeDispose(() => {
    window.removeEventListener('pagehide', closing);
    window.removeEventListener('pageshow', shownAgain);
    live?.stop();
    goOut();
  });

  return {
    detail,
    view,
    problem,
    connected,
    inCall,
    self,
    call,
    enter,
    leave,
    async end() {
      const roomId = chosen.value;
      if (roomId === undefined) return;
      await staff.as(({ token }) => endRoom(token, roomId));
      live?.refresh();
    },
  };
}

function tellComings(before: RoomView, after: RoomView, toasts: Toasts): void {
  const { joined, left } = comings(before, after);
  for (const { role, userName } of joined) if (role === 'guest') toasts.say(texts.call.joined(userName));
  for (const { role, userName } of left) if (role === 'guest') toasts.say(texts.call.left(userName));
}
