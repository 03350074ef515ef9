import { z } from 'zod';
import {
  END_REASONS,
  PARTICIPANT_ROLES,
  type Participant,
  type Room,
  ROOM_SOURCES,
  ROOM_STATUSES,
  type StoredRoom,
} from './room.schema';

const ID = '66f1a2b3c4d5e6f708192a3b';
const time = z.iso.datetime();
const optionalId = z.string().nullable().meta({ example: ID });

const base = {
  roomId: z.string().meta({ example: 'room_1234567_abc' }),
  roomName: z.string().meta({ example: '张经理的面试房间' }),
  hostName: z.string().meta({ example: '张经理' }),
  status: z.enum(ROOM_STATUSES).meta({ example: 'active' }),
  createdAt: time,
};
const inviteLink = z.string().meta({
  description: '发给访客的链接',
  example: 'https://crm.example.com/h5/interview?roomId=room_1234567_abc',
});

export const roomListItem = z.strictObject({
  ...base,
  participantCount: z.int().meta({ description: '现在在房间里的人数', example: 3 }),
});
export type RoomListItem = z.infer<typeof roomListItem>;

/** What a room's maker needs: of POST create-room and GET latest-room. */
export const roomInvitation = z.strictObject({ ...base, inviteLink });
export type RoomInvitation = z.infer<typeof roomInvitation>;

const participantView = z.strictObject({
  userId: z.string().meta({ example: 'guest_5b1e0c9a7d3f4e2b8a6c1d0e9f7b3a52' }),
  userName: z.string().meta({ example: '李明' }),
  role: z.enum(PARTICIPANT_ROLES).meta({ example: 'guest' }),
  identity: z.string().meta({ example: '求职者' }),
  joinedAt: time,
  leftAt: time.nullable(),
});

/** The whole record, for its host and for managers. */
export const roomDetail = z.strictObject({
  id: z.string().meta({ example: ID }),
  ...base,
  inviteLink,
  hostId: z.string().meta({ example: ID }),
  hostZegoUserId: z.string().nullable(),
  source: z.enum(ROOM_SOURCES).nullable().meta({ example: 'miniprogram' }),
  customerId: optionalId,
  resumeId: optionalId,
  scheduledAt: time.nullable(),
  participants: z.array(participantView).meta({ description: '来过的所有人，主持人在前' }),
  participantCount: z.int().meta({ description: '现在在房间里的人数', example: 2 }),
  endedAt: time.nullable(),
  duration: z.int().nullable().meta({ description: '从创建到结束的秒数', example: 1800 }),
  endReason: z.enum(END_REASONS).nullable().meta({
    description: 'host 主持人结束，manager 经理结束，empty 无人自动结束，idle 长时间无活动自动结束',
  }),
});
export type RoomDetail = z.infer<typeof roomDetail>;

export const endedRoom = z.strictObject({
  roomId: base.roomId,
  status: z.literal('ended'),
  endedAt: time,
  duration: z.int().meta({ description: '从创建到结束的秒数', example: 1800 }),
});
export type EndedRoom = z.infer<typeof endedRoom>;

/** What a list reads: without the people, of whom there may be many. */
export const LIST_FIELDS = {
  _id: 0,
  roomId: 1,
  roomName: 1,
  hostName: 1,
  status: 1,
  present: 1,
  createdAt: 1,
} as const;
export const INVITATION_FIELDS = {
  _id: 0,
  roomId: 1,
  roomName: 1,
  hostName: 1,
  status: 1,
  createdAt: 1,
} as const;

export type ListedRoom = Pick<Room, Exclude<keyof typeof LIST_FIELDS, '_id'>>;
export type InvitedRoom = Pick<Room, Exclude<keyof typeof INVITATION_FIELDS, '_id'>>;

export function toListItem(room: ListedRoom): RoomListItem {
  return { ...toBase(room), participantCount: room.present };
}

export function toInvitation(room: InvitedRoom, publicBaseUrl: string): RoomInvitation {
  return { ...toBase(room), inviteLink: inviteLinkOf(room, publicBaseUrl) };
}

export function toDetail(room: StoredRoom, publicBaseUrl: string): RoomDetail {
  return {
    id: room._id.toHexString(),
    ...toBase(room),
    inviteLink: inviteLinkOf(room, publicBaseUrl),
    hostId: room.hostId.toHexString(),
    hostZegoUserId: room.hostZegoUserId,
    source: room.source,
    customerId: room.customerId?.toHexString() ?? null,
    resumeId: room.resumeId?.toHexString() ?? null,
    scheduledAt: iso(room.scheduledAt),
    participants: room.participants.map(toParticipant),
    participantCount: room.present,
    endedAt: iso(room.endedAt),
    duration: room.duration,
    endReason: room.endReason,
  };
}

export function toEnded(room: Pick<Room, 'roomId' | 'endedAt' | 'duration'>): EndedRoom {
  return {
    roomId: room.roomId,
    status: 'ended',
    endedAt: iso(room.endedAt) ?? '',
    duration: room.duration ?? 0,
  };
}

function toBase(room: InvitedRoom) {
  const { roomId, roomName, hostName, status, createdAt } = room;
  return { roomId, roomName, hostName, status, createdAt: createdAt.toISOString() };
}

function toParticipant({ userId, userName, role, identity, joinedAt, leftAt }: Participant) {
  return { userId, userName, role, identity, joinedAt: joinedAt.toISOString(), leftAt: iso(leftAt) };
}

function inviteLinkOf({ roomId }: Pick<Room, 'roomId'>, publicBaseUrl: string): string {
  return `${publicBaseUrl}/h5/interview?roomId=${roomId}`;
}

function iso(date: Date | null): string | null {
  return date ? date.toISOString() : null;
}
