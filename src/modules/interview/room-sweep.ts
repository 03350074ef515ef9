import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { Jobs } from '../../common/jobs/jobs';
import { type Collection, InjectCollection } from '../../database/collections';
import { RoomEnding } from './room-ending.service';
import { RoomStore } from './room-store';
import { ROOM, type Room } from './room.schema';

const SWEEP_EVERY_MS = 15_000;
const SWEPT_AT_ONCE = 200;
const SILENT_MS = 90_000;
const EMPTY_MS = 10 * 60_000;
const IDLE_MS = 2 * 3_600_000;

type SweptRoom = Pick<Room, '_id' | 'roomId' | 'createdAt' | 'participants'>;

/** Rooms that nobody ends: pages that have gone away without a word leave, and what is empty or unused ends. */
@Injectable()
export class RoomSweep implements OnModuleInit, OnModuleDestroy {
  private stopping = false;

  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly store: RoomStore,
    private readonly ending: RoomEnding,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('interview.sweep', SWEEP_EVERY_MS, () => this.sweep());
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  async sweep(): Promise<void> {
    const now = Date.now();
    const before = (ms: number) => new Date(now - ms);
    await this.seeOff(before(SILENT_MS));
    await this.end('empty', { present: 0, lastLeftAt: { $lte: before(EMPTY_MS) }, ...due(before(EMPTY_MS)) });
    await this.end('idle', { lastActivityAt: { $lte: before(IDLE_MS) }, ...due(before(IDLE_MS)) });
  }

  private async seeOff(since: Date): Promise<void> {
    for (const room of await this.find({ 'participants.seenAt': { $lte: since } })) {
      const silent = room.participants.filter(({ seenAt }) => seenAt && seenAt <= since);
      for (const { userId } of silent) {
        if (this.stopping) return;
        await this.store.leaveSilently(room.roomId, userId, since);
      }
    }
  }

  private async end(reason: 'empty' | 'idle', where: mongo.Filter<Room>): Promise<void> {
    for (const room of await this.find(where)) {
      // what is not begun is another instance's, or the next start's
      if (this.stopping) return;
      await this.ending.end(room, reason, where);
    }
  }

  private find(where: mongo.Filter<Room>): Promise<SweptRoom[]> {
    return this.rooms
      .find<SweptRoom>(
        { ...where, status: 'active' },
        { projection: { roomId: 1, createdAt: 1, participants: 1 } },
      )
      .limit(SWEPT_AT_ONCE)
      .toArray();
  }
}

/** A room that is planned for later waits for its hour, and then as long as any other. */
function due(by: Date): mongo.Filter<Room> {
  return { scheduledAt: { $not: { $gt: by } } };
}
