import { failedToParse, ServerError } from '../errors';
import { decode, type RawDocument } from '../bson/decode';
import { compareValues } from '../bson/compare';
import { encode, encodeCursorReply } from '../bson/encode';
import { isNumeric } from '../bson/numbers';
import { isDoc, Long, type Doc } from '../bson/values';
import { runPipeline } from '../aggregation/pipeline';
import { encodeValue } from '../storage/key-encoding';
import { count } from '../query/count';
import { find, type Query } from '../query/executor';
import { compileFilter } from '../query/matcher';
import { leavesAt } from '../query/paths';
import { compileProjection } from '../query/projection';
import type { Batch } from '../sessions/cursors';
import {
  allowOnly,
  collectionName,
  optionalArray,
  optionalCount,
  optionalDoc,
  variablesOf,
  type Answer,
  type Command,
} from './command';

const cursorReply = (name: 'firstBatch' | 'nextBatch', { documents, id, ns }: Batch): Buffer =>
  encodeCursorReply(name, documents, { id, ns }, { ok: 1 });

const FIND_FIELDS = (
  'filter sort projection hint skip limit batchSize singleBatch let noCursorTimeout ' +
  'returnKey showRecordId allowPartialResults'
).split(' ');

function* project(
  items: Iterable<{ bytes: RawDocument }>,
  projection: Doc | undefined,
  variables: Doc,
): Generator<RawDocument> {
  const apply =
    projection && Object.keys(projection).length > 0
      ? compileProjection(projection, { variables })
      : undefined;
  for (const { bytes } of items) yield apply ? encode(apply(decode(bytes))) : bytes;
}

export function findCommand(command: Command): Answer {
  const { engine, body, db, transaction } = command;
  allowOnly(command, FIND_FIELDS);
  for (const option of ['returnKey', 'showRecordId']) {
    if (body[option] === true) throw new ServerError(115, `${option} is not supported by embedded-mongo`);
  }
  const name = collectionName(command);
  const variables = variablesOf(body);
  const filter = optionalDoc(body, 'filter') ?? {};
  const projection = optionalDoc(body, 'projection');
  const query: Query = {
    filter,
    variables,
    sort: optionalDoc(body, 'sort'),
    hint: body['hint'],
    skip: optionalCount(body, 'skip') ?? 0,
    limit: optionalCount(body, 'limit') || Infinity,
  };
  if (projection) compileProjection(projection, { variables });
  const collection = engine.catalog.find(db, name);
  if (!collection) compileFilter(stripNear(filter), { variables });
  const found = collection ? find(engine.reader(transaction), collection, query) : [];
  const batch = engine.cursors.start(`${db}.${name}`, project(found, projection, variables), {
    batchSize: optionalCount(body, 'batchSize'),
    single: body['singleBatch'] === true,
    limit: query.limit,
    transaction,
  });
  return cursorReply('firstBatch', batch);
}

/** The conditions that can be checked without a collection. */
const stripNear = (filter: Doc): Doc =>
  Object.fromEntries(
    Object.entries(filter).filter(
      ([, value]) => !(isDoc(value) && ('$near' in value || '$nearSphere' in value)),
    ),
  );

export function getMoreCommand({ engine, body, db }: Command): Answer {
  const id = body['getMore'];
  if (!(id instanceof Long))
    throw new ServerError(14, "BSON field 'getMore' is the wrong type, expected type 'long'");
  return cursorReply(
    'nextBatch',
    engine.cursors.next(id, `${db}.${String(body['collection'])}`, optionalCount(body, 'batchSize')),
  );
}

export function killCursorsCommand({ engine, body }: Command): Answer {
  const ids = (optionalArray(body, 'cursors') ?? []) as Long[];
  const killed = ids.filter((id) => engine.cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
}

export function aggregateCommand(command: Command): Answer {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['pipeline', 'cursor', 'hint', 'let', 'explain', 'bypassDocumentValidation']);
  if (body['explain']) throw new ServerError(115, 'explain is not supported by embedded-mongo');
  const pipeline = optionalArray(body, 'pipeline') as Doc[] | undefined;
  if (!pipeline)
    throw new ServerError(40414, "BSON field 'aggregate.pipeline' is missing but a required field");
  const cursor = optionalDoc(body, 'cursor');
  if (!cursor)
    throw failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
  const context = {
    read: engine.reader(transaction),
    catalog: engine.catalog,
    db,
    variables: variablesOf(body),
    hint: body['hint'],
  };
  if (isNumeric(body['aggregate']))
    throw new ServerError(73, 'aggregate: 1 is not supported: name a collection');
  const name = collectionName(command);
  const rows = runPipeline(context, name, pipeline);
  return cursorReply(
    'firstBatch',
    engine.cursors.start(`${db}.${name}`, encoded(rows), {
      batchSize: optionalCount(cursor, 'batchSize'),
      transaction,
    }),
  );
}

function* encoded(rows: Iterable<Doc>): Generator<RawDocument> {
  for (const row of rows) yield encode(row);
}

export function countCommand(command: Command): Answer {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['query', 'skip', 'limit', 'hint', 'fields']);
  const collection = engine.catalog.find(db, collectionName(command));
  const filter = optionalDoc(body, 'query') ?? {};
  const total = collection
    ? count(engine.reader(transaction), collection, filter, variablesOf(body), body['hint'])
    : 0;
  const skipped = Math.max(0, total - (optionalCount(body, 'skip') ?? 0));
  return { n: Math.min(skipped, optionalCount(body, 'limit') || Infinity), ok: 1 };
}

export function distinctCommand(command: Command): Answer {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['key', 'query', 'hint']);
  const { key } = body;
  if (key === undefined)
    throw new ServerError(40414, "BSON field 'distinct.key' is missing but a required field");
  if (typeof key !== 'string')
    throw new ServerError(14, "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const collection = engine.catalog.find(db, collectionName(command));
  const parts = key.split('.');
  const values = new Map<string, unknown>();
  const filter = optionalDoc(body, 'query') ?? {};
  const fields = new Set([parts[0] as string]);
  for (const { bytes } of collection
    ? find(engine.reader(transaction), collection, { filter, hint: body['hint'] })
    : []) {
    for (const { value, byPosition } of leavesAt(decode(bytes, { fields }), parts)) {
      for (const item of Array.isArray(value) && !byPosition ? (value as unknown[]) : [value]) {
        const name = encodeValue(item).toString('latin1');
        if (item !== undefined && !values.has(name)) values.set(name, item);
      }
    }
  }
  return { values: [...values.values()].sort(compareValues), ok: 1 };
}
