import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { UploadedFile } from '../../common/uploads/upload-reader';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { FileAddresses, type FileView } from './file-addresses';
import { FileStore } from './file-store';
import { OPENED_STATES, STORED_FILE, type StoredFile } from './stored-file.schema';

/** So long an offered file waits for a record that refers to it. */
const OFFERED_MS = 24 * 3_600_000;

/**
 * Files that are uploaded before the record is made that shows them, and are then referred to by their address. Each
 * remembers who refers to it: one picture may stand in several records, and goes with the last of them.
 */
@Injectable()
export class OfferedFiles {
  constructor(
    @InjectCollection(STORED_FILE) private readonly files: Collection<StoredFile>,
    private readonly store: FileStore,
    private readonly addresses: FileAddresses,
    private readonly transactions: Transactions,
  ) {}

  /** Keeps the uploads, all or none, for a day or until somebody refers to them. */
  async offer(uploads: UploadedFile[], to: string): Promise<FileView[]> {
    const results = await Promise.allSettled(
      uploads.map((upload) => this.store.keep(upload, { private: false })),
    );
    const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) {
      await this.store.discard(kept);
      throw failure.reason;
    }
    await this.files.updateMany(
      { _id: { $in: kept.map(({ id }) => id) }, state: 'pending' },
      {
        $set: {
          state: 'offered',
          offeredTo: to,
          usedBy: [],
          sweepAfter: new Date(Date.now() + OFFERED_MS),
        },
      },
    );
    return kept.map((reference) => this.addresses.view(reference));
  }

  /**
   * Notes in the transaction of a record that it now refers to just these addresses, and before to the files
   * `before`; what nothing refers to any more is removed after the commit. Addresses of other hosts are nobody's
   * business here, and so are files that were offered to somebody else.
   * @returns the ids of the files referred to, or the address of one that is gone
   */
  async refer(
    record: string,
    who: string,
    change: { addresses: string[]; before: string[] },
    session: ClientSession,
  ): Promise<{ ids: string[] } | { gone: string }> {
    const byId = new Map(change.addresses.map((address) => [this.addresses.ownFileId(address), address]));
    const wanted = [...byId.keys()].filter((id) => id !== undefined);
    const found = await this.find(wanted, session);
    const gone = wanted.find((id) => !found.some(({ _id }) => _id === id));
    if (gone !== undefined) return { gone: byId.get(gone) ?? gone };
    const ids = found.filter(({ offeredTo }) => offeredTo === who).map(({ _id }) => _id);
    const added = ids.filter((id) => !change.before.includes(id));
    if (added.length > 0) {
      await this.files.updateMany(
        { _id: { $in: added } },
        { $set: { state: 'attached' }, $addToSet: { usedBy: record }, $unset: { sweepAfter: '' } },
        { session },
      );
    }
    const dropped = change.before.filter((id) => !ids.includes(id));
    await this.release(record, dropped, session);
    return { ids };
  }

  /** The record refers to these files no longer. */
  async release(record: string, ids: string[], session: ClientSession): Promise<void> {
    if (ids.length === 0) return;
    await this.files.updateMany({ _id: { $in: ids } }, { $pull: { usedBy: record } }, { session });
    await this.files.updateMany(
      { _id: { $in: ids }, usedBy: [] },
      { $set: { state: 'orphaned', sweepAfter: new Date() } },
      { session },
    );
    // what another record still refers to is not orphaned, and stays
    this.transactions.afterCommit(session, () => this.store.removeOrLeave(ids));
  }

  /** By _id; nothing is asked where there is nothing of ours. */
  private find(ids: string[], session: ClientSession): Promise<Pick<StoredFile, '_id' | 'offeredTo'>[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.files
      .find<Pick<StoredFile, '_id' | 'offeredTo'>>(
        { _id: { $in: ids }, state: { $in: OPENED_STATES } },
        { session, projection: { offeredTo: 1 } },
      )
      .toArray();
  }
}
