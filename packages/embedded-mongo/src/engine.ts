import { ServerError } from './errors';
import type { Doc } from './bson/values';
import { find, type QueryCounters, type ReadContext } from './query/executor';
import { Cursors } from './sessions/cursors';
import { RetryableWrites } from './sessions/retries';
import { BLOCKED_LIMIT_MS, Transactions } from './sessions/transactions';
import { Catalog, type Collection } from './storage/catalog';
import { BlockedByTransaction, Claims } from './storage/claims';
import { Overlay, type OverlayContext } from './storage/overlay';
import { Store } from './storage/store';

/** Everything the commands work on. */
export class Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors = new Cursors();
  readonly retries = new RetryableWrites();
  readonly transactions: Transactions;
  readonly counters: QueryCounters = { keysExamined: 0, documentsExamined: 0 };
  private readonly overlayContext: OverlayContext;

  constructor(readonly dataDir: string) {
    this.store = new Store(dataDir);
    this.catalog = new Catalog(this.store);
    this.overlayContext = { store: this.store, catalog: this.catalog, claims: new Claims() };
    this.transactions = new Transactions(this.overlayContext);
  }

  reader(overlay?: Overlay): ReadContext {
    return { store: this.store, counters: this.counters, overlay };
  }

  /**
   * Runs a write: within the given transaction, or else in a commit of its own, again if an open transaction stands in
   * its way.
   * @throws ServerError 50 when that transaction does not end in time
   */
  async write<T>(transaction: Overlay | undefined, run: (overlay: Overlay) => T): Promise<T> {
    if (transaction) return run(transaction);
    const deadline = Date.now() + BLOCKED_LIMIT_MS;
    for (;;) {
      try {
        return await this.store.write(() => {
          const overlay = new Overlay(this.overlayContext);
          const result = run(overlay);
          overlay.apply();
          return result;
        });
      } catch (error) {
        if (!(error instanceof BlockedByTransaction)) throw error;
        await this.waitFor(error.ended, deadline - Date.now());
      }
    }
  }

  private async waitFor(ended: Promise<void>, limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new ServerError(50, 'waited too long for a transaction')),
        Math.max(0, limit),
      );
    });
    await Promise.race([ended, timeout]).finally(() => clearTimeout(timer));
  }

  /** Deletes what TTL indexes say has expired. */
  async expire(now: number): Promise<void> {
    for (const collection of this.catalog.list()) {
      for (const index of collection.indexes) {
        if (index.expireAfterSeconds === undefined) continue;
        const field = Object.keys(index.key)[0] as string;
        const due = { [field]: { $lte: new Date(now - index.expireAfterSeconds * 1000) } };
        const [any] = find(this.reader(), collection, { filter: due, limit: 1 });
        if (any) await this.write(undefined, (overlay) => this.deleteAll(overlay, collection, due));
      }
    }
  }

  private deleteAll(overlay: Overlay, collection: Collection, filter: Doc): void {
    // Read to the end first: deleting changes what is being read.
    const found = [...find(this.reader(overlay), collection, { filter })];
    for (const { recordId } of found) overlay.delete(collection, recordId);
  }

  async close(): Promise<void> {
    this.transactions.endAll();
    await this.store.close();
  }
}
