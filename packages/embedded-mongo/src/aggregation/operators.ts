import { notSupported, ServerError, typeMismatch } from '../errors';
import { compareValues } from '../bson/compare';
import {
  double,
  integer,
  isNumeric,
  NumericType,
  numericType,
  toBigInt,
  toNumber,
  truthy,
  typeToComputeIn,
  widening,
  type Numeric,
} from '../bson/numbers';
import { isDoc, isNullish, typeOf, type Doc } from '../bson/values';
import { dateToString } from './date-to-string';

/** Evaluates a part of an expression for the present document. */
export type Evaluate = (expression: unknown) => unknown;

/** An operator of ours takes its argument unevaluated, as mingo's do. */
export type Operator = (argument: unknown, evaluate: Evaluate) => unknown;

const list = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument]);

const compared =
  (test: (order: number) => unknown): Operator =>
  (argument, evaluate) => {
    const [a, b, ...more] = list(argument);
    if (b === undefined || more.length > 0)
      throw new ServerError(16020, 'a comparison takes exactly 2 arguments');
    return test(compareValues(evaluate(a), evaluate(b)));
  };

function number(name: string, value: unknown): Numeric {
  if (isNumeric(value) && typeToComputeIn(value) !== NumericType.Decimal) return value;
  throw typeMismatch(`${name} only supports numeric types, not ${typeOf(value).alias}`);
}

/** Null and missing operands make the result null. */
const computed =
  (apply: (...values: unknown[]) => unknown): Operator =>
  (argument, evaluate) => {
    const values = list(argument).map(evaluate);
    return values.some(isNullish) ? null : apply(...values);
  };

function sum(...values: unknown[]): unknown {
  const dates = values.filter((value) => value instanceof Date);
  if (dates.length > 1) throw new ServerError(16612, 'only one date allowed in an $add expression');
  const numbers = values.filter((value) => !(value instanceof Date));
  const total = numbers.reduce<Numeric>((all, value) => widening('add', all, number('$add', value)), 0);
  return dates[0] ? new Date(dates[0].getTime() + Math.round(toNumber(total))) : total;
}

function subtract(a: unknown, b: unknown): unknown {
  if (!(a instanceof Date)) return widening('subtract', number('$subtract', a), number('$subtract', b));
  if (b instanceof Date) return integer(BigInt(a.getTime() - b.getTime()), NumericType.Long);
  return new Date(a.getTime() - toNumber(number('$subtract', b)));
}

function divide(a: unknown, b: unknown): unknown {
  const [x, y] = [number('$divide', a), number('$divide', b)].map(toNumber) as [number, number];
  if (y === 0) throw new ServerError(2, "can't $divide by zero");
  return double(x / y);
}

function modulo(a: unknown, b: unknown): unknown {
  const [x, y] = [number('$mod', a), number('$mod', b)];
  if (toNumber(y) === 0) throw new ServerError(16610, "can't $mod by zero");
  const type = typeToComputeIn(x, y);
  if (type === NumericType.Double) return double(toNumber(x) % toNumber(y));
  return integer(toBigInt(x) % toBigInt(y), type);
}

/** Rounds to decimal places in decimal digits, not binary ones; ties go to the even digit. */
function round(value: unknown, place: unknown = 0): unknown {
  const given = number('$round', value);
  if (numericType(given) !== NumericType.Double) {
    return toNumber(number('$round', place)) >= 0 ? given : wholeTens(given, toNumber(place as Numeric));
  }
  const rounded = roundDigits(toNumber(given), toNumber(number('$round', place)));
  return double(rounded);
}

function wholeTens(value: Numeric, place: number): unknown {
  if (numericType(value) === NumericType.Long) throw notSupported('$round of a Long to tens');
  return integer(BigInt(roundDigits(toNumber(value), place)));
}

