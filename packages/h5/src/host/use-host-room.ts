import { onScopeDispose, type ShallowRef, watch } from 'vue';
import { useCall } from '../call/use-call';
import type { Toasts } from '../ui/use-toasts';
import { HostRoom } from './host-room';
import type { Staff } from './use-staff-session';

/** The chosen room, for as long as its desk is shown. */
export function useHostRoom(chosen: ShallowRef<string | undefined>, staff: Staff, toasts: Toasts): HostRoom {
  const room = new HostRoom(useCall(), staff, toasts);
  room.start();
  watch(chosen, (roomId) => room.choose(roomId), { immediate: true });
  onScopeDispose(() => room.stop());
  return room;
}
