import { Binary, Long } from 'bson';
import { equalValues, isDoc, type Doc } from './bson';
import { Index, type Collection } from './collection';
import type { Handler } from './command';
import type { Database } from './database';
import { need, notSupported } from './errors';
import { compileFilter } from './filter';

/** A cursor with all there is. */
const all = (ns: string, firstBatch: Doc[]): Doc => ({ cursor: { id: Long.ZERO, ns, firstBatch }, ok: 1 });

const create: Handler = ({ engine: { database }, db, name, body: { create: _name, ...options } }) =>
  database.write(() => {
    need(Boolean(options['capped']) === 'size' in options, 72, "'capped' and 'size' go together");
    const isPlain = Object.values(options).every((value) => value === false);
    need(isPlain || !database.find(db, name), 48, `${db}.${name} exists already, with other options`);
    if (!isPlain) throw notSupported('a collection with options');
    database.ensure(db, name);
    return { ok: 1 };
  });

const drop: Handler = ({ engine: { database }, db, name }) =>
  database.write(() => {
    const collection = database.find(db, name);
    if (collection) database.drop(collection);
    return { ...(collection && { nIndexesWas: collection.indexes.length, ns: collection.ns }), ok: 1 };
  });

const dropDatabase: Handler = ({ engine: { database }, db }) =>
  database.write(() => {
    for (const collection of database.list(db)) database.drop(collection);
    return { ok: 1 };
  });

const listCollections: Handler = ({ engine, db, body }) => {
  const entries = engine.database.list(db).map(({ name, id, indexes }): Doc => {
    const uuid = new Binary(Buffer.from(id.toString(16).padStart(32, '0'), 'hex'), Binary.SUBTYPE_UUID);
    const more = { options: {}, info: { readOnly: false, uuid }, idIndex: indexes[0]?.spec };
    return { name, type: 'collection', ...(body['nameOnly'] === true ? {} : more) };
  });
  return all(`${db}.$cmd.listCollections`, entries.filter(compileFilter((body['filter'] ?? {}) as Doc)));
};

const OPTIONS = /^(v|key|name|unique|sparse|partialFilterExpression|expireAfterSeconds|background)$/;

/** The form in which a specification is kept. @throws ServerError 9, 67 or 197 for a wrong one, 115 for other kinds */
function normalise({ v: _v, background: _background, ...given }: Doc): Doc {
  const { key, name, sparse, partialFilterExpression: partial, expireAfterSeconds: expiry } = given;
  need(isDoc(key) && typeof name === 'string', 9, 'an index needs a key and a name');
  const [fields, kinds, options] = [Object.keys(key), Object.values(key), Object.keys(given)];
  const isOther =
    options.some((option) => /^(collation|hidden)$/.test(option)) || fields.join().includes('$');
  if (isOther || kinds.some((kind) => /^(text|hashed|2d)$/.test(String(kind))))
    throw notSupported('an index of this kind');
  const unknown = options.find((option) => !OPTIONS.test(option));
  need(!unknown, 197, `'${unknown}' is not valid for an index specification`);
  const areKinds = kinds.every((kind) => kind === '2dsphere' || (Number.isFinite(kind) && kind !== 0));
  const isExpiry = expiry === undefined || fields.length === 1;
  const isRight = fields.length > 0 && areKinds && name !== '' && isExpiry && !(partial && sparse);
  need(isRight, 67, `a wrong specification of the index ${name}`);
  const set = Object.entries(given).filter(([, value]) => value !== false);
  const version = kinds.includes('2dsphere') && { '2dsphereIndexVersion': 3 };
  return { v: 2, key, name, ...Object.fromEntries(set), ...version };
}

/** Whether the index is there already. @throws ServerError 85 or 86 when another one is in its place */
function isThere({ indexes }: Collection, spec: Doc): boolean {
  const [partial, timeless] = [spec['partialFilterExpression'] ?? {}, { expireAfterSeconds: 0 }];
  const isTwin = (index: Index): boolean =>
    equalValues(index.spec['key'], spec['key']) && equalValues(index.partial, partial);
  const [twin, byName] = [indexes.find(isTwin), indexes.find(({ name }) => name === spec['name'])];
  if (twin === indexes[0] || (byName && equalValues(byName.spec, spec))) return true;
  const isOtherExpiry = byName && equalValues({ ...byName.spec, ...timeless }, { ...spec, ...timeless });
  need(!byName || isOtherExpiry, 86, `another index named ${String(spec['name'])} exists already`);
  need(!twin, 85, `an index with the key of ${String(spec['name'])}, but other options, exists already`);
  return false;
}

/** Fills new indexes, a document a step. @throws ServerError 11000 for duplicates */
function* build(database: Database, collection: Collection, specs: readonly Doc[]): Generator<void> {
  const indexes = specs
    .filter((spec) => !isThere(collection, spec))
    .map((spec) => new Index(spec, collection.records));
  for (const index of indexes) yield* index.fill(collection.ns);
  collection.indexes = [...collection.indexes, ...indexes];
  database.save(collection);
}

const createIndexes: Handler = async ({ engine: { database }, db, name, body, transaction }) => {
  const isNew = !database.find(db, name);
  const specs = (body['indexes'] as Doc[]).map(normalise);
  need(specs.length > 0, 2, 'Must specify at least one index to create');
  need(!transaction || isNew, 263, `no indexes on ${db}.${name} within a transaction`);
  const collection = database.ensure(db, name);
  const numIndexesBefore = collection.indexes.length;
  await database.alone(() => build(database, collection, specs));
  const numIndexesAfter = collection.indexes.length;
  const created = numIndexesBefore < numIndexesAfter && { createdCollectionAutomatically: isNew };
  return { numIndexesBefore, numIndexesAfter, ...created, ok: 1 };
};

const listIndexes: Handler = ({ engine, db, name }) => {
  const { ns, indexes } = engine.database.get(db, name);
  return all(
    ns,
    indexes.map(({ spec }) => spec),
  );
};

const dropIndexes: Handler = ({ engine: { database }, db, name, body }) =>
  database.write(() => {
    const collection = database.get(db, name);
    const [byId, ...indexes] = collection.indexes;
    const dropped = [body['index']].flat().flatMap((wanted) => {
      if (wanted === '*') return indexes;
      const isWanted = (index: Index | undefined): boolean =>
        index?.name === wanted || equalValues(index?.spec['key'], wanted);
      need(!isWanted(byId), 72, 'cannot drop _id index');
      const found = indexes.filter(isWanted);
      need(found.length > 0, 27, `index not found: ${JSON.stringify(wanted)}`);
      return found;
    });
    const nIndexesWas = collection.indexes.length;
    collection.indexes = collection.indexes.filter((index) => !dropped.includes(index));
    database.save(collection);
    return { nIndexesWas, ok: 1 };
  });

export const DEFINITIONS: Readonly<Record<string, Handler>> = {
  create,
  drop,
  dropDatabase,
  listCollections,
  createIndexes,
  listIndexes,
  dropIndexes,
};
