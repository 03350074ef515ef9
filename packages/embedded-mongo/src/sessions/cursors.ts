import { Long } from 'bson';
import { ServerError } from '../errors';
import type { RawDocument } from '../bson/decode';
import type { Overlay } from '../storage/overlay';

/** Idle cursors are closed after so long, as in the real server. */
export const CURSOR_LIMIT_MS = 10 * 60_000;
const FIRST_BATCH = 101;
const BATCH_BYTES = 16 * 1024 * 1024;

interface OpenCursor {
  /** A cursor of a transaction ends with it. */
  transaction: Overlay | undefined;
  id: Long;
  ns: string;
  documents: Iterator<RawDocument>;
  pending: RawDocument | undefined;
  /** Documents still to come at most. */
  left: number;
  lastUsed: number;
}

export interface Batch {
  documents: RawDocument[];
  id: Long;
  ns: string;
}

export interface BatchOptions {
  batchSize?: number | undefined;
  single?: boolean;
  limit?: number | undefined;
  transaction?: Overlay | undefined;
}

const DONE = Long.fromNumber(0);

/** Results that are being read batch by batch. */
export class Cursors {
  private readonly open = new Map<string, OpenCursor>();
  private nextId = Date.now() * 1000;

  get size(): number {
    return this.open.size;
  }

  /** The first batch of a result of at most `limit` documents, and a cursor for what remains. */
  start(
    ns: string,
    documents: Iterable<RawDocument>,
    { batchSize, single = false, limit = Infinity, transaction }: BatchOptions,
  ): Batch {
    const cursor: OpenCursor = {
      transaction,
      id: Long.fromNumber(this.nextId++),
      ns,
      documents: documents[Symbol.iterator](),
      pending: undefined,
      left: limit,
      lastUsed: Date.now(),
    };
    const batch = this.readBatch(cursor, batchSize ?? FIRST_BATCH);
    if (batch.id !== DONE && single) return { ...batch, id: DONE };
    if (batch.id !== DONE) this.open.set(String(cursor.id), cursor);
    return batch;
  }

  /** @throws ServerError 43 when the cursor is closed or was never open */
  next(id: Long, ns: string, batchSize: number | undefined): Batch {
    const cursor = this.open.get(String(id));
    if (!cursor || cursor.transaction?.isOver) {
      this.open.delete(String(id));
      throw new ServerError(43, `cursor id ${id.toString()} not found`);
    }
    if (cursor.ns !== ns) {
      throw new ServerError(13, `the cursor belongs to ${cursor.ns}, not to ${ns}`);
    }
    cursor.lastUsed = Date.now();
    const batch = this.readBatch(cursor, batchSize || Infinity);
    if (batch.id === DONE) this.open.delete(String(id));
    return batch;
  }

  private readBatch(cursor: OpenCursor, size: number): Batch {
    const documents: RawDocument[] = [];
    let bytes = 0;
    while (documents.length < size) {
      const next = this.take(cursor);
      if (!next) return { documents, id: DONE, ns: cursor.ns };
      if (bytes + next.length > BATCH_BYTES && documents.length > 0) {
        cursor.pending = next;
        cursor.left -= documents.length;
        return { documents, id: cursor.id, ns: cursor.ns };
      }
      documents.push(next);
      bytes += next.length;
    }
    // Whether there is more is not looked up: a full batch leaves its cursor open, unless the limit is reached.
    cursor.left -= documents.length;
    return { documents, id: cursor.left > 0 ? cursor.id : DONE, ns: cursor.ns };
  }

  private take(cursor: OpenCursor): RawDocument | undefined {
    const { pending } = cursor;
    if (!pending) {
      const next = cursor.documents.next();
      return next.done ? undefined : next.value;
    }
    cursor.pending = undefined;
    return pending;
  }

  /** Closes a cursor; false when there was none. */
  kill(id: Long): boolean {
    return this.open.delete(String(id));
  }

  closeIdle(now: number): void {
    for (const [id, { lastUsed }] of this.open) if (now - lastUsed > CURSOR_LIMIT_MS) this.open.delete(id);
  }
}
