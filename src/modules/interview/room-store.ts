import { Injectable } from '@nestjs/common';
import type { ClientSession, mongo } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { RoomEvents } from './room-events';
import {
  type EndReason,
  MOST_PARTICIPANTS,
  MOST_PRESENT,
  type Participant,
  ROOM,
  type Room,
  type StoredRoom,
} from './room.schema';

/** Which participant. */
type Who = Partial<Pick<Participant, 'userId' | 'role' | 'silent'>>;
type Filter = mongo.Filter<Room>;
type Update = mongo.UpdateFilter<Room>;

const WITHOUT_TERMS = { searchTerms: 0 } as const;

interface Ending {
  at: Date;
  reason: EndReason;
  /** whether ZEGO is to be told */
  closesMedia: boolean;
}

/**
 * Rooms as they change. Each change is one update of one document under the condition that makes it right, so that
 * whatever meets (two ends, a join and an end, the twentieth and the twenty-first) one of them finds what the other has
 * left. A change answers null where its condition did not hold, and is shown to whoever watches the room.
 */
@Injectable()
export class RoomStore {
  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly transactions: Transactions,
    private readonly events: RoomEvents,
  ) {}

  /** @throws {AppError} ROOM_NOT_FOUND */
  async find(roomId: string, session?: ClientSession): Promise<StoredRoom> {
    const room = await this.rooms.findOne<StoredRoom>({ roomId }, { projection: WITHOUT_TERMS, session });
    if (!room) throw new AppError('ROOM_NOT_FOUND');
    return room;
  }

  /** A guest who was not there before, where there is a place. */
  add(roomId: string, guest: Participant, session?: ClientSession): Promise<StoredRoom | null> {
    return this.change(
      {
        roomId,
        status: 'active',
        present: { $lt: MOST_PRESENT },
        [`participants.${MOST_PARTICIPANTS - 1}`]: { $exists: false },
      },
      {
        $push: { participants: guest },
        $inc: { present: 1, revision: 1 },
        $set: { lastActivityAt: guest.joinedAt },
      },
      session,
    );
  }

  /** Somebody who has left and comes again, where there is a place. */
  resume(
    roomId: string,
    who: Who,
    changes: Partial<Pick<Participant, 'userName' | 'identity' | 'seenAt'>>,
    session?: ClientSession,
  ): Promise<StoredRoom | null> {
    const set = { leftAt: null, ...changes };
    return this.change(
      {
        roomId,
        status: 'active',
        present: { $lt: MOST_PRESENT },
        participants: { $elemMatch: { ...who, leftAt: { $ne: null } } },
      },
      {
        $set: { ...ofMatched(set), lastActivityAt: new Date() },
        $unset: { 'participants.$.silent': '' },
        $inc: { present: 1, revision: 1 },
      },
      session,
    );
  }

  /** Somebody who is there says anew who they are. */
  rename(
    roomId: string,
    who: Who,
    changes: Pick<Participant, 'userName' | 'identity' | 'seenAt'>,
    session?: ClientSession,
  ): Promise<StoredRoom | null> {
    return this.change(
      { roomId, status: 'active', ...isThere(who) },
      {
        $set: { ...ofMatched(changes), lastActivityAt: new Date() },
        $inc: { revision: 1 },
      },
      session,
    );
  }

  /** Somebody leaves, who is still there. */
  leave(roomId: string, who: Who): Promise<StoredRoom | null> {
    const now = new Date();
    return this.change(
      { roomId, status: 'active', ...isThere(who) },
      {
        $set: { 'participants.$.leftAt': now, lastLeftAt: now, lastActivityAt: now },
        $unset: { 'participants.$.seenAt': '' },
        $inc: { present: -1, revision: 1 },
      },
    );
  }

  /** A page that has been silent since before `since` is taken for closed. No sign of life, so the room stays as idle. */
  leaveSilently(roomId: string, userId: string, since: Date): Promise<StoredRoom | null> {
    const now = new Date();
    return this.change(
      {
        roomId,
        status: 'active',
        participants: { $elemMatch: { userId, leftAt: null, seenAt: { $lte: since } } },
      },
      {
        $set: { 'participants.$.leftAt': now, 'participants.$.silent': true, lastLeftAt: now },
        $unset: { 'participants.$.seenAt': '' },
        $inc: { present: -1, revision: 1 },
      },
    );
  }

  /** A sign that somebody uses the room, if what `where` says is so; nothing that anybody is shown. */
  async touch(roomId: string, where: Filter): Promise<boolean> {
    const { matchedCount } = await this.rooms.updateOne(
      { ...where, roomId, status: 'active' },
      { $set: { lastActivityAt: new Date() } },
    );
    return matchedCount > 0;
  }

  /** A sign of life from a page that reports itself from now on. */
  async report(roomId: string, who: Who): Promise<boolean> {
    const now = new Date();
    const { matchedCount } = await this.rooms.updateOne(
      { roomId, status: 'active', ...isThere(who) },
      { $set: { lastActivityAt: now, 'participants.$.seenAt': now } },
    );
    return matchedCount > 0;
  }

  /** Ends the room if it runs, and if what `where` says is still so; everybody who is in it has left then. */
  end(room: Pick<Room, '_id' | 'createdAt'>, ending: Ending, where: Filter = {}): Promise<StoredRoom | null> {
    const { at, reason, closesMedia } = ending;
    return this.change(
      { ...where, _id: room._id, status: 'active' },
      {
        $set: {
          status: 'ended',
          endedAt: at,
          duration: Math.max(0, Math.floor((at.getTime() - room.createdAt.getTime()) / 1000)),
          endReason: reason,
          present: 0,
          'participants.$[present].leftAt': at,
          ...(closesMedia ? { closing: { attempts: 0, nextAttemptAt: at } } : {}),
        },
        $unset: { 'participants.$[present].seenAt': '' },
        $inc: { revision: 1 },
      },
      undefined,
      [{ 'present.leftAt': null }],
    );
  }

  private async change(
    filter: Filter,
    update: Update,
    session?: ClientSession,
    arrayFilters?: mongo.Document[],
  ): Promise<StoredRoom | null> {
    const room = await this.rooms.findOneAndUpdate(filter, update, {
      returnDocument: 'after',
      projection: WITHOUT_TERMS,
      ...(arrayFilters ? { arrayFilters } : {}),
      ...(session ? { session } : {}),
    });
    if (!room) return null;
    if (session) this.transactions.afterCommit(session, () => this.events.show(room));
    else this.events.show(room);
    return room;
  }
}

/** That somebody is in the room. */
export function isThere(who: Who): Filter {
  return { participants: { $elemMatch: { ...who, leftAt: null } } };
}

/** Fields of the participant that the filter has found. */
function ofMatched(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`participants.$.${name}`, value]),
  );
}
