import type { MediaPass } from '../media/media-layer';
import { ask, askOnce } from '../net/http';

export interface StaffUser {
  id: string;
  username: string;
  name: string;
  role: string;
}

export interface StaffSession {
  token: string;
  user: StaffUser;
}

export interface RoomListItem {
  roomId: string;
  roomName: string;
  hostName: string;
  status: 'active' | 'ended';
  participantCount: number;
  createdAt: string;
}

export interface RoomPage {
  list: RoomListItem[];
  total: number;
  page: number;
  hasMore: boolean;
}

/** What this page uses of a room's full record. */
export interface RoomDetail extends RoomListItem {
  inviteLink: string;
  hostId: string;
  /** everybody who has ever been in it, the host first */
  participants: { role: 'host' | 'guest'; joinedAt: string }[];
}

const PAGE_SIZE = 20;

export function logIn(username: string, password: string): Promise<StaffSession> {
  return askOnce('auth/login', { method: 'POST', body: { username, password } });
}

export function logOut(token: string): Promise<unknown> {
  return askOnce('auth/logout', { method: 'POST', token });
}

/** Active rooms, newest first: one's own, and a manager's are all. */
export function listRooms(token: string, page: number): Promise<RoomPage> {
  return ask(`interview/rooms?status=active&page=${page}&pageSize=${PAGE_SIZE}`, { token });
}

/** The caller's newest active room; null where there is none. */
export function fetchLatestRoom(token: string): Promise<{ roomId: string } | null> {
  return ask('interview/latest-room', { token });
}

export function fetchRoomDetail(token: string, roomId: string): Promise<RoomDetail> {
  return ask(`interview/room/${roomId}`, { token });
}

export function createRoom(token: string, roomName: string, idempotencyKey: string): Promise<RoomDetail> {
  return ask('interview/rooms', { method: 'POST', body: { roomName, source: 'pc' }, token, idempotencyKey });
}

export function endRoom(token: string, roomId: string): Promise<unknown> {
  return askOnce(`interview/room/${roomId}/end`, { method: 'POST', token });
}

/** The host goes, the room goes on; a token for its video brings the host back. */
export function hostLeaves(token: string, roomId: string, keepalive = false): Promise<unknown> {
  return askOnce(`interview/room/${roomId}/leave`, { method: 'POST', token, keepalive });
}

export function fetchStaffPass(token: string, user: StaffUser, roomId: string): Promise<MediaPass> {
  return askOnce('zego/generate-token', {
    method: 'POST',
    body: { roomId, userId: user.id, userName: user.name },
    token,
  });
}
