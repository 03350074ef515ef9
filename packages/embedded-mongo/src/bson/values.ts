import { Binary, BSONRegExp, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

/**
 * A document in memory. Numbers keep their BSON type: a JS number is an Int32 when it is an integer and a Double
 * otherwise; a Double that happens to be whole is a `Double`, 64-bit integers are `Long`, decimals `Decimal128`.
 */
export type Doc = Record<string, unknown>;

/** MongoDB's canonical order of types, lowest first (canonicalizeBSONType). */
export enum TypeOrder {
  MinKey = 1,
  Missing = 2,
  Null = 6,
  Number = 11,
  String = 16,
  Object = 21,
  Array = 26,
  Binary = 31,
  ObjectId = 36,
  Boolean = 41,
  Date = 46,
  Timestamp = 48,
  RegExp = 51,
  Code = 61,
  MaxKey = 128,
}

interface TypeInfo {
  order: TypeOrder;
  /** Alias as `$type` knows it. */
  alias: string;
  number: number;
}

const info = (order: TypeOrder, alias: string, number: number): TypeInfo => ({ order, alias, number });

const MISSING = info(TypeOrder.Missing, 'missing', 0);
const INT = info(TypeOrder.Number, 'int', 16);
const DOUBLE = info(TypeOrder.Number, 'double', 1);
const STRING = info(TypeOrder.String, 'string', 2);
const BOOL = info(TypeOrder.Boolean, 'bool', 8);
const NULL = info(TypeOrder.Null, 'null', 10);
const ARRAY = info(TypeOrder.Array, 'array', 4);
const DATE = info(TypeOrder.Date, 'date', 9);
const OBJECT = info(TypeOrder.Object, 'object', 3);
const REGEX = info(TypeOrder.RegExp, 'regex', 11);
const BY_BSON_TYPE: Readonly<Record<string, TypeInfo>> = {
  Double: DOUBLE,
  Int32: INT,
  Long: info(TypeOrder.Number, 'long', 18),
  Decimal128: info(TypeOrder.Number, 'decimal', 19),
  ObjectId: info(TypeOrder.ObjectId, 'objectId', 7),
  Binary: info(TypeOrder.Binary, 'binData', 5),
  BSONRegExp: REGEX,
  BSONSymbol: info(TypeOrder.String, 'symbol', 14),
  Code: info(TypeOrder.Code, 'javascript', 13),
  Timestamp: info(TypeOrder.Timestamp, 'timestamp', 17),
  MinKey: info(TypeOrder.MinKey, 'minKey', -1),
  MaxKey: info(TypeOrder.MaxKey, 'maxKey', 127),
};

export const TYPE_ALIASES: Readonly<Record<string, number>> = Object.fromEntries([
  ...[INT, DOUBLE, STRING, BOOL, NULL, ARRAY, DATE, OBJECT, REGEX, ...Object.values(BY_BSON_TYPE)].map(
    (type) => [type.alias, type.number] as const,
  ),
  ['undefined', 6],
  ['dbPointer', 12],
  ['javascriptWithScope', 15],
]);

/** The BSON type of a value in memory; `undefined` stands for a missing field. */
export function typeOf(value: unknown): TypeInfo {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? INT : DOUBLE;
    case 'string':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'undefined':
      return MISSING;
    default:
  }
  if (value === null) return NULL;
  if (Array.isArray(value)) return ARRAY;
  if (value instanceof Date) return DATE;
  if (value instanceof RegExp) return REGEX;
  const bsonType = (value as { _bsontype?: string })._bsontype;
  return (bsonType === undefined ? undefined : BY_BSON_TYPE[bsonType]) ?? OBJECT;
}

export const isDoc = (value: unknown): value is Doc =>
  typeof value === 'object' && value !== null && typeOf(value) === OBJECT;

export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;

/** An operator expression such as `{ $gt: 1 }`, as opposed to a literal document. */
export function isOperatorDoc(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  const first = Object.keys(value)[0];
  return first !== undefined && first.startsWith('$') && !['$ref', '$id', '$db'].includes(first);
}

export interface RegexSource {
  pattern: string;
  options: string;
}

/** Pattern and options of a regular expression in either representation. */
export function regexSource(value: unknown): RegexSource | undefined {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  if (value instanceof RegExp) return { pattern: value.source, options: value.flags.replace(/[gyud]/g, '') };
  return undefined;
}

export { Binary, BSONRegExp, Double, Long, MaxKey, MinKey, ObjectId, Timestamp };
