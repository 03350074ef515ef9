import { notSupported, ServerError } from '../errors';
import { double } from '../bson/numbers';
import { Binary, Long, type Doc } from '../bson/values';
import { compileFilter } from '../query/matcher';
import { prefixRange, uint32, type Collection } from '../storage/catalog';
import { collectionName, allowOnly, optionalDoc, type Answer, type Command } from './command';

/** A cursor that is exhausted from the beginning. */
export const noCursor = (): Long => Long.fromNumber(0);

const REFUSED = [
  'capped',
  'size',
  'max',
  'timeseries',
  'validator',
  'viewOn',
  'pipeline',
  'clusteredIndex',
  'changeStreamPreAndPostImages',
  'expireAfterSeconds',
  'storageEngine',
  'encryptedFields',
];

export async function createCommand(command: Command): Promise<Answer> {
  const { engine, body, db } = command;
  const name = collectionName(command);
  for (const option of REFUSED) {
    const value = body[option];
    if (value !== undefined && value !== false) throw notSupported(`the collection option ${option}`);
  }
  allowOnly(command, [
    ...REFUSED,
    'validationLevel',
    'validationAction',
    'idIndex',
    'indexOptionDefaults',
    'autoIndexId',
  ]);
  return engine.store.write(() => {
    engine.catalog.ensure(db, name);
    return { ok: 1 };
  });
}

export async function dropCommand(command: Command): Promise<Answer> {
  const { engine, db } = command;
  const name = collectionName(command);
  return engine.store.write(() => {
    const collection = engine.catalog.find(db, name);
    if (!collection) return { ok: 1 };
    const nIndexesWas = collection.indexes.length;
    engine.catalog.drop(collection);
    return { nIndexesWas, ns: collection.ns, ok: 1 };
  });
}

export async function dropDatabaseCommand({ engine, db }: Command): Promise<Answer> {
  return engine.store.write(() => {
    const collections = engine.catalog.list(db);
    for (const collection of collections) engine.catalog.drop(collection);
    return { ok: 1 };
  });
}

export async function renameCollectionCommand(command: Command): Promise<Answer> {
  const { engine, body } = command;
  const [from, to] = [body['renameCollection'], body['to']].map((ns) => {
    const [, db, name] = /^([^.]+)\.(.+)$/.exec(String(ns)) ?? [];
    if (!db || !name) throw new ServerError(73, `Invalid namespace: ${String(ns)}`);
    return { db, name };
  }) as [{ db: string; name: string }, { db: string; name: string }];
  return engine.store.write(() => {
    const collection = engine.catalog.find(from.db, from.name);
    if (!collection) throw new ServerError(26, `Source collection ${from.db}.${from.name} does not exist`);
    const target = engine.catalog.find(to.db, to.name);
    if (target && body['dropTarget'] !== true) throw new ServerError(48, 'target namespace exists');
    if (target) engine.catalog.drop(target);
    engine.catalog.rename(collection, to.db, to.name);
    return { ok: 1 };
  });
}

/** The UUID drivers show: made of the collection's number, since there is only one server. */
function uuidOf(collection: Collection): Binary {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(collection.id, 12);
  return new Binary(bytes, Binary.SUBTYPE_UUID);
}

export function listCollectionsCommand({ engine, body, db }: Command): Answer {
  const test = compileFilter(optionalDoc(body, 'filter') ?? {});
  const entries = engine.catalog.list(db).map((collection): Doc => {
    const basic = { name: collection.name, type: 'collection' };
    if (body['nameOnly'] === true) return basic;
    const idIndex = collection.indexes[0]?.spec;
    return { ...basic, options: {}, info: { readOnly: false, uuid: uuidOf(collection) }, idIndex };
  });
  return {
    cursor: {
      id: noCursor(),
      ns: `${db}.$cmd.listCollections`,
      firstBatch: entries.filter((entry) => test(entry)),
    },
    ok: 1,
  };
}

export function listDatabasesCommand({ engine, body }: Command): Answer {
  const test = compileFilter(optionalDoc(body, 'filter') ?? {});
  const names = [...new Set(engine.catalog.list().map((collection) => collection.db))];
  const databases = names
    .map((name): Doc => {
      const sizeOnDisk = engine.catalog
        .list(name)
        .reduce((sum, collection) => sum + sizeOf(engine, collection), 0);
      return body['nameOnly'] === true
        ? { name }
        : { name, sizeOnDisk: Long.fromNumber(sizeOnDisk), empty: false };
    })
    .filter((entry) => test(entry));
  if (body['nameOnly'] === true) return { databases, ok: 1 };
  const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + (sizeOnDisk as Long).toNumber(), 0);
  return { databases, totalSize: Long.fromNumber(totalSize), ok: 1 };
}

function sizeOf(engine: Command['engine'], collection: Collection): number {
  let size = 0;
  for (const { value } of engine.store.range(engine.store.documents, prefixRange(uint32(collection.id))))
    size += value.length;
  return size;
}

export function collStatsCommand(command: Command): Answer {
  const { engine, db } = command;
  const name = collectionName(command);
  const collection = engine.catalog.find(db, name);
  const size = collection ? sizeOf(engine, collection) : 0;
  const count = collection?.count ?? 0;
  return {
    ns: `${db}.${name}`,
    size,
    count,
    ...(count > 0 ? { avgObjSize: double(size / count) } : {}),
    storageSize: size,
    nindexes: collection?.indexes.length ?? 0,
    ok: 1,
  };
}

export function dbStatsCommand({ engine, db }: Command): Answer {
  const collections = engine.catalog.list(db);
  return {
    db,
    collections: collections.length,
    objects: collections.reduce((sum, collection) => sum + collection.count, 0),
    dataSize: double(collections.reduce((sum, collection) => sum + sizeOf(engine, collection), 0)),
    indexes: collections.reduce((sum, collection) => sum + collection.indexes.length, 0),
    ok: 1,
  };
}
