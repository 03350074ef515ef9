import { badValue, failedToParse, notSupported, ServerError, typeMismatch } from '../errors';
import { compareValues } from '../bson/compare';
import { decode } from '../bson/decode';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import type { Engine } from '../engine';
import {
  entryKey,
  ID_INDEX,
  prefixRange,
  readRecordId,
  recordIdBytes,
  uint32,
  type Collection,
  type IndexDefinition,
} from '../storage/catalog';
import { duplicateKey } from '../storage/duplicate-key';
import { indexKeys } from '../storage/index-keys';
import { noCursor } from './collections';
import { allowOnly, collectionName, optionalArray, type Answer, type Command } from './command';

const OPTIONS = (
  'v key name unique sparse partialFilterExpression expireAfterSeconds background ' +
  '2dsphereIndexVersion ns'
).split(' ');
const REFUSED = 'collation wildcardProjection weights default_language hidden storageEngine bits'.split(' ');
const PARTIAL_OPERATORS = ['$eq', '$gt', '$gte', '$lt', '$lte', '$exists', '$type', '$in', '$and', '$or'];

function checkKey(key: unknown): asserts key is Doc {
  if (!isDoc(key)) throw typeMismatch("The field 'key' must be an object");
  if (Object.keys(key).length === 0) throw new ServerError(67, 'Index keys cannot be an empty object');
  for (const [name, direction] of Object.entries(key)) {
    if (name === '') throw new ServerError(67, 'Index keys cannot be an empty field.');
    if (name.includes('$')) throw direction === undefined ? badValue(name) : notSupported('a wildcard index');
    if (direction === '2dsphere') continue;
    if (['text', 'hashed', '2d'].includes(String(direction)))
      throw notSupported(`a ${String(direction)} index`);
    if (!isNumeric(direction) || toNumber(direction) === 0 || Number.isNaN(toNumber(direction))) {
      throw new ServerError(67, `the direction of the index field ${name} is no number`);
    }
  }
}

function checkPartial(filter: unknown): void {
  if (!isDoc(filter)) throw typeMismatch("The field 'partialFilterExpression' must be an object");
  for (const [name, value] of Object.entries(filter)) {
    if (name.startsWith('$') && !PARTIAL_OPERATORS.includes(name)) {
      throw new ServerError(67, `Expression not supported in partial index: ${name}`);
    }
    if (name === '$exists' && value !== true)
      throw new ServerError(67, 'Expression not supported in partial index: $not');
    if (Array.isArray(value) && name.startsWith('$')) value.filter(isDoc).forEach(checkPartial);
    else if (isDoc(value)) checkPartial(value);
  }
}

/** Checks one specification and gives it the form in which it is kept. */
function normalise(given: unknown): Doc {
  if (!isDoc(given)) throw typeMismatch('The elements of the indexes array must be objects');
  const { key, name, unique, sparse, partialFilterExpression, expireAfterSeconds } = given;
  for (const [property, value] of Object.entries({ key, name })) {
    if (value === undefined) {
      throw failedToParse(`The '${property}' field is a required property of an index specification`);
    }
  }
  checkKey(key);
  if (typeof name !== 'string' || name === '')
    throw new ServerError(67, 'index names must be non-empty strings');
  for (const option of Object.keys(given)) {
    if (REFUSED.includes(option)) throw notSupported(`the index option ${option}`);
    if (!OPTIONS.includes(option))
      throw new ServerError(197, `The field '${option}' is not valid for an index specification.`);
  }
  if (partialFilterExpression !== undefined) {
    checkPartial(partialFilterExpression);
    if (sparse) throw new ServerError(67, "cannot mix 'partialFilterExpression' and 'sparse' options");
  }
  if (expireAfterSeconds !== undefined) {
    if (!isNumeric(expireAfterSeconds) || toNumber(expireAfterSeconds) < 0) {
      throw new ServerError(67, 'TTL index expireAfterSeconds option must be within an acceptable range');
    }
    if (Object.keys(key).length > 1) {
      throw new ServerError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL.');
    }
  }
  const isGeo = Object.values(key).includes('2dsphere');
  return {
    v: 2,
    key,
    name,
    ...(unique ? { unique: true } : {}),
    ...(sparse ? { sparse: true } : {}),
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    ...(isGeo ? { '2dsphereIndexVersion': 3 } : {}),
  };
}

const same = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;

const optionsOf = ({ v: _v, key: _key, name: _name, ...options }: Doc): Doc =>
  Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));

const withoutExpiry = ({ expireAfterSeconds: _expire, ...spec }: Doc): Doc => optionsOf(spec);

