import { Decimal128, Long, type Binary, type Code, type ObjectId, type Timestamp } from 'bson';
import { compareDecimals, exactDouble, parseDecimal } from './decimal';
import { toNumber, type Numeric } from './numbers';
import { regexSource, typeOf, TypeOrder, type Doc } from './values';

const order = <T extends number | bigint | boolean>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const isWide = (value: Numeric): boolean => value instanceof Long || value instanceof Decimal128;

/** Numbers of all types by their exact value; NaN before all. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const x = toNumber(a);
  const y = toNumber(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return order(Number.isNaN(y), Number.isNaN(x));
  if (x !== y || !(isWide(a) || isWide(b)) || !Number.isFinite(x)) return order(x, y);
  return compareDecimals(exactValue(a), exactValue(b));
}

/** The exact value of a finite number of any type. */
export function exactValue(value: Numeric): { coefficient: bigint; exponent: number } {
  if (value instanceof Long) return { coefficient: value.toBigInt(), exponent: 0 };
  if (value instanceof Decimal128) return parseDecimal(value.toString()) ?? { coefficient: 0n, exponent: 0 };
  return exactDouble(toNumber(value));
}

/** Strings by the order of their UTF-8 bytes, as without a collation. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 order differs from UTF-8 order only where surrogates meet U+E000 and above.
  const hasSurrogates = /[\ud800-\udfff]/;
  if (hasSurrogates.test(a) || hasSurrogates.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function compareBinary(a: Binary, b: Binary): number {
  const x = a.value();
  const y = b.value();
  return order(x.length, y.length) || order(a.sub_type, b.sub_type) || Buffer.compare(x, y);
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const result = compareValues(a[i], b[i]);
    if (result !== 0) return result;
  }
  return order(a.length, b.length);
}

function compareDocs(a: Doc, b: Doc): number {
  const x = Object.entries(a);
  const y = Object.entries(b);
  const shared = Math.min(x.length, y.length);
  for (let i = 0; i < shared; i++) {
    const [nameA, valueA] = x[i] as [string, unknown];
    const [nameB, valueB] = y[i] as [string, unknown];
    const result =
      order(typeOf(valueA).order, typeOf(valueB).order) ||
      compareStrings(nameA, nameB) ||
      compareValues(valueA, valueB);
    if (result !== 0) return result;
  }
  return order(x.length, y.length);
}

function compareRegex(a: unknown, b: unknown): number {
  const x = regexSource(a);
  const y = regexSource(b);
  if (!x || !y) return 0;
  return compareStrings(x.pattern, y.pattern) || compareStrings(x.options, y.options);
}

/** MongoDB's total order of values; a missing value is lower than null. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const type = typeOf(a).order;
  const byType = order(type as number, typeOf(b).order as number);
  if (byType !== 0) return byType;
  switch (type) {
    case TypeOrder.Number:
      return compareNumbers(a as Numeric, b as Numeric);
    case TypeOrder.String:
      return compareStrings(String(a), String(b));
    case TypeOrder.Object:
      return compareDocs(a as Doc, b as Doc);
    case TypeOrder.Array:
      return compareArrays(a as unknown[], b as unknown[]);
    case TypeOrder.Binary:
      return compareBinary(a as Binary, b as Binary);
    case TypeOrder.ObjectId:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case TypeOrder.Boolean:
      return order(a as boolean, b as boolean);
    case TypeOrder.Date:
      return order((a as Date).getTime(), (b as Date).getTime());
    case TypeOrder.Timestamp:
      return order((a as Timestamp).toBigInt(), (b as Timestamp).toBigInt());
    case TypeOrder.RegExp:
      return compareRegex(a, b);
    case TypeOrder.Code:
      return compareStrings(String((a as Code).code), String((b as Code).code));
    default:
      return 0;
  }
}

export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;
