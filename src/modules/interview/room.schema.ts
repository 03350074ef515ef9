import { Schema, type Types } from 'mongoose';

export const ROOM = 'InterviewRoom';

export const ROOM_STATUSES = ['active', 'ended'] as const;
export type RoomStatus = (typeof ROOM_STATUSES)[number];
export const ROOM_SOURCES = ['pc', 'miniprogram'] as const;
export const PARTICIPANT_ROLES = ['host', 'guest'] as const;
/** host, manager: somebody has ended it; empty, idle: it has ended by itself */
export const END_REASONS = ['host', 'manager', 'empty', 'idle'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** People in a room at a time; the host is one of them. */
export const MOST_PRESENT = 20;
/** People who have ever been in one room. Their entries stay, so that what the room holds has an end. */
export const MOST_PARTICIPANTS = 500;

/** Somebody who is, or was, in a room. One who comes again after leaving goes on with the entry they had. */
export interface Participant {
  /** the host's account, or the guest's id, which only its guest knows */
  userId: string;
  userName: string;
  role: (typeof PARTICIPANT_ROLES)[number];
  /** as guests say it: 求职者, 客户, … */
  identity: string;
  joinedAt: Date;
  leftAt: Date | null;
  /** when their page last reported that it is open; only while they are in the room, and only of pages that report */
  seenAt?: Date;
  /** they left because their page was silent; a sign of life brings them back */
  silent?: boolean;
}

export interface Room {
  _id: Types.ObjectId;
  /** how a room is called everywhere outside, at ZEGO too */
  roomId: string;
  roomName: string;
  hostId: Types.ObjectId;
  hostName: string;
  /** under which the host's device logs in at ZEGO, where that is not the account's id */
  hostZegoUserId: string | null;
  source: (typeof ROOM_SOURCES)[number] | null;
  customerId: Types.ObjectId | null;
  resumeId: Types.ObjectId | null;
  scheduledAt: Date | null;
  status: RoomStatus;
  /** the host first */
  participants: Participant[];
  /** how many of them have not left: kept beside them, so that a limit is a condition and a list needs no participants */
  present: number;
  /** raised with each change that the public view shows */
  revision: number;
  /** the last sign that somebody uses the room: a join, a leave, a token, a page's report, what the host does */
  lastActivityAt: Date;
  /** when the last of those who are gone left: with nobody present, how long the room has been empty */
  lastLeftAt: Date | null;
  endedAt: Date | null;
  /** seconds from creation to end */
  duration: number | null;
  endReason: EndReason | null;
  /** while ZEGO has not been told yet that the room is closed */
  closing?: { attempts: number; nextAttemptAt: Date };
  /** every part of the names, and the room's id */
  searchTerms: string[];
  createdAt: Date;
}

/** As it is read: what it is found by is of no interest to anybody. */
export type StoredRoom = Omit<Room, 'searchTerms'>;

/** Index names, as queries give them to the database as hints. */
export const ROOM_INDEXES = {
  all: 'all',
  status: 'status',
  own: 'own',
  ownStatus: 'own_status',
  keyword: 'keyword',
  revisions: 'revisions',
} as const;

/** What only rooms that run are in: the sweep's indexes stay small however many have ended. */
const RUNNING = { partialFilterExpression: { status: 'active' } } as const;

export const roomSchema = new Schema<Room>(
  {
    roomId: { type: String, required: true },
    roomName: { type: String, required: true },
    hostId: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ROOM_STATUSES, required: true },
    searchTerms: [String],
  },
  { collection: 'interview_rooms', versionKey: false, strict: false },
)
  // every request about one room; no two rooms of one id
  .index({ roomId: 1 }, { unique: true })
  // which of the rooms that somebody watches have changed, once a second, without reading a document
  .index({ roomId: 1, revision: 1 }, { name: ROOM_INDEXES.revisions })
  // GET rooms, a manager's
  .index({ createdAt: -1, _id: -1 }, { name: ROOM_INDEXES.all })
  // GET rooms?status, a manager's
  .index({ status: 1, createdAt: -1, _id: -1 }, { name: ROOM_INDEXES.status })
  // GET rooms, one's own; an account that gives way hands its rooms over
  .index({ hostId: 1, createdAt: -1, _id: -1 }, { name: ROOM_INDEXES.own })
  // GET rooms?status, one's own; GET latest-room
  .index({ hostId: 1, status: 1, createdAt: -1, _id: -1 }, { name: ROOM_INDEXES.ownStatus })
  // GET rooms?keyword, with host and status compared within the index
  .index({ searchTerms: 1, createdAt: -1, _id: -1, hostId: 1, status: 1 }, { name: ROOM_INDEXES.keyword })
  // the sweep: pages that have fallen silent
  .index({ 'participants.seenAt': 1 }, { name: 'silent', ...RUNNING })
  // the sweep: rooms with nobody in them
  .index({ present: 1, lastLeftAt: 1, scheduledAt: 1 }, { name: 'empty', ...RUNNING })
  // the sweep: rooms that nobody uses
  .index({ lastActivityAt: 1, scheduledAt: 1 }, { name: 'idle', ...RUNNING })
  // rooms that ZEGO has yet to be told of
  .index({ 'closing.nextAttemptAt': 1 }, { sparse: true });
