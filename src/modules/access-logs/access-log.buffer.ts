import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { mongo } from 'mongoose';
import type { Logger } from 'pino';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { LOGGER } from '../../common/logging/logging.module';
import { type Collection, InjectCollection } from '../../database/collections';
import { ACCESS_LOG, type AccessLog } from './access-log.schema';

const WRITE_EVERY_MS = 1_000;
const WRITTEN_AT_ONCE = 1_000;

/** A record on its way, and how long it is when written down. */
export interface Incoming {
  record: AccessLog;
  characters: number;
}

/**
 * Access logs on their way into the database: many records a second, a few writes. What a crash takes with it is the
 * last second; a clean shutdown loses nothing.
 */
@Injectable()
export class AccessLogBuffer implements OnModuleInit, BeforeApplicationShutdown {
  /** What comes in while the database is away for a little while; and no more of it than memory can bear. */
  readonly most = { records: 50_000, characters: 32 * 1024 * 1024 };
  private waiting: Incoming[] = [];
  private characters = 0;
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    @InjectCollection(ACCESS_LOG) private readonly logs: Collection<AccessLog>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      if (!this.writing) void this.flush().catch(() => undefined);
    }, WRITE_EVERY_MS);
    this.timer.unref();
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE when so much is waiting already that more might be lost */
  async add(incoming: Incoming[]): Promise<void> {
    const characters = charactersOf(incoming);
    if (
      this.waiting.length + incoming.length > this.most.records ||
      this.characters + characters > this.most.characters
    )
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfter: 5 });
    this.waiting.push(...incoming);
    this.characters += characters;
    // no timer will come any more
    if (this.closing) await this.flush();
  }

  /** What cannot be written now is lost, and said to be; the rest of the shutdown goes on. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.flush().catch((error: unknown) => {
      this.logger.error({ err: error, lost: this.waiting.length }, 'access logs: lost at the end');
    });
  }

  /** Until nothing is waiting, one writer at a time. What could not be written waits for the next time. */
  private async flush(): Promise<void> {
    // again, for what came when a writer had just looked for the last time
    while (this.waiting.length > 0) {
      this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
      await this.writing;
    }
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, WRITTEN_AT_ONCE);
      const records = batch.map(({ record }) => record);
      try {
        await this.logs.insertMany(records, { ordered: false, ignoreUndefined: true }).catch(alreadyWritten);
      } catch (error) {
        this.logger.warn({ err: error, waiting: this.waiting.length }, 'access logs: not written yet');
        throw error;
      }
      this.waiting.splice(0, batch.length);
      this.characters -= charactersOf(batch);
    }
  }
}

function charactersOf(incoming: Incoming[]): number {
  return incoming.reduce((sum, { characters }) => sum + characters, 0);
}

/** A batch whose answer got lost comes again: each record has its key already, so what is there stays there once. */
function alreadyWritten(error: unknown): void {
  const failed = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
  const onlyDuplicates = failed.length > 0 && failed.every(({ code }) => code === 11_000);
  if (!onlyDuplicates && !duplicateKeyFields(error)) throw error;
}