/** Whether the index is there already. @throws ServerError 85/86 when another one is in its place */
function exists(collection: Collection, spec: Doc): boolean {
  const byName = collection.indexes.find((index) => index.name === spec['name']);
  const twin = collection.indexes.find(
    (index) =>
      same(index.key, spec['key']) &&
      same(index.partialFilter ?? null, spec['partialFilterExpression'] ?? null),
  );
  if (twin?.name === ID_INDEX) return true;
  if (byName && byName === twin && same(withoutExpiry(byName.spec), withoutExpiry(spec))) {
    if (same(optionsOf(byName.spec), optionsOf(spec))) return true;
    throw new ServerError(85, 'An equivalent index already exists with the same name but different options.');
  }
  if (byName) {
    throw new ServerError(86, `another index has the name ${byName.name}`);
  }
  if (twin) {
    const why = same(optionsOf(twin.spec), optionsOf(spec))
      ? `Index already exists with a different name: ${twin.name}`
      : `An equivalent index already exists with a different name and options: ${twin.name}`;
    throw new ServerError(85, why);
  }
  return false;
}

/** Fills a new index from the documents that are there. @throws ServerError 11000 for duplicates */
function build(engine: Engine, collection: Collection, index: IndexDefinition): void {
  const { store, catalog } = engine;
  const taken = new Set<string>();
  const entries: { key: Buffer; value: Buffer }[] = [];
  for (const { key, value } of store.range(store.documents, prefixRange(uint32(collection.id)))) {
    const doc = decode(value);
    const recordId = readRecordId(key, 4);
    const { keys, multikey } = indexKeys(index, doc);
    multikey.forEach((field) => index.multikey.add(field));
    for (const bytes of keys) {
      const name = bytes.toString('latin1');
      if (index.unique && taken.has(name)) throw duplicateKey(collection, index, doc, bytes);
      if (index.unique) taken.add(name);
      entries.push({ key: entryKey(index, bytes, recordId), value: recordIdBytes(recordId) });
    }
  }
  for (const { key, value } of entries) store.entries.putSync(key, value);
  catalog.save(collection);
}

function addIndex(engine: Engine, collection: Collection, spec: Doc): void {
  const index = engine.catalog.addIndex(collection, spec);
  try {
    build(engine, collection, index);
  } catch (error) {
    engine.catalog.removeIndex(collection, index);
    throw error;
  }
}

export async function createIndexesCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions']);
  const name = collectionName(command);
  const specs = (optionalArray(body, 'indexes') ?? []).map(normalise);
  if (specs.length === 0) throw badValue('Must specify at least one index to create');
  return engine.store.write(() => {
    const isNew = !engine.catalog.find(db, name);
    if (transaction && !isNew) {
      throw new ServerError(263, `no indexes on ${db}.${name} within a transaction`);
    }
    const collection = engine.catalog.ensure(db, name);
    const before = collection.indexes.length;
    for (const spec of specs) if (!exists(collection, spec)) addIndex(engine, collection, spec);
    const after = collection.indexes.length;
    return {
      numIndexesBefore: before,
      numIndexesAfter: after,
      ...(before === after ? {} : { createdCollectionAutomatically: isNew }),
      ok: 1,
    };
  });
}

export function listIndexesCommand(command: Command): Answer {
  const { engine, db } = command;
  const collection = engine.catalog.get(db, collectionName(command));
  const firstBatch = collection.indexes.map((index) => index.spec);
  return { cursor: { id: noCursor(), ns: collection.ns, firstBatch }, ok: 1 };
}

function toDrop(collection: Collection, wanted: unknown): IndexDefinition[] {
  if (wanted === '*') return collection.indexes.filter((index) => index.name !== ID_INDEX);
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((item: unknown) => {
    const found = collection.indexes.find((index) =>
      isDoc(item) ? same(index.key, item) : index.name === item,
    );
    if (!found) {
      throw new ServerError(
        27,
        isDoc(item)
          ? `can't find index with key: ${JSON.stringify(item)}`
          : `index not found with name [${String(item)}]`,
      );
    }
    if (found.name === ID_INDEX) throw new ServerError(72, 'cannot drop _id index');
    return found;
  });
}

export async function dropIndexesCommand(command: Command): Promise<Answer> {
  const { engine, body, db } = command;
  const name = collectionName(command);
  return engine.store.write(() => {
    const collection = engine.catalog.get(db, name);
    const nIndexesWas = collection.indexes.length;
    for (const index of toDrop(collection, body['index'])) engine.catalog.removeIndex(collection, index);
    return {
      nIndexesWas,
      ok: 1,
    };
  });
}
