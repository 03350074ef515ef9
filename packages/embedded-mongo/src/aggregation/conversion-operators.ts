import { ServerError } from '../errors';
import { divideRounded, roundDecimal, toDecimal128 } from '../bson/decimal';
import {
  decimalText,
  double,
  integer,
  isNumeric,
  NumericType,
  toExact,
  toNumber,
  type Numeric,
} from '../bson/numbers';
import { Decimal128, isDoc, isNullish, ObjectId, typeOf } from '../bson/values';
import type { Evaluate, Operator } from './operator';

const failure = (value: unknown, to: string, why = ''): ServerError =>
  new ServerError(
    241,
    `Failed to convert ${String(value)} in $convert: unsupported conversion from ${typeOf(value).alias} to ${to}${why}`,
  );

function parseNumber(text: string, to: string): number {
  const value = Number(text);
  if (text.trim() !== text || text === '' || Number.isNaN(value)) {
    throw new ServerError(241, `Failed to parse number '${text}' in $convert to ${to} with no onError value`);
  }
  return value;
}

function toWhole(value: unknown, type: NumericType.Int | NumericType.Long): unknown {
  const name = type === NumericType.Int ? 'int' : 'long';
  if (typeof value === 'boolean') return integer(value ? 1n : 0n, type);
  if (value instanceof Date && type === NumericType.Long) return integer(BigInt(value.getTime()), type);
  if (typeof value === 'string' && !/^[+-]?\d+$/.test(value)) {
    throw new ServerError(241, `Failed to parse number '${value}' in $convert with no onError value`);
  }
  if (typeof value !== 'string' && !isNumeric(value)) throw failure(value, name);
  const exact = typeof value === 'string' ? { coefficient: BigInt(value), exponent: 0 } : toExact(value);
  if (!exact) throw failure(value, name, ': not finite');
  const whole =
    exact.exponent >= 0
      ? exact.coefficient * 10n ** BigInt(exact.exponent)
      : exact.coefficient / 10n ** BigInt(-exact.exponent);
  const result = integer(whole, type);
  if (result === undefined || (type === NumericType.Int && typeof result !== 'number')) {
    throw new ServerError(241, 'Conversion would overflow target type in $convert with no onError value');
  }
  return result;
}

function toDouble(value: unknown): unknown {
  if (typeof value === 'boolean') return double(value ? 1 : 0);
  if (value instanceof Date) return double(value.getTime());
  if (typeof value === 'string') return double(parseNumber(value, 'double'));
  if (isNumeric(value)) return double(toNumber(value));
  throw failure(value, 'double');
}

function toDecimal(value: unknown): Decimal128 {
  if (value instanceof Decimal128) return value;
  if (typeof value === 'boolean') return Decimal128.fromString(value ? '1' : '0');
  if (value instanceof Date) return Decimal128.fromString(String(value.getTime()));
  if (typeof value === 'string') {
    try {
      return Decimal128.fromString(value);
    } catch {
      throw new ServerError(241, `Failed to parse number '${value}' in $convert with no onError value`);
    }
  }
  if (!isNumeric(value)) throw failure(value, 'decimal');
  const exact = toExact(value);
  if (!exact) return Decimal128.fromString(decimalText(toNumber(value)));
  return toDecimal128(typeOf(value).alias === 'double' ? fifteenDigits(exact) : exact);
}

/** A double becomes a decimal of 15 significant digits. */
function fifteenDigits(exact: { coefficient: bigint; exponent: number }): {
  coefficient: bigint;
  exponent: number;
} {
  const digits = (exact.coefficient < 0n ? -exact.coefficient : exact.coefficient).toString().length;
  if (digits > 15) return roundDecimal(exact, 15);
  const shift = 15 - digits;
  if (exact.coefficient === 0n) return exact;
  return {
    coefficient: divideRounded(exact.coefficient * 10n ** BigInt(shift), 1n),
    exponent: exact.exponent - shift,
  };
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  if (isNumeric(value)) return numberText(value);
  throw failure(value, 'string');
}

const numberText = (value: Numeric): string => {
  const number = toNumber(value);
  return typeOf(value).alias === 'double' && Number.isFinite(number) ? String(number) : String(value);
};

function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (isNumeric(value) && typeOf(value).alias !== 'int') return new Date(Math.trunc(toNumber(value)));
  if (typeof value === 'string') {
    const date = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(value) ? `${value}Z` : value);
    if (!Number.isNaN(date.getTime())) return date;
    throw new ServerError(241, `Error parsing date string '${value}'`);
  }
  throw failure(value, 'date');
}

function toObjectId(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new ObjectId(value);
  if (typeof value === 'string')
    throw new ServerError(241, `Failed to parse objectId '${value}' in $convert`);
  throw failure(value, 'objectId');
}

const toBool = (value: unknown): boolean => value !== false && !(isNumeric(value) && toNumber(value) === 0);

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  int: (value) => toWhole(value, NumericType.Int),
  long: (value) => toWhole(value, NumericType.Long),
  double: toDouble,
  decimal: toDecimal,
  string: toText,
  date: toDate,
  objectId: toObjectId,
  bool: toBool,
};

const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  16: 'int',
  18: 'long',
  19: 'decimal',
};

function convert(argument: unknown, evaluate: Evaluate): unknown {
  if (!isDoc(argument)) throw new ServerError(9, '$convert expects an object of named arguments');
  const value = evaluate(argument['input']);
  if (isNullish(value)) return 'onNull' in argument ? evaluate(argument['onNull']) : null;
  const to = evaluate(argument['to']);
  const conversion = CONVERSIONS[isNumeric(to) ? (BY_NUMBER[toNumber(to)] ?? '') : String(to)];
  if (!conversion) throw new ServerError(2, `Unknown type name: ${String(to)}`);
  try {
    return conversion(value);
  } catch (error) {
    if ('onError' in argument) return evaluate(argument['onError']);
    throw error;
  }
}

const to =
  (type: string): Operator =>
  (argument, evaluate) => {
    const value = evaluate(argument);
    return isNullish(value) ? null : CONVERSIONS[type]?.(value);
  };

/** Conversions between BSON's types. */
export const conversionOperators: Readonly<Record<string, Operator>> = {
  $convert: convert,
  $toInt: to('int'),
  $toLong: to('long'),
  $toDouble: to('double'),
  $toDecimal: to('decimal'),
  $toString: to('string'),
  $toDate: to('date'),
  $toObjectId: to('objectId'),
  $toBool: to('bool'),
  $type: (argument, evaluate) => typeOf(evaluate(argument)).alias,
  $isNumber: (argument, evaluate) => isNumeric(evaluate(argument)),
};
