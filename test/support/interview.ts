import { randomBytes } from 'node:crypto';
import type { Actor, Answer } from './actor';

export const INTERVIEW = '/api/interview';

export const aRoomId = (): string => `room_${randomBytes(6).toString('hex')}`;

/** POST create-room by a host; the room's id. */
export async function createRoom(host: Actor, overrides: Record<string, unknown> = {}): Promise<string> {
  const input = { roomId: aRoomId(), roomName: '李静的面试房间', hostName: '李静', ...overrides };
  const { status, body } = await host.post(`${INTERVIEW}/create-room`, input);
  if (status !== 200) throw new Error(`create-room: ${status} ${JSON.stringify(body)}`);
  return body.data.roomId as string;
}

export function join(guest: Actor, roomId: string, overrides: Record<string, unknown> = {}): Promise<Answer> {
  const input = { roomId, userName: '王芳', identity: '求职者', ...overrides };
  return guest.post(`${INTERVIEW}/guest/join`, input);
}

/** Somebody joins; their guest id. */
export async function joined(
  guest: Actor,
  roomId: string,
  overrides: Record<string, unknown> = {},
): Promise<string> {
  const { status, body } = await join(guest, roomId, overrides);
  if (status !== 200) throw new Error(`guest/join: ${status} ${JSON.stringify(body)}`);
  return body.data.guestId as string;
}
