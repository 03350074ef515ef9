import { entryKey, readRecordId, recordIdBytes, recordKey, type Catalog, type Collection } from './catalog';
import type { IndexKeys } from './index-keys';
import type { Store } from './store';

/** One state of a document: its bytes, and its keys by position of the index. */
export interface Version {
  bytes: Buffer;
  keys: IndexKeys[];
}

export interface Change {
  before: Version | undefined;
  after: Version | undefined;
}

/** Writes one record's change to LMDB. */
export function applyChange(
  store: Store,
  collection: Collection,
  recordId: number,
  { before, after }: Change,
): void {
  const { documents, entries } = store;
  collection.indexes.forEach((index, i) => {
    const kept = after?.keys[i]?.keys ?? [];
    const old = before?.keys[i]?.keys ?? [];
    for (const key of old) {
      if (kept.some((other) => other.equals(key))) continue;
      const name = entryKey(index, key, recordId);
      const holder = index.unique ? entries.get(name) : undefined;
      // Another record of the same commit may have taken over a unique key already.
      if (!holder || readRecordId(holder) === recordId) entries.removeSync(name);
    }
    for (const key of kept) {
      if (old.some((other) => other.equals(key))) continue;
      entries.putSync(entryKey(index, key, recordId), recordIdBytes(recordId));
    }
  });
  const key = recordKey(collection.id, recordId);
  if (after) documents.putSync(key, after.bytes);
  else if (before) documents.removeSync(key);
  collection.count += (after ? 1 : 0) - (before ? 1 : 0);
}

/** Remembers which indexes have met arrays . */
export function noteArrays(
  catalog: Catalog,
  collection: Collection,
  records: ReadonlyMap<number, Change>,
): void {
  let dirty = false;
  collection.indexes.forEach((index, i) => {
    for (const { after } of records.values()) {
      const keys = after?.keys[i];
      if (!keys) continue;
      for (const field of keys.multikey) {
        dirty ||= !index.multikey.has(field);
        index.multikey.add(field);
      }
    }
  });
  if (dirty) catalog.save(collection);
}
