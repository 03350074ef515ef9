import { z } from 'zod';
import { PARTICIPANT_ROLES, type Participant, type Room, ROOM_STATUSES } from './room.schema';

/**
 * What everybody may see of a room who knows its id: no ids of guests, which are all it takes to speak for them, none of
 * staff, nothing of customer or resume, and nobody who has left.
 */
const publicParticipant = z.strictObject({
  userName: z.string().meta({ example: '李明' }),
  role: z.enum(PARTICIPANT_ROLES).meta({ example: 'guest' }),
  identity: z.string().meta({ example: '求职者' }),
  joinedAt: z.iso.datetime(),
});

export const publicRoom = z.strictObject({
  roomId: z.string().meta({ example: 'room_1234567_abc' }),
  roomName: z.string().meta({ example: '张经理的面试房间' }),
  hostName: z.string().meta({ example: '张经理' }),
  status: z.enum(ROOM_STATUSES).meta({ example: 'active' }),
  participants: z.array(publicParticipant).meta({ description: '现在在房间里的人，主持人在前' }),
  participantCount: z.int().meta({ example: 2 }),
  scheduledAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type PublicRoom = z.infer<typeof publicRoom>;

/** What the database is asked for to show it, and the revision that orders what is shown. */
export const PUBLIC_FIELDS = {
  _id: 0,
  roomId: 1,
  roomName: 1,
  hostName: 1,
  status: 1,
  participants: 1,
  present: 1,
  scheduledAt: 1,
  createdAt: 1,
  endedAt: 1,
  revision: 1,
} as const;

export type PublicRow = Pick<
  Room,
  | 'roomId'
  | 'roomName'
  | 'hostName'
  | 'status'
  | 'participants'
  | 'present'
  | 'scheduledAt'
  | 'createdAt'
  | 'endedAt'
  | 'revision'
>;

export function toPublicRoom(room: PublicRow): PublicRoom {
  return {
    roomId: room.roomId,
    roomName: room.roomName,
    hostName: room.hostName,
    status: room.status,
    participants: room.participants.filter(({ leftAt }) => leftAt === null).map(toPublicParticipant),
    participantCount: room.present,
    scheduledAt: room.scheduledAt?.toISOString() ?? null,
    createdAt: room.createdAt.toISOString(),
    endedAt: room.endedAt?.toISOString() ?? null,
  };
}

function toPublicParticipant({ userName, role, identity, joinedAt }: Participant) {
  return { userName, role, identity, joinedAt: joinedAt.toISOString() };
}
