import { apiUrl, ask, askOnce } from '../net/http';
import type { MediaConfig, MediaPass } from '../media/media-layer';
import type { RoomView } from './room';

/** What guests call; all of it is public. */

export interface JoinRequest {
  roomId: string;
  userName: string;
  identity: string;
  /** who this guest was before, to be the same again */
  guestId?: string;
}

export interface JoinedGuest {
  guestId: string;
  roomId: string;
  userName: string;
  identity: string;
  joinedAt: string;
}

export interface Presence {
  roomId: string;
  status: 'active' | 'ended';
  /** whether the guest is in the room now */
  present: boolean;
}

export function fetchRoom(roomId: string): Promise<RoomView> {
  return askOnce(`interview/room/${roomId}`);
}

/** Server-sent events `room`, each a RoomView. */
export function roomEventsUrl(roomId: string): string {
  return apiUrl(`interview/room/${roomId}/events`);
}

export function joinRoom(body: JoinRequest, idempotencyKey: string): Promise<JoinedGuest> {
  return ask('interview/guest/join', { method: 'POST', body: { ...body }, idempotencyKey });
}

export function reportPresence(roomId: string, guestId: string): Promise<Presence> {
  return askOnce('interview/guest/presence', { method: 'POST', body: { roomId, guestId } });
}

export function leaveRoom(roomId: string, guestId: string): Promise<unknown> {
  return askOnce('interview/guest/leave', { method: 'POST', body: { roomId, guestId } });
}

/** For a page that is being closed: a beacon is sent although nobody waits for its answer. */
export function leaveWhileClosing(roomId: string, guestId: string): void {
  const url = apiUrl('interview/guest/leave');
  const sent = navigator.sendBeacon?.(url, JSON.stringify({ roomId, guestId }));
  if (!sent)
    void askOnce('interview/guest/leave', {
      method: 'POST',
      body: { roomId, guestId },
      keepalive: true,
    }).catch(() => undefined);
}

export function fetchMediaConfig(): Promise<MediaConfig> {
  return ask('zego/config');
}

export function fetchGuestPass(roomId: string, guestId: string, userName: string): Promise<MediaPass> {
  return askOnce('zego/generate-guest-token', {
    method: 'POST',
    body: { roomId, userId: guestId, userName },
  });
}
