import { writeConflict } from '../errors';
import { decode } from '../bson/decode';
import { encodeStored } from '../bson/encode';
import type { Doc } from '../bson/values';
import { Catalog, entryKey, readRecordId, recordKey, type Collection, type IndexDefinition } from './catalog';
import { applyChange, noteArrays, type Change, type Version } from './changes';
import { BlockedByTransaction, type Claims } from './claims';
import { duplicateKey } from './duplicate-key';
import { indexKeys } from './index-keys';
import type { LmdbSnapshot, Store } from './store';

interface CollectionChanges {
  collection: Collection;
  version: number;
  records: Map<number, Change>;
}

export interface OverlayContext {
  store: Store;
  catalog: Catalog;
  claims: Claims;
}

/**
 * Writes that are not committed yet, above the state they were made upon. A single write command uses one for itself
 * within a commit; a transaction keeps one over a snapshot until it commits.
 */
export class Overlay {
  private readonly changes = new Map<number, CollectionChanges>();
  /** Unique keys taken (record) or given up (undefined) by these writes. */
  private readonly uniqueKeys = new Map<string, number>();
  private readonly claimed = new Set<string>();
  readonly ended: Promise<void>;
  isOver = false;
  private end: () => void = () => undefined;

  constructor(
    private readonly context: OverlayContext,
    readonly snapshot?: LmdbSnapshot,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  get isTransaction(): boolean {
    return this.snapshot !== undefined;
  }

  /** Records of a collection that these writes touched. */
  changed(collection: Collection): ReadonlyMap<number, Change> | undefined {
    return this.changes.get(collection.id)?.records;
  }

  read(collection: Collection, recordId: number): Buffer | undefined {
    const change = this.changes.get(collection.id)?.records.get(recordId);
    if (change) return change.after?.bytes;
    return this.base(collection, recordId);
  }

  private base(collection: Collection, recordId: number): Buffer | undefined {
    const { store } = this.context;
    return store.get(store.documents, recordKey(collection.id, recordId), this.snapshot);
  }

  insert(collection: Collection, doc: Doc): void {
    this.put(collection, collection.nextRecordId++, encodeStored(doc, 2), doc);
  }

  /** Stages a document's new state. @throws ServerError 11000 when a unique index has its key already */
  put(collection: Collection, recordId: number, bytes: Buffer, doc: Doc): void {
    const keys = collection.indexes.map((index) => indexKeys(index, doc));
    this.stage(collection, recordId, { bytes, keys }, doc);
  }

  delete(collection: Collection, recordId: number): void {
    this.stage(collection, recordId, undefined, {});
  }

  private stage(collection: Collection, recordId: number, after: Version | undefined, doc: Doc): void {
    const changes = this.changesOf(collection);
    const change = changes.records.get(recordId) ?? this.firstChange(collection, recordId);
    collection.indexes.forEach((index, i) => {
      if (!index.unique) return;
      for (const key of after?.keys[i]?.keys ?? []) this.checkUnique(collection, index, key, recordId, doc);
    });
    if (this.isTransaction) this.claimDocument(collection, recordId);
    collection.indexes.forEach((index, i) => {
      if (!index.unique) return;
      for (const key of change.after?.keys[i]?.keys ?? []) this.uniqueKeys.delete(uniqueName(index, key));
      for (const key of after?.keys[i]?.keys ?? []) {
        this.uniqueKeys.set(uniqueName(index, key), recordId);
        if (this.isTransaction) this.claim(uniqueName(index, key));
      }
    });
    change.after = after;
    changes.records.set(recordId, change);
  }

  private changesOf(collection: Collection): CollectionChanges {
    let changes = this.changes.get(collection.id);
    if (!changes) {
      changes = { collection, version: collection.version, records: new Map() };
      this.changes.set(collection.id, changes);
    }
    if (changes.version !== collection.version) throw writeConflict('indexes changed');
    return changes;
  }

  private firstChange(collection: Collection, recordId: number): Change {
    const bytes = this.base(collection, recordId);
    if (!this.isTransaction) this.waitForOwner(documentName(collection, recordId));
    if (!bytes) return { before: undefined, after: undefined };
    const doc = decode(bytes);
    const version = { bytes, keys: collection.indexes.map((index) => indexKeys(index, doc)) };
    return { before: version, after: version };
  }

  private waitForOwner(name: string): void {
    const owner = this.context.claims.owner(name);
    if (owner && owner !== this) throw new BlockedByTransaction(owner.ended);
  }

  private claim(name: string): void {
    const owner = this.context.claims.owner(name);
    if (owner && owner !== this) throw writeConflict('claimed by another transaction');
    this.context.claims.take(name, this);
    this.claimed.add(name);
  }

  /** The first writer of a document wins: a document changed since the snapshot cannot be written any more. */
  private claimDocument(collection: Collection, recordId: number): void {
    this.claim(documentName(collection, recordId));
    const { store } = this.context;
    const latest = store.get(store.documents, recordKey(collection.id, recordId));
    if (!sameBytes(this.base(collection, recordId), latest))
      throw writeConflict('document changed since the snapshot');
  }

  private checkUnique(
    collection: Collection,
    index: IndexDefinition,
    key: Buffer,
    recordId: number,
    doc: Doc,
  ): void {
    const name = uniqueName(index, key);
    const taken = this.uniqueKeys.get(name);
    if (taken !== undefined && taken !== recordId) throw duplicateKey(collection, index, doc, key);
    if (this.isTransaction) this.claimIsFree(name);
    else this.waitForOwner(name);
    const { store } = this.context;
    const stored = store.get(store.entries, entryKey(index, key, 0));
    const holder = stored && readRecordId(stored);
    if (holder !== undefined && holder !== recordId && !this.gaveUp(collection, index, key, holder)) {
      const visible = !this.snapshot || store.get(store.entries, entryKey(index, key, 0), this.snapshot);
      throw visible
        ? duplicateKey(collection, index, doc, key)
        : writeConflict('unique key taken since the snapshot');
    }
  }

  private claimIsFree(name: string): void {
    const owner = this.context.claims.owner(name);
    if (owner && owner !== this) throw writeConflict('unique key claimed by another transaction');
  }

  private gaveUp(collection: Collection, index: IndexDefinition, key: Buffer, holder: number): boolean {
    const change = this.changes.get(collection.id)?.records.get(holder);
    if (!change) return false;
    const position = collection.indexes.indexOf(index);
    return !change.after?.keys[position]?.keys.some((other) => other.equals(key));
  }

  /**
   * Writes everything to LMDB; call it within a commit.
   * @throws ServerError 112 before anything is written, when the ground has moved since the snapshot
   */
  apply(): void {
    for (const { collection, version, records } of this.changes.values()) {
      if (
        version !== collection.version ||
        this.context.catalog.find(collection.db, collection.name) !== collection
      ) {
        throw writeConflict('the collection changed');
      }
      if (this.isTransaction) this.validate(collection, records);
    }
    for (const { collection, records } of this.changes.values()) {
      for (const [recordId, change] of records) applyChange(this.context.store, collection, recordId, change);
      noteArrays(this.context.catalog, collection, records);
    }
  }

  private validate(collection: Collection, records: ReadonlyMap<number, Change>): void {
    const { store } = this.context;
    for (const [recordId, { before }] of records) {
      const latest = store.get(store.documents, recordKey(collection.id, recordId));
      if (!sameBytes(before?.bytes, latest)) throw writeConflict('document changed since the snapshot');
    }
  }

  /** Gives back claims and the snapshot, whether committed or not. */
  dispose(): void {
    this.isOver = true;
    this.context.claims.release(this.claimed);
    this.snapshot?.done();
    this.end();
  }
}

const documentName = (collection: Collection, recordId: number): string => `d${collection.id}:${recordId}`;
const uniqueName = (index: IndexDefinition, key: Buffer): string => `u${index.id}:${key.toString('latin1')}`;

const sameBytes = (a: Buffer | undefined, b: Buffer | undefined): boolean => (a && b ? a.equals(b) : a === b);
