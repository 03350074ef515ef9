import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Jobs } from '../../common/jobs/jobs';
import { LOGGER } from '../../common/logging/logging.module';
import { type Collection, InjectCollection } from '../../database/collections';
import { FileStore } from './file-store';
import { STORED_FILE, type StoredFile } from './stored-file.schema';

const INTERVAL_MS = 10 * 60_000;
const BATCH = 200;
/** What could not be removed waits this long, so that it does not stand in the way of the rest. */
const RETRY_MS = 10 * 60_000;

/** Removes the files that nothing refers to: left by a crash between two steps, or by a storage that was away. */
@Injectable()
export class FileSweep implements OnModuleInit {
  constructor(
    @InjectCollection(STORED_FILE) private readonly files: Collection<StoredFile>,
    private readonly store: FileStore,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.every('files.sweep', INTERVAL_MS, async () => {
      await this.sweep(new Date());
    });
  }

  /** Removes what may go by `now`; returns how many files that were. */
  async sweep(now: Date): Promise<number> {
    let removed = 0;
    for (;;) {
      const due = await this.files
        .find<Pick<StoredFile, '_id'>>({ sweepAfter: { $lte: now } }, { projection: { _id: 1 } })
        .limit(BATCH)
        .toArray();
      for (const { _id } of due) removed += await this.removeOne(_id, now);
      if (due.length < BATCH) return removed;
    }
  }

  /** Claimed first: an upload that comes to its end just now finds its file orphaned and fails, instead of losing it. */
  private async removeOne(id: string, now: Date): Promise<number> {
    const claimed = await this.files.updateOne(
      { _id: id, sweepAfter: { $lte: now } },
      { $set: { state: 'orphaned', sweepAfter: new Date(now.getTime() + RETRY_MS) } },
    );
    if (claimed.modifiedCount === 0) return 0;
    try {
      await this.store.remove(id);
      return 1;
    } catch (error) {
      this.logger.warn({ err: error, file: id }, 'sweep: file not removed yet');
      return 0;
    }
  }
}
