import { ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { arithmetic, double, isNumeric, toNumber, widening, type Numeric } from '../bson/numbers';
import { isDoc, isNullish, type Doc } from '../bson/values';
import { divide } from './arithmetic-operators';

/** Gathers one value of a group. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

function sum(): Accumulator {
  let total: Numeric = 0;
  return {
    add: (value) => {
      if (isNumeric(value)) total = widening('add', total, value);
    },
    result: () => total,
  };
}

function average(): Accumulator {
  let total: Numeric = 0;
  let count = 0;
  return {
    add: (value) => {
      if (!isNumeric(value)) return;
      total = arithmetic('add', total, value) ?? double(toNumber(total) + toNumber(value));
      count += 1;
    },
    result: () => (count === 0 ? null : divide(total, count)),
  };
}

/** `$min` and `$max` pass over null and missing values. */
const extreme = (sign: 1 | -1) => (): Accumulator => {
  let best: unknown = null;
  return {
    add: (value) => {
      if (!isNullish(value) && (best === null || compareValues(value, best) * sign > 0)) best = value;
    },
    result: () => best,
  };
};

function first(): Accumulator {
  let value: unknown;
  let seen = false;
  return {
    add: (next) => {
      if (!seen) value = next;
      seen = true;
    },
    result: () => value ?? null,
  };
}

function last(): Accumulator {
  let value: unknown;
  return {
    add: (next) => {
      value = next;
    },
    result: () => value ?? null,
  };
}

function push(): Accumulator {
  const values: unknown[] = [];
  return {
    add: (value) => {
      if (value !== undefined) values.push(value);
    },
    result: () => values,
  };
}

function addToSet(): Accumulator {
  const values: unknown[] = [];
  return {
    add: (value) => {
      if (value !== undefined && !values.some((other) => compareValues(other, value) === 0))
        values.push(value);
    },
    result: () => values,
  };
}

function mergeObjects(): Accumulator {
  const merged: Doc = {};
  return {
    add: (value) => {
      if (isNullish(value)) return;
      if (!isDoc(value)) throw new ServerError(40400, '$mergeObjects requires object inputs');
      Object.assign(merged, value);
    },
    result: () => merged,
  };
}

/** Welford's algorithm; the sample's deviation is undefined for one value. */
const deviation = (isSample: boolean) => (): Accumulator => {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (value) => {
      if (!isNumeric(value)) return;
      count += 1;
      const delta = toNumber(value) - mean;
      mean += delta / count;
      squares += delta * (toNumber(value) - mean);
    },
    result: () => {
      const degrees = isSample ? count - 1 : count;
      return degrees <= 0 ? null : double(Math.sqrt(squares / degrees));
    },
  };
};

export const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: sum,
  $avg: average,
  $min: extreme(-1),
  $max: extreme(1),
  $first: first,
  $last: last,
  $push: push,
  $addToSet: addToSet,
  $mergeObjects: mergeObjects,
  $stdDevPop: deviation(false),
  $stdDevSamp: deviation(true),
};

/** The same accumulators as expressions: over an array, or over several arguments. */
export function accumulate(name: string, values: readonly unknown[]): unknown {
  const accumulator = (ACCUMULATORS[name] as () => Accumulator)();
  for (const value of values) accumulator.add(value);
  return accumulator.result();
}
