import { open, type Database, type RootDatabase, type Transaction as LmdbSnapshot } from 'lmdb';

export type { LmdbSnapshot };

export interface RangeQuery {
  /** Inclusive. */
  start: Buffer;
  /** Exclusive. */
  end: Buffer;
  reverse?: boolean;
  snapshot?: LmdbSnapshot | undefined;
}

export interface Entry {
  key: Buffer;
  value: Buffer;
}

interface Job {
  run: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** Entries fetched at a time: few first, since most queries stop early. */
const FIRST_CHUNK = 32;
const LARGEST_CHUNK = 1024;
const MAP_BYTES = 16 * 1024 ** 3;

/**
 * The one LMDB environment: three ordered maps of bytes. Reads are synchronous; writes are queued, and all that wait
 * share one commit, which is flushed to disk before any of them is answered.
 */
export class Store {
  private readonly env: RootDatabase<Buffer, Buffer>;
  readonly documents: Database<Buffer, Buffer>;
  readonly entries: Database<Buffer, Buffer>;
  readonly catalog: Database<Buffer, Buffer>;
  private queue: Job[] = [];
  private writing = false;

  constructor(path: string) {
    const encoding = { keyEncoding: 'binary', encoding: 'binary' } as const;
    this.env = open<Buffer, Buffer>({ path, ...encoding, maxDbs: 4, mapSize: MAP_BYTES, noSubdir: false });
    this.documents = this.env.openDB<Buffer, Buffer>({ name: 'documents', ...encoding });
    this.entries = this.env.openDB<Buffer, Buffer>({ name: 'indexes', ...encoding });
    this.catalog = this.env.openDB<Buffer, Buffer>({ name: 'catalog', ...encoding });
  }

  get(database: Database<Buffer, Buffer>, key: Buffer, snapshot?: LmdbSnapshot): Buffer | undefined {
    return snapshot ? database.get(key, { transaction: snapshot }) : database.get(key);
  }

  /** Entries of a range in order. No LMDB cursor stays open between steps: a reader may pause for minutes. */
  *range(database: Database<Buffer, Buffer>, query: RangeQuery): Generator<Entry, void> {
    let { start, end } = query;
    let exclusive = false;
    for (let limit = FIRST_CHUNK; ; limit = Math.min(limit * 4, LARGEST_CHUNK)) {
      const transaction = query.snapshot ? { transaction: query.snapshot } : {};
      const bounds = query.reverse
        ? { start: end, exclusiveStart: true, end: start, inclusiveEnd: true, reverse: true }
        : { start, exclusiveStart: exclusive, end };
      const chunk = [...database.getRange({ ...bounds, limit, ...transaction })];
      yield* chunk;
      const last = chunk.at(-1);
      if (!last || chunk.length < limit) return;
      if (query.reverse) end = last.key;
      else start = last.key;
      exclusive = true;
    }
  }

  /** Freezes the present state for reading; `done()` must be called on it. */
  snapshot(): LmdbSnapshot {
    this.env.resetReadTxn();
    return this.env.useReadTransaction();
  }

  /**
   * Runs a job that writes. Resolves when it is committed and flushed; a job that throws must not have written yet.
   */
  write<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ run, resolve: resolve as (value: unknown) => void, reject });
      if (this.queue.length === 1) setImmediate(() => this.commitQueue());
    });
  }

  /** Runs a job that writes, at once, within the present commit if there is one. */
  writeNow<T>(run: () => T): T {
    if (this.writing) return run();
    this.writing = true;
    try {
      return this.env.transactionSync(run);
    } finally {
      this.writing = false;
    }
  }

  private commitQueue(): void {
    const jobs = this.queue;
    this.queue = [];
    let outcomes: Outcome[];
    try {
      outcomes = this.writeNow(() => jobs.map(({ run }) => attempt(run)));
    } catch (error) {
      jobs.forEach((job) => job.reject(error));
      return;
    }
    jobs.forEach((job, i) => {
      const outcome = outcomes[i] as Outcome;
      if (outcome.ok) job.resolve(outcome.value);
      else job.reject(outcome.error);
    });
  }

  async close(): Promise<void> {
    if (this.queue.length > 0) this.commitQueue();
    await this.env.close();
  }
}

function attempt(run: () => unknown): Outcome {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, error };
  }
}
