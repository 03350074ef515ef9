import { calculateObjectSize } from 'bson';
import type { Doc } from './bson';
import type { Collection, Index, Stored } from './collection';
import type { Database } from './database';
import { need, transient } from './errors';

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** A record as it was when a transaction first wrote it, and as it will be. */
type Change = { before: Stored | undefined; after: Stored | undefined };
/** A transaction's changes of a collection, and the unique keys that they take, with the records that do. */
type Changes = { indexes: readonly Index[]; records: Map<number, Change>; taken: Map<string, number> };

const conflict = transient(112, 'Write conflict: somebody else has written the same');

/** The unique keys of a document. Also finds, before anything is written, what any index cannot take. */
const uniqueKeys = ({ indexes }: Collection, doc: Doc | undefined): [index: Index, key: string][] =>
  indexes.flatMap((index) => {
    const keys = doc ? index.keysOf(doc) : [];
    return index.isUnique ? keys.map((key): [Index, string] => [index, key]) : [];
  });

/**
 * Writes to the database: those of a plain command are made at once, a transaction keeps its own to itself until it
 * commits. A transaction that meets what somebody else has written since it began has lost, at the latest at its commit.
 */
export class Writes {
  private readonly changes = new Map<Collection, Changes>();
  private readonly began: number;

  constructor(
    private readonly database: Database,
    private readonly isTransaction: boolean,
  ) {
    this.began = database.commit;
  }

  /** What a transaction has changed in a collection, by record. */
  changed(collection: Collection): ReadonlyMap<number, Change> | undefined {
    return this.changes.get(collection)?.records;
  }

  /** @throws ServerError 112 when a record has been written since a transaction began */
  meet(record: Stored): void {
    if (record.commit > this.began) throw conflict;
  }

  /** Writes a document in the place of another, if there is one. @throws ServerError 11000 when another one has its key */
  put(collection: Collection, before: Stored | undefined, doc: Doc | undefined): void {
    const isSmall = !doc || calculateObjectSize(doc, { ignoreUndefined: true }) <= MAX_DOCUMENT_BYTES;
    need(isSmall, before ? 10334 : 2, 'a document must not be larger than 16 MB');
    const id = before?.id ?? collection.nextId++;
    const after = doc && { id, commit: this.began, doc };
    if (after) this.checkKeys(collection, after);
    if (!this.isTransaction) return this.database.replace(collection, before, after);
    const { indexes } = collection;
    const changes = this.changes.get(collection) ?? {
      indexes,
      records: new Map<number, Change>(),
      taken: new Map(),
    };
    const former = changes.records.get(id) ?? { before, after: undefined };
    for (const [index, key] of uniqueKeys(collection, former.after?.doc))
      changes.taken.delete(index.name + key);
    for (const [index, key] of uniqueKeys(collection, doc)) changes.taken.set(index.name + key, id);
    changes.records.set(id, { before: former.before, after });
    this.changes.set(collection, changes);
  }

  /** @throws ServerError 11000 when another record has one of the keys, 112 when it has only got it meanwhile */
  private checkKeys(collection: Collection, { id, doc }: Stored): void {
    const { records, taken } = this.changes.get(collection) ?? {};
    for (const [index, key] of uniqueKeys(collection, doc)) {
      const holder = index.holder(key, (other) => other.id === id || records?.has(other.id) === true);
      if (holder) this.meet(holder);
      if (holder || (taken?.get(index.name + key) ?? id) !== id)
        throw index.duplicate(collection.ns, doc, key);
    }
  }

  /** Makes a transaction's writes, within a commit. @throws ServerError 112 before anything is written */
  apply(): Doc {
    for (const [collection, { indexes, records }] of this.changes) {
      const isSame = this.database.find(collection.db, collection.name) === collection;
      if (!isSame || indexes !== collection.indexes) throw conflict;
      for (const [id, { before, after }] of records) {
        if (collection.records.get(id) !== before) throw conflict;
        if (after) this.checkKeys(collection, after);
      }
    }
    const { commit } = this.database;
    for (const [collection, { records }] of this.changes)
      for (const { before, after } of records.values())
        this.database.replace(collection, before, after && { ...after, commit });
    return { ok: 1 };
  }
}
