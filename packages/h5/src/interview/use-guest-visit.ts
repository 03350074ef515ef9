import { onScopeDispose } from 'vue';
import { useCall } from '../call/use-call';
import type { Toasts } from '../ui/use-toasts';
import { GuestVisit } from './guest-visit';

/** The visit that this page is, for as long as it is shown. */
export function useGuestVisit(roomId: string | undefined, toasts: Toasts): GuestVisit {
  const visit = new GuestVisit(roomId, useCall(), toasts);
  visit.start();
  onScopeDispose(() => visit.stop());
  return visit;
}
