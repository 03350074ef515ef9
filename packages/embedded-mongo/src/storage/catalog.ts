import { badValue, ServerError } from '../errors';
import { decode } from '../bson/decode';
import { encode } from '../bson/encode';
import type { Doc } from '../bson/values';
import { compileFilter, type DocPredicate } from '../query/matcher';
import { afterPrefix } from './key-encoding';
import type { Store } from './store';

export interface IndexDefinition {
  id: number;
  name: string;
  key: Doc;
  kind: 'btree' | 'geo';
  unique: boolean;
  sparse: boolean;
  partialFilter: Doc | undefined;
  matchesPartial: DocPredicate | undefined;
  expireAfterSeconds: number | undefined;
  /** The specification as clients list it. */
  spec: Doc;
  /** Fields that were arrays in at least one document: they cannot give an order. */
  multikey: Set<string>;
}

export interface Collection {
  id: number;
  db: string;
  name: string;
  ns: string;
  indexes: IndexDefinition[];
  /** Changes with the set of indexes. */
  version: number;
  nextRecordId: number;
  count: number;
}

export const ID_INDEX = '_id_';
const RECORD_BYTES = 6;

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Key of a stored document; documents lie in the order of their insertion. */
export function recordKey(collectionId: number, recordId: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + RECORD_BYTES);
  bytes.writeUInt32BE(collectionId);
  bytes.writeUIntBE(recordId, 4, RECORD_BYTES);
  return bytes;
}

export const recordIdBytes = (recordId: number): Buffer => {
  const bytes = Buffer.allocUnsafe(RECORD_BYTES);
  bytes.writeUIntBE(recordId, 0, RECORD_BYTES);
  return bytes;
};

export const readRecordId = (bytes: Buffer, offset = 0): number => bytes.readUIntBE(offset, RECORD_BYTES);

/** Key of an index entry: unique entries stand alone, others carry their record too. */
export const entryKey = (index: IndexDefinition, key: Buffer, recordId: number): Buffer =>
  Buffer.concat(index.unique ? [uint32(index.id), key] : [uint32(index.id), key, recordIdBytes(recordId)]);

export const prefixRange = (prefix: Buffer): { start: Buffer; end: Buffer } => ({
  start: prefix,
  end: afterPrefix(prefix) ?? Buffer.alloc(1900, 0xff),
});

/** Reads an index specification as `createIndexes` takes it or the catalog keeps it. */
export function defineIndex(id: number, spec: Doc, state: { multikey?: string[] }): IndexDefinition {
  const key = spec['key'] as Doc;
  const partialFilter = spec['partialFilterExpression'] as Doc | undefined;
  const expire = spec['expireAfterSeconds'];
  return {
    id,
    name: String(spec['name']),
    key,
    kind: Object.values(key).some((direction) => typeof direction === 'string') ? 'geo' : 'btree',
    unique: spec['unique'] === true || spec['name'] === ID_INDEX,
    sparse: spec['sparse'] === true,
    partialFilter,
    matchesPartial: partialFilter && compileFilter(partialFilter),
    expireAfterSeconds: expire === undefined ? undefined : Number(expire),
    spec,
    multikey: new Set(state.multikey),
  };
}

interface StoredIndex {
  id: number;
  spec: Doc;
  multikey: string[];
}

/** The collections and their indexes: in memory, every change written through. */
export class Catalog {
  private readonly collections = new Map<string, Collection>();
  private nextId = 1;

  constructor(private readonly store: Store) {
    for (const { value } of store.range(store.catalog, prefixRange(Buffer.from('c:'))))
      this.load(decode(value));
  }

  private load(stored: Doc): void {
    const id = Number(stored['id']);
    const indexes = (stored['indexes'] as StoredIndex[]).map((index) =>
      defineIndex(index.id, index.spec, index),
    );
    const [last] = this.store.range(this.store.documents, { ...prefixRange(uint32(id)), reverse: true });
    this.add({
      id,
      db: String(stored['db']),
      name: String(stored['name']),
      indexes,
      nextRecordId: last ? readRecordId(last.key, 4) + 1 : 1,
      count: this.store.documents.getKeysCount(prefixRange(uint32(id))),
    });
    this.nextId = Math.max(this.nextId, id + 1, ...indexes.map((index) => index.id + 1));
  }

  private add(parts: Omit<Collection, 'ns' | 'version'>): Collection {
    const collection = { ...parts, ns: `${parts.db}.${parts.name}`, version: 1 };
    this.collections.set(collection.ns, collection);
    return collection;
  }

  find(db: string, name: string): Collection | undefined {
    return this.collections.get(`${db}.${name}`);
  }

  /** @throws ServerError 26 when there is no such collection */
  get(db: string, name: string): Collection {
    const collection = this.find(db, name);
    if (!collection) throw new ServerError(26, `ns does not exist: ${db}.${name}`);
    return collection;
  }

  list(db?: string): Collection[] {
    const all = [...this.collections.values()].filter(
      (collection) => db === undefined || collection.db === db,
    );
    return all.sort((a, b) => (a.ns < b.ns ? -1 : 1));
  }

  /** The collection, made now if need be: writing to an unknown collection creates it. */
  ensure(db: string, name: string): Collection {
    const found = this.find(db, name);
    if (found) return found;
    if (name === '' || name.includes('$') || name.includes('\0')) {
      throw new ServerError(73, `Invalid namespace specified '${db}.${name}'`);
    }
    if (name.startsWith('system.')) throw badValue(`cannot create ${db}.${name}: the name is reserved`);
    const id = this.nextId++;
    const idIndex = defineIndex(this.nextId++, { v: 2, key: { _id: 1 }, name: ID_INDEX }, {});
    const collection = this.add({ id, db, name, indexes: [idIndex], nextRecordId: 1, count: 0 });
    this.save(collection);
    return collection;
  }

  addIndex(collection: Collection, spec: Doc): IndexDefinition {
    const index = defineIndex(this.nextId++, spec, {});
    this.setIndexes(collection, [...collection.indexes, index]);
    return index;
  }

  /** Drops the entries of an index and forgets it. */
  removeIndex(collection: Collection, index: IndexDefinition): void {
    this.setIndexes(
      collection,
      collection.indexes.filter((other) => other !== index),
    );
    this.clear(this.store.entries, uint32(index.id));
  }

  private setIndexes(collection: Collection, indexes: IndexDefinition[]): void {
    collection.indexes = indexes;
    collection.version += 1;
    this.save(collection);
  }

  drop(collection: Collection): void {
    this.collections.delete(collection.ns);
    this.store.writeNow(() => {
      this.store.catalog.removeSync(catalogKey(collection));
      this.clear(this.store.documents, uint32(collection.id));
      for (const index of collection.indexes) this.clear(this.store.entries, uint32(index.id));
    });
  }

  /** Writes a collection's catalog entry through. */
  save(collection: Collection): void {
    const indexes = collection.indexes.map(({ id, spec, multikey }) => ({
      id,
      spec,
      multikey: [...multikey],
    }));
    const { id, db, name } = collection;
    this.store.writeNow(() =>
      this.store.catalog.putSync(catalogKey(collection), encode({ id, db, name, indexes })),
    );
  }

  private clear(database: Store['documents'], prefix: Buffer): void {
    this.store.writeNow(() => {
      for (const { key } of this.store.range(database, prefixRange(prefix))) database.removeSync(key);
    });
  }
}

const catalogKey = ({ ns }: { ns: string }): Buffer => Buffer.from(`c:${ns}`);
