import type { RoomView } from '../src/room/room';

export const HOST = {
  userName: '张经理',
  role: 'host',
  identity: '',
  joinedAt: '2026-01-16T10:00:00.000Z',
} as const;

/** Somebody who came so many seconds after the host. */
export function guest(userName: string, seconds: number): RoomView['participants'][number] {
  const joinedAt = new Date(Date.parse(HOST.joinedAt) + seconds * 1000).toISOString();
  return { userName, role: 'guest', identity: '求职者', joinedAt };
}

export function roomOf(
  participants: RoomView['participants'],
  status: RoomView['status'] = 'active',
): RoomView {
  return {
    roomId: 'room_1',
    roomName: '张经理的面试房间',
    hostName: '张经理',
    status,
    participants,
    participantCount: participants.length,
    scheduledAt: null,
    createdAt: HOST.joinedAt,
    endedAt: status === 'ended' ? HOST.joinedAt : null,
  };
}
