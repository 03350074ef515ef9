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
/** Some tens of megabytes: what comes in while the database is away for a little while. */
const MOST_WAITING = 50_000;

/**
 * Access logs on their way into the database: many records a second, a few writes. What a crash takes with it is the
 * last second; a clean shutdown loses nothing.
 */
@Injectable()
export class AccessLogBuffer implements OnModuleInit, BeforeApplicationShutdown {
  private waiting: AccessLog[] = [];
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    @InjectCollection(ACCESS_LOG) private readonly logs: Collection<AccessLog>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush().catch(() => undefined), WRITE_EVERY_MS);
    this.timer.unref();
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE when so much is waiting already that more might be lost */
  async add(records: AccessLog[]): Promise<void> {
    if (this.waiting.length + records.length > MOST_WAITING)
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfter: 5 });
    this.waiting.push(...records);
    // no timer will come any more
    if (this.closing) await this.flush();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.flush();
  }

  /** Writes what is waiting, one writer at a time. What could not be written waits for the next time. */
  private flush(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, WRITTEN_AT_ONCE);
      try {
        await this.logs.insertMany(batch, { ordered: false, ignoreUndefined: true }).catch(alreadyWritten);
      } catch (error) {
        this.logger.warn({ err: error, waiting: this.waiting.length }, 'access logs: not written yet');
        throw error;
      }
      this.waiting.splice(0, batch.length);
    }
  }
}

/** A batch whose answer got lost comes again: each record has its key already, so what is there stays there once. */
function alreadyWritten(error: unknown): void {
  const failed = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
  const onlyDuplicates = failed.length > 0 && failed.every(({ code }) => code === 11_000);
  if (!onlyDuplicates && !duplicateKeyFields(error)) throw error;
}
