import { notSupported } from '../errors';
import { Binary, Long, type Doc } from '../bson/values';
import { compileFilter } from '../query/matcher';
import type { Collection } from '../storage/catalog';
import { collectionName, allowOnly, optionalDoc, type Answer, type Command } from './command';

/** A cursor that is exhausted from the beginning. */
export const noCursor = (): Long => Long.fromNumber(0);

const REFUSED = (
  'capped size max timeseries validator viewOn pipeline clusteredIndex ' +
  'changeStreamPreAndPostImages expireAfterSeconds storageEngine encryptedFields'
).split(' ');

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
  const isNameOnly = body['nameOnly'] === true;
  const databases = names
    .map((name): Doc => (isNameOnly ? { name } : { name, sizeOnDisk: noCursor(), empty: false }))
    .filter((entry) => test(entry));
  return isNameOnly ? { databases, ok: 1 } : { databases, totalSize: noCursor(), ok: 1 };
}
