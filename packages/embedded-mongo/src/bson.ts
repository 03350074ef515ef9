import { deserialize, serialize } from 'bson';
import type { Binary, BSONRegExp, Decimal128, Long, ObjectId, Timestamp } from 'bson';
import { notSupported } from './errors';

/**
 * A document in memory. Its numbers are JavaScript's: a whole one of 32 bits is stored as an Int32, any other as a
 * Double. Only Longs beyond 2^53 and decimals are objects, which are stored, but hardly ever more than that.
 */
export type Doc = Record<string, unknown>;

/** The name of a value's class; `undefined` stands for a missing field. */
function className(value: unknown): string {
  if (value === undefined) return 'Missing';
  if (value === null) return 'Null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Date) return 'Date';
  return (value as { _bsontype?: string })._bsontype ?? 'Object';
}

export const isDoc = (value: unknown): value is Doc => className(value) === 'Object';
export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;
/** An operator expression such as `{ $gt: 1 }`, as opposed to a literal document. */
export const isOperatorDoc = (value: unknown): value is Doc =>
  isDoc(value) && /^\$(?!ref$|id$|db$)/.test(Object.keys(value)[0] ?? '');

export const decode = (bytes: Uint8Array): Doc =>
  deserialize(bytes, { bsonRegExp: true, validation: { utf8: false } });
export function encode(doc: Doc): Buffer {
  const bytes = serialize(doc, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/*
 * Values have keys: texts, a character a byte, whose order is BSON's order of the values, and none of which begins with
 * another, so that those of several fields can simply follow each other. Comparing, sorting and indexing rest on them.
 */

const scratch = Buffer.alloc(8);

function numberKey(value: number): string {
  scratch.writeDoubleBE(value === 0 ? 0 : value);
  if (Number.isNaN(value)) scratch.fill(0);
  else if (value < 0) for (let i = 0; i < 8; i++) scratch[i] = ~(scratch[i] as number);
  else scratch[0] = (scratch[0] as number) | 0x80;
  return scratch.toString('latin1');
}

/** Longs and decimals by their nearest double. @throws ServerError 115 when others may share it */
function wideKey(value: Long | Decimal128): string {
  const digits = value.toString().replace(/E.*|\D/g, '');
  if (digits.length > 15) throw notSupported('comparing numbers of more than 15 digits');
  return numberKey(Number(value.toString()));
}

const bytesKey = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('latin1');
/** Texts are ordered by their code points, as their bytes in UTF-8 are, so that halves of pairs come last. */
const inOrder = (unit: string): string =>
  String.fromCharCode(unit.charCodeAt(0) + (unit < '\ue000' ? 0x2000 : -0x800));
/** A zero within a text is told from its end by what follows. */
function textKey(value: string): string {
  const units = /[\ud800-\uffff]/.test(value) ? value.replace(/[\ud800-\uffff]/g, inOrder) : value;
  return `${units.includes('\0') ? units.replaceAll('\0', '\0\xff') : units}\0\x01`;
}

function docKey(doc: Doc): string {
  const fields = Object.entries(doc).filter(([, value]) => value !== undefined);
  const keys = fields.map(([name, value]) => [keyOf(value), textKey(name)] as const);
  return `${keys.map(([key, name]) => key.charAt(0) + name + key.slice(1)).join('')}\0`;
}

type Type = [order: number, alias: string, key: (value: never) => string];

/** Of the values of each class: place in MongoDB's order of types (canonicalizeBSONType), alias, key. */
const TYPES: Readonly<Record<string, Type>> = {
  MinKey: [1, 'minKey', () => ''],
  Missing: [2, 'missing', () => ''],
  Null: [6, 'null', () => ''],
  number: [11, 'number', numberKey],
  Long: [11, 'number', wideKey],
  Decimal128: [11, 'decimal', wideKey],
  string: [16, 'string', textKey],
  Object: [21, 'object', docKey],
  Array: [26, 'array', (value: unknown[]) => `${value.map(keyOf).join('')}\0`],
  Binary: [
    31,
    'binData',
    (it: Binary) => numberKey(it.length()) + numberKey(it.sub_type) + bytesKey(it.value()),
  ],
  ObjectId: [36, 'objectId', (value: ObjectId) => bytesKey(value.id)],
  boolean: [41, 'bool', (value: boolean) => (value ? '\x01' : '\0')],
  Date: [46, 'date', (value: Date) => numberKey(value.getTime())],
  Timestamp: [48, 'timestamp', ({ t, i }: Timestamp) => numberKey(t) + numberKey(i)],
  BSONRegExp: [51, 'regex', (value: BSONRegExp) => textKey(value.pattern) + textKey(value.options)],
  MaxKey: [128, 'maxKey', () => ''],
};
export const ALIASES = Object.values(TYPES).map(([, alias]) => alias);

/** @throws ServerError 115 for rare types, such as code */
function typeOf(value: unknown): Type {
  const type = TYPES[className(value)];
  if (type) return type;
  throw notSupported(`the BSON type ${className(value)}`);
}
export const orderOf = (value: unknown): number => typeOf(value)[0];
export const aliasOf = (value: unknown): string => typeOf(value)[1];
export function keyOf(value: unknown): string {
  const [order, , key] = typeOf(value);
  return String.fromCharCode(order) + key(value as never);
}

/** Behind all keys that begin with this one: no value's key begins so. */
export const behind = (key: string): string => `${key}\xff`;
export const compareKeys = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** MongoDB's total order of values; a missing value is lower than null. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number' && a - b === a - b) return a - b;
  return a === b ? 0 : compareKeys(keyOf(a), keyOf(b));
}
export const equalValues = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a === b : compareValues(a, b) === 0;
