import { Decimal128, Double, Int32, Long } from 'bson';
import { notSupported } from '../errors';

export type Numeric = number | Double | Int32 | Long | Decimal128;

/** Order of promotion: the result of an operation takes the widest type of its operands. */
export enum NumericType {
  Int,
  Long,
  Double,
  Decimal,
}

const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** A Timestamp is a Long to `instanceof`, but no number. */
export const isLong = (value: unknown): value is Long =>
  value instanceof Long && (value as { _bsontype: string })._bsontype === 'Long';

export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' ||
  value instanceof Double ||
  isLong(value) ||
  value instanceof Decimal128 ||
  value instanceof Int32;

export function numericType(value: Numeric): NumericType {
  if (typeof value === 'number') return Number.isInteger(value) ? NumericType.Int : NumericType.Double;
  if (value instanceof Double) return NumericType.Double;
  if (value instanceof Int32) return NumericType.Int;
  return value instanceof Long ? NumericType.Long : NumericType.Decimal;
}

/** The nearest double. Monotonic: it never reverses the order of two numbers. */
export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (value instanceof Double || value instanceof Int32) return value.value;
  if (value instanceof Long) return Number(value.toBigInt());
  return Number(value.toString());
}

/** A double as it is kept in memory: whole ones need the class, or they would be stored as integers. */
export const double = (value: number): number | Double =>
  Number.isInteger(value) ? new Double(value) : value;

export const toBigInt = (value: Numeric): bigint =>
  value instanceof Long ? value.toBigInt() : BigInt(Math.trunc(toNumber(value)));

/** An integer as Int32 or Long; undefined when 64 bits do not hold it. */
export function integer(value: bigint, atLeast = NumericType.Int): number | Long | undefined {
  if (atLeast === NumericType.Int && value >= INT_MIN && value <= INT_MAX) return Number(value);
  return value >= LONG_MIN && value <= LONG_MAX ? Long.fromBigInt(value) : undefined;
}

type Operation = 'add' | 'subtract' | 'multiply';

const ON_DOUBLES: Record<Operation, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
};

const ON_INTEGERS: Record<Operation, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
};

/** Only false, null, missing and zero are false. */
export const truthy = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== false && !(isNumeric(value) && toNumber(value) === 0);

/** @throws ServerError 115 for a decimal: it is stored, compared and indexed, but not computed with */
export function typeToComputeIn(...values: Numeric[]): NumericType {
  const type: NumericType = Math.max(...values.map(numericType));
  if (type === NumericType.Decimal) throw notSupported('arithmetic on Decimal128');
  return type;
}

/**
 * Adds, subtracts or multiplies as the server does: the widest type wins, Int32 grows into Long.
 * @returns undefined when 64-bit integers overflow; callers differ in what they make of it
 */
export function arithmetic(operation: Operation, a: Numeric, b: Numeric): Numeric | undefined {
  const type = typeToComputeIn(a, b);
  if (type === NumericType.Double) return double(ON_DOUBLES[operation](toNumber(a), toNumber(b)));
  return integer(ON_INTEGERS[operation](toBigInt(a), toBigInt(b)), type);
}

/** As {@link arithmetic}; an overflowing Long becomes a Double, as in aggregation expressions. */
export const widening = (operation: Operation, a: Numeric, b: Numeric): Numeric =>
  arithmetic(operation, a, b) ?? double(ON_DOUBLES[operation](toNumber(a), toNumber(b)));
