import { Decimal128, Double, Int32, Long } from 'bson';
import { parseDecimal, roundDecimal, toDecimal128, type ExactDecimal } from './decimal';

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

export function toExact(value: Numeric): ExactDecimal | undefined {
  if (value instanceof Decimal128) return parseDecimal(value.toString());
  if (value instanceof Long) return { coefficient: value.toBigInt(), exponent: 0 };
  return parseDecimal(String(toNumber(value)));
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

function onDecimals(operation: Operation, a: Numeric, b: Numeric): Decimal128 {
  const x = toExact(a);
  const y = toExact(b);
  if (!x || !y) return Decimal128.fromString(decimalText(ON_DOUBLES[operation](toNumber(a), toNumber(b))));
  if (operation === 'multiply') {
    return toDecimal128(
      roundDecimal({ coefficient: x.coefficient * y.coefficient, exponent: x.exponent + y.exponent }),
    );
  }
  const exponent = Math.min(x.exponent, y.exponent);
  const left = x.coefficient * 10n ** BigInt(x.exponent - exponent);
  const right = y.coefficient * 10n ** BigInt(y.exponent - exponent);
  return toDecimal128(roundDecimal({ coefficient: ON_INTEGERS[operation](left, right), exponent }));
}

export const decimalText = (value: number): string =>
  Number.isNaN(value)
    ? 'NaN'
    : value === Infinity
      ? 'Infinity'
      : value === -Infinity
        ? '-Infinity'
        : String(value);

/**
 * Adds, subtracts or multiplies as the server does: the widest type wins, Int32 grows into Long.
 * @returns undefined when 64-bit integers overflow; callers differ in what they make of it
 */
export function arithmetic(operation: Operation, a: Numeric, b: Numeric): Numeric | undefined {
  const type: NumericType = Math.max(numericType(a), numericType(b));
  if (type === NumericType.Decimal) return onDecimals(operation, a, b);
  if (type === NumericType.Double) return double(ON_DOUBLES[operation](toNumber(a), toNumber(b)));
  return integer(ON_INTEGERS[operation](toBigInt(a), toBigInt(b)), type);
}

/** As {@link arithmetic}; an overflowing Long becomes a Double, as in aggregation expressions. */
export const widening = (operation: Operation, a: Numeric, b: Numeric): Numeric =>
  arithmetic(operation, a, b) ?? double(ON_DOUBLES[operation](toNumber(a), toNumber(b)));
