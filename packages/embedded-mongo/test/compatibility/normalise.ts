import { EJSON, Long, ObjectId, Timestamp, type Document } from 'bson';

/** What differs from one run or deployment to the next and says nothing about the language. */
const INCIDENTAL = new Set([
  '$clusterTime',
  'operationTime',
  'electionId',
  'opTime',
  'recoveryToken',
  'atClusterTime',
  'topologyVersion',
  'commitQuorum',
  'retriedStmtIds',
  'retriedStmtId',
  'note',
  'msg',
]);
const DAY_MS = 86_400_000;

const isRecent = (ms: number): boolean => Math.abs(Date.now() - ms) < DAY_MS;

/** JSON made of canonical EJSON, with run-dependent values named by their shape. */
export type Recorded = null | boolean | number | string | Recorded[] | { [key: string]: Recorded };

interface Context {
  database: string;
  /** Cursor ids seen so far in the case. */
  cursorIds: Set<string>;
}

const isPlain = (value: object): value is Document => !('_bsontype' in value);

function shapeOf(value: unknown, context: Context): unknown {
  if (typeof value === 'string') return value.replaceAll(context.database, 'compat');
  if (value instanceof Date) return isRecent(value.getTime()) ? { $date: '<now>' } : value;
  if (value instanceof ObjectId) return isRecent(value.getTimestamp().getTime()) ? { $oid: '<new>' } : value;
  if (value instanceof Timestamp)
    return isRecent(value.getHighBits() * 1000) ? { $timestamp: '<now>' } : value;
  if (value instanceof Long) return context.cursorIds.has(value.toString()) ? '<cursor>' : value;
  if (Array.isArray(value)) return value.map((item) => shapeOf(item, context));
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item, context)]));
}

/** Keys in alphabetical order: an answer's own fields have no order worth keeping, documents' have. */
function sorted(document: Document): Document {
  return Object.fromEntries(Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of messages only those of duplicate keys count, since programs read them, and without what led to them. */
function withoutMessage({ errmsg, ...error }: Document): Document {
  const start = typeof errmsg === 'string' ? errmsg.indexOf('E11000') : -1;
  return sorted(start < 0 ? error : { ...error, errmsg: String(errmsg).slice(start) });
}

/**
 * An answer as it is recorded and compared: numbers keep their BSON type,
 * except `ok`, which servers give as any number.
 */
export function normalise(answer: Document, context: Context, unordered = false): Recorded {
  const id: unknown = answer.cursor?.id;
  if (id instanceof Long && !id.isZero()) context.cursorIds.add(id.toString());

  const envelope: Document = withoutMessage(answer);
  for (const key of INCIDENTAL) delete envelope[key];
  envelope.ok = Number(answer.ok);
  if (Array.isArray(answer.writeErrors)) envelope.writeErrors = answer.writeErrors.map(withoutMessage);
  if (answer.lastErrorObject) envelope.lastErrorObject = sorted(answer.lastErrorObject);
  if (answer.cursor) envelope.cursor = cursorOf(answer.cursor, unordered);

  return toJson(shapeOf(envelope, context));
}

function cursorOf(cursor: Document, unordered: boolean): Document {
  const { atClusterTime: _time, ...rest } = cursor;
  for (const batch of ['firstBatch', 'nextBatch']) {
    if (unordered && Array.isArray(rest[batch])) rest[batch] = [...rest[batch]].sort(byText);
    if (Array.isArray(rest[batch])) rest[batch] = rest[batch].map(withoutUuid);
  }
  return sorted(rest);
}

/** listCollections names each collection's UUID. */
function withoutUuid(document: Document): Document {
  if (!document.info?.uuid) return document;
  const { uuid: _uuid, ...info } = document.info;
  return { ...document, info };
}

const textOf = (value: unknown): string => EJSON.stringify(value, { relaxed: false });
const byText = (a: unknown, b: unknown): number => (textOf(a) < textOf(b) ? -1 : 1);

function toJson(value: unknown): Recorded {
  return JSON.parse(textOf(value)) as Recorded;
}
