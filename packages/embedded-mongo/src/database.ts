import { setImmediate as nextTurn } from 'node:timers/promises';
import { open, type Database as Bytes, type RootDatabase } from 'lmdb';
import { decode, encode, type Doc } from './bson';
import { Collection, type Stored } from './collection';
import { need } from './errors';
import { asServerError } from './expressions';

/** How long a step of a long job may hold up everything else. */
const STEP_MS = 20;

/**
 * All collections, in memory. LMDB keeps what is written: it is flushed to disk before it is acknowledged. Reading is
 * synchronous, writing goes one after the other.
 */
export class Database {
  private readonly env: RootDatabase;
  private readonly documents: Bytes<Buffer, [collection: number, record: number]>;
  private readonly catalog: Bytes<Buffer, number>;
  private readonly collections = new Map<string, Collection>();
  private readonly queue: (() => () => void)[] = [];
  /** Ends with the last write that is queued. */
  private busy: Promise<unknown> = Promise.resolve();
  /** Number of the present commit. */
  commit = 1;

  constructor(path: string) {
    this.env = open({ path, encoding: 'binary', maxDbs: 2, mapSize: 16 * 1024 ** 3, noSubdir: false });
    this.documents = this.env.openDB({ name: 'documents', encoding: 'binary' });
    this.catalog = this.env.openDB({ name: 'catalog', encoding: 'binary' });
    const byId = new Map<number, Collection>();
    for (const { key, value } of this.catalog.getRange()) {
      const { db, name, indexes } = decode(value) as { db: string; name: string; indexes: Doc[] };
      const collection = new Collection(key, db, name, indexes);
      this.collections.set(collection.ns, collection);
      byId.set(key, collection);
    }
    for (const { key, value } of this.documents.getRange()) {
      const collection = byId.get(key[0]) as Collection;
      collection.records.set(key[1], { id: key[1], commit: 0, doc: decode(value) });
      collection.nextId = key[1] + 1;
    }
    for (const collection of byId.values())
      for (const index of collection.indexes) Array.from(index.fill(collection.ns));
  }

  find(db: string, name: string): Collection | undefined {
    return this.collections.get(`${db}.${name}`);
  }

  /** The collection, or an empty one that is not kept. */
  view(db: string, name: string): Collection {
    return this.find(db, name) ?? new Collection(0, db, name);
  }

  /** @throws ServerError 26 when there is no such collection */
  get(db: string, name: string): Collection {
    const collection = this.find(db, name);
    need(collection, 26, `ns does not exist: ${db}.${name}`);
    return collection;
  }

  /** The collections of one database, or of all. */
  list(db?: string): Collection[] {
    const found = [...this.collections.values()].filter((one) => one.db === (db ?? one.db));
    return found.sort((a, b) => (a.ns < b.ns ? -1 : 1));
  }

  /** The collection, made now if need be: writing to an unknown collection creates it. */
  ensure(db: string, name: string): Collection {
    const found = this.find(db, name);
    if (found) return found;
    need(!/[$\0]|^system\.|^$/.test(name), 73, `Invalid namespace specified '${db}.${name}'`);
    const id = Math.max(0, ...this.list().map((collection) => collection.id)) + 1;
    const collection = new Collection(id, db, name);
    this.collections.set(collection.ns, collection);
    this.save(collection);
    return collection;
  }

  /** Writes a collection's name and indexes to disk. */
  save({ id, db, name, indexes }: Collection): void {
    void this.catalog.put(id, encode({ db, name, indexes: indexes.map(({ spec }) => spec) }));
  }

  drop(collection: Collection): void {
    this.collections.delete(collection.ns);
    void this.catalog.remove(collection.id);
    for (const id of collection.records.keys()) void this.documents.remove([collection.id, id]);
  }

  /** Puts a record in the place of another, or adds or removes one. */
  replace(collection: Collection, before: Stored | undefined, after: Stored | undefined): void {
    const bytes = after && encode(after.doc);
    collection.replace(before, after);
    if (after && bytes) void this.documents.put([collection.id, after.id], bytes);
    else if (before) void this.documents.remove([collection.id, before.id]);
  }

  /** Runs a job that writes. Resolves when it is committed and on disk, together with all others that wait. */
  write<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = (): (() => void) => {
        try {
          const value = run();
          return () => resolve(value);
        } catch (error) {
          const reason = asServerError(error);
          return () => reject(reason);
        }
      };
      if (this.queue.push(job) === 1)
        this.busy = this.busy.then(() => nextTurn()).then(() => this.commitQueue());
    });
  }

  /** If this fails, memory is ahead of the disk, and the process must end: it does, since nobody catches the error. */
  private async commitQueue(): Promise<void> {
    this.commit += 1;
    // What LMDB is given within a turn of the event loop is one transaction.
    const settlements = this.queue.splice(0).map((job) => job());
    await this.env.flushed;
    for (const settle of settlements) settle();
  }

  /** Runs a long job step by step: other writes wait for its end, but the event loop goes on. */
  alone(steps: () => Iterable<void>): Promise<void> {
    const run = async (): Promise<void> => {
      let end = Date.now() + STEP_MS;
      for (const _step of steps()) {
        if (Date.now() < end) continue;
        await nextTurn();
        end = Date.now() + STEP_MS;
      }
      await this.env.flushed;
    };
    const ended = this.busy.then(run);
    this.busy = ended.catch(() => undefined);
    return ended;
  }

  async close(): Promise<void> {
    await this.busy;
    await this.env.close();
  }
}