function roundDigits(value: number, place: number): number {
  if (!Number.isFinite(value)) return value;
  const shifted = (by: number, from: number): number => {
    const [digits = '', exponent = '0'] = String(from).split('e');
    return Number(`${digits}e${Number(exponent) + by}`);
  };
  const scaled = shifted(place, value);
  const low = Math.floor(scaled);
  const isTie = scaled - low === 0.5;
  return shifted(-place, isTie && low % 2 === 0 ? low : Math.round(scaled));
}

const choose: Operator = (argument, evaluate) => {
  const parts = isDoc(argument) ? [argument['if'], argument['then'], argument['else']] : list(argument);
  if (parts.length !== 3) throw new ServerError(16020, 'Expression $cond takes exactly 3 arguments');
  return evaluate(truthy(evaluate(parts[0])) ? parts[1] : parts[2]);
};

const firstPresent: Operator = (argument, evaluate) => {
  let value: unknown;
  for (const item of list(argument)) {
    value = evaluate(item);
    if (!isNullish(value)) return value;
  }
  return value;
};

const branch: Operator = (argument, evaluate) => {
  const { branches, default: otherwise }: Doc = isDoc(argument) ? argument : {};
  const found = (list(branches) as Doc[]).find((item) => truthy(evaluate(item['case'])));
  if (found) return evaluate(found['then']);
  if (otherwise !== undefined) return evaluate(otherwise);
  throw new ServerError(40069, '$switch found no matching branch, and no default was specified');
};

/** A text for an operator on texts; null and missing are empty. */
function text(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  throw new ServerError(16007, `can't convert from BSON type ${typeOf(value).alias} to String`);
}

const concat = computed((...values) => {
  const other = values.find((value) => typeof value !== 'string');
  if (other !== undefined)
    throw new ServerError(16702, `$concat only supports strings, not ${typeOf(other).alias}`);
  return values.join('');
});

function size(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  throw new ServerError(17124, `$size takes an array, not ${typeOf(value).alias}`);
}

const contained: Operator = (argument, evaluate) => {
  const [value, array] = list(argument).map(evaluate);
  if (!Array.isArray(array)) throw new ServerError(40081, '$in requires an array as a second argument');
  return array.some((item) => compareValues(item, value) === 0);
};

function absolute(value: unknown): unknown {
  const given = number('$abs', value);
  return toNumber(given) < 0 ? widening('multiply', given, -1) : given;
}

/** `$floor` and `$ceil`: whole numbers stay as they are. */
const whole = (name: string, apply: (value: number) => number): Operator =>
  computed((value) => {
    const given = number(name, value);
    return numericType(given) === NumericType.Double ? double(apply(toNumber(given))) : given;
  });

/** Operators whose results depend on BSON's types, which mingo does not know. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: compared((order) => order === 0),
  $ne: compared((order) => order !== 0),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
  $cmp: compared((order) => order),
  $in: contained,
  $and: (argument, evaluate) => list(argument).every((item) => truthy(evaluate(item))),
  $or: (argument, evaluate) => list(argument).some((item) => truthy(evaluate(item))),
  $not: (argument, evaluate) => !truthy(evaluate(argument)),
  $cond: choose,
  $ifNull: firstPresent,
  $switch: branch,
  $add: computed(sum),
  $subtract: computed(subtract),
  $multiply: computed((...values) =>
    values.reduce<Numeric>((all, value) => widening('multiply', all, number('$multiply', value)), 1),
  ),
  $divide: computed(divide),
  $mod: computed(modulo),
  $round: computed(round),
  $abs: computed(absolute),
  $floor: whole('$floor', Math.floor),
  $ceil: whole('$ceil', Math.ceil),
  $concat: concat,
  // Only ASCII letters change their case.
  $toUpper: (argument, evaluate) => text(evaluate(argument)).replace(/[a-z]+/g, (part) => part.toUpperCase()),
  $toLower: (argument, evaluate) => text(evaluate(argument)).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  $size: (argument, evaluate) => size(evaluate(argument)),
  $type: (argument, evaluate) => typeOf(evaluate(argument)).alias,
  $dateToString: dateToString,
};
