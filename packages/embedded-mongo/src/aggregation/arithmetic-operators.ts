import { ServerError, typeMismatch } from '../errors';
import { divideDecimals, toDecimal128 } from '../bson/decimal';
import {
  double,
  integer,
  isNumeric,
  numericType,
  NumericType,
  toBigInt,
  toExact,
  toNumber,
  widening,
  type Numeric,
} from '../bson/numbers';
import { Decimal128, isNullish, typeOf } from '../bson/values';
import type { Evaluate, Operator } from './operator';
import { roundTo, type Rounding } from './rounding';

const many = (argument: unknown, evaluate: Evaluate): unknown[] =>
  Array.isArray(argument) ? argument.map(evaluate) : [evaluate(argument)];

function requireNumber(name: string, value: unknown): Numeric {
  if (isNumeric(value)) return value;
  throw typeMismatch(`${name} only supports numeric types, not ${typeOf(value).alias}`);
}

function sum(values: readonly unknown[]): unknown {
  let total: Numeric = 0;
  let date = false;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date) throw new ServerError(16612, 'only one date allowed in an $add expression');
      date = true;
      total = widening('add', total, double(value.getTime()));
    } else {
      total = widening('add', total, requireNumber('$add', value));
    }
  }
  return date ? new Date(Math.round(toNumber(total))) : total;
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return integer(BigInt(a.getTime() - b.getTime()), NumericType.Long);
    return new Date(a.getTime() - toNumber(requireNumber('$subtract', b)));
  }
  return widening('subtract', requireNumber('$subtract', a), requireNumber('$subtract', b));
}

/** Quotient as the server types it: doubles, unless a decimal takes part. */
export function divide(a: Numeric, b: Numeric): Numeric {
  if (toNumber(b) === 0) throw new ServerError(2, "can't $divide by zero");
  if (numericType(a) === NumericType.Decimal || numericType(b) === NumericType.Decimal) {
    const x = toExact(a);
    const y = toExact(b);
    return x && y ? toDecimal128(divideDecimals(x, y)) : Decimal128.fromString('NaN');
  }
  return double(toNumber(a) / toNumber(b));
}

function modulo(a: Numeric, b: Numeric): Numeric {
  if (toNumber(b) === 0) throw new ServerError(16610, "can't $mod by zero");
  const type = Math.max(numericType(a), numericType(b)) as NumericType;
  if (type >= NumericType.Double) return double(toNumber(a) % toNumber(b));
  return integer(toBigInt(a) % toBigInt(b), type) ?? double(toNumber(a) % toNumber(b));
}

function power(a: Numeric, b: Numeric): Numeric {
  const type = Math.max(numericType(a), numericType(b)) as NumericType;
  if (type <= NumericType.Long && toNumber(b) >= 0) {
    const exact = integer(toBigInt(a) ** toBigInt(b), type);
    if (exact !== undefined) return exact;
  }
  return double(toNumber(a) ** toNumber(b));
}

function absolute(value: Numeric): Numeric {
  return toNumber(value) < 0
    ? widening('subtract', numericType(value) === NumericType.Double ? double(0) : 0, value)
    : value;
}

function unary(name: string, apply: (value: Numeric) => unknown): Operator {
  return (argument, evaluate) => {
    const value = evaluate(argument);
    return isNullish(value) ? null : apply(requireNumber(name, value));
  };
}

function binary(name: string, apply: (a: Numeric, b: Numeric) => unknown): Operator {
  return (argument, evaluate) => {
    const [a, b] = many(argument, evaluate);
    if (isNullish(a) || isNullish(b)) return null;
    return apply(requireNumber(name, a), requireNumber(name, b));
  };
}

const rounding = (name: string, how: Rounding): Operator => {
  return (argument, evaluate) => {
    const [value, place] = many(argument, evaluate);
    if (isNullish(value) || (place !== undefined && isNullish(place))) return null;
    return roundTo(
      requireNumber(name, value),
      how,
      place === undefined ? 0 : toNumber(requireNumber(name, place)),
    );
  };
};

const onDouble = (
  name: string,
  apply: (value: number) => number,
  valid?: (value: number) => boolean,
): Operator =>
  unary(name, (value) => {
    if (valid && !valid(toNumber(value)))
      throw new ServerError(28714, `${name}'s argument must be a positive number`);
    return double(apply(toNumber(value)));
  });

/** Arithmetic that keeps BSON's number types apart. */
export const arithmeticOperators: Readonly<Record<string, Operator>> = {
  $add: (argument, evaluate) => sum(many(argument, evaluate)),
  $subtract: (argument, evaluate) => {
    const [a, b] = many(argument, evaluate);
    return subtract(a, b);
  },
  $multiply: (argument, evaluate) => {
    const values = many(argument, evaluate);
    if (values.some(isNullish)) return null;
    return values.reduce<Numeric>(
      (total, value) => widening('multiply', total, requireNumber('$multiply', value)),
      1,
    );
  },
  $divide: binary('$divide', divide),
  $mod: binary('$mod', modulo),
  $pow: binary('$pow', power),
  $abs: unary('$abs', absolute),
  $ceil: rounding('$ceil', 'ceil'),
  $floor: rounding('$floor', 'floor'),
  $round: rounding('$round', 'round'),
  $trunc: rounding('$trunc', 'trunc'),
  $sqrt: onDouble('$sqrt', Math.sqrt, (value) => !(value < 0)),
  $exp: onDouble('$exp', Math.exp),
  $ln: onDouble('$ln', Math.log, (value) => !(value <= 0)),
  $log10: onDouble('$log10', Math.log10, (value) => !(value <= 0)),
  $log: binary('$log', (a, b) => double(Math.log(toNumber(a)) / Math.log(toNumber(b)))),
};
