import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { AppError } from '../../common/errors/app-error';
import { Jobs } from '../../common/jobs/jobs';
import { LOGGER } from '../../common/logging/logging.module';
import { type Collection, InjectCollection } from '../../database/collections';
import { Zego } from '../../platforms/zego/zego';
import { ROOM, type Room } from './room.schema';

const CLOSE = 'interview.close-at-zego';
const SWEEP = 'interview.closing-sweep';
const SWEEP_EVERY_MS = 15_000;
/** A room that should have been closed this long ago has lost its job, or never got one. */
const OVERDUE_MS = 10_000;
const SWEPT_AT_ONCE = 30;
/** ZEGO closes one room a second, of all instances together. */
const BETWEEN_CALLS_MS = 1000;
/** Longer than one request to ZEGO can take. */
const LEASE_MS = 30_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** By then nobody's token is good any more. */
const GIVEN_UP_MS = 24 * 3_600_000;

type Closing = NonNullable<Room['closing']>;
type ClosingRoom = Pick<Room, 'roomId' | 'endedAt'> & { closing: Closing };

/**
 * Closes rooms that have ended at ZEGO too, where a token outlives its room. That it is to be done was written with the
 * end itself; the queue's job is the alarm clock, and a sweep finds what has lost its job. Closing twice does no harm.
 */
@Injectable()
export class RoomClosing implements OnModuleInit, OnModuleDestroy {
  private stopping = false;
  private nextCallAt = 0;

  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly zego: Zego,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.define<{ roomId: string }>(CLOSE, ({ roomId }) => this.close(roomId), 1);
    this.jobs.every(SWEEP, SWEEP_EVERY_MS, () => this.sweep());
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** The room has ended and stays so: without its job, the closing waits for the sweep. */
  async enqueue(roomId: string, at = new Date()): Promise<void> {
    try {
      await this.jobs.enqueue(CLOSE, { roomId }, at);
    } catch (error) {
      this.logger.warn({ err: error }, 'interview: a closing was left to the sweep');
    }
  }

  private async close(roomId: string): Promise<void> {
    const now = new Date();
    const room = await this.rooms.findOneAndUpdate(
      { roomId, 'closing.nextAttemptAt': { $lte: now } },
      {
        $set: { 'closing.nextAttemptAt': new Date(now.getTime() + LEASE_MS) },
        $inc: { 'closing.attempts': 1 },
      },
      { returnDocument: 'after', projection: { roomId: 1, endedAt: 1, closing: 1 } },
    );
    if (!room?.closing) return;
    await this.turn();
    try {
      await this.zego.closeRoom(roomId);
      await this.done(room.roomId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await this.postpone(room as ClosingRoom, error);
    }
  }

  private async turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.nextCallAt);
    this.nextCallAt = at + BETWEEN_CALLS_MS;
    if (at > now) await pause(at - now);
  }

  private async postpone({ roomId, endedAt, closing }: ClosingRoom, error: AppError): Promise<void> {
    if (Date.now() - (endedAt?.getTime() ?? 0) >= GIVEN_UP_MS) {
      this.logger.error({ err: error.cause ?? error, roomId }, 'interview: a room was not closed at ZEGO');
      return this.done(roomId);
    }
    // a wrong secret, say, is nothing that waiting helps against
    this.logger.warn(
      { err: error.cause ?? error, roomId, attempts: closing.attempts },
      'interview: a room was not closed at ZEGO yet',
    );
    const nextAttemptAt = new Date(Date.now() + retryDelay(closing.attempts));
    await this.rooms.updateOne(
      { roomId, 'closing.attempts': closing.attempts },
      { $set: { 'closing.nextAttemptAt': nextAttemptAt } },
    );
    await this.enqueue(roomId, nextAttemptAt);
  }

  private async done(roomId: string): Promise<void> {
    await this.rooms.updateOne({ roomId }, { $unset: { closing: '' } });
  }

  private async sweep(): Promise<void> {
    const overdue = await this.rooms
      .find<Pick<Room, 'roomId'>>(
        { 'closing.nextAttemptAt': { $lte: new Date(Date.now() - OVERDUE_MS) } },
        { projection: { _id: 0, roomId: 1 } },
      )
      .limit(SWEPT_AT_ONCE)
      .toArray();
    for (const { roomId } of overdue) {
      // what is not begun is another instance's, or the next start's
      if (this.stopping) return;
      await this.close(roomId);
    }
  }
}

/** Doubled each time up to ten minutes, with jitter, so that what failed together does not come back together. */
function retryDelay(attempts: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return longest * (0.5 + Math.random() / 2);
}
