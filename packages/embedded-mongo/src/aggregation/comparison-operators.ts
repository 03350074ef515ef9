import { ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import type { Evaluate, Operator } from './operator';

function compare(argument: unknown, evaluate: Evaluate): number {
  const [a, b] = argument as [unknown, unknown];
  return compareValues(evaluate(a), evaluate(b));
}

/** Comparisons by BSON's order instead of JavaScript's. */
export const comparisonOperators: Readonly<Record<string, Operator>> = {
  $eq: (argument, evaluate) => compare(argument, evaluate) === 0,
  $ne: (argument, evaluate) => compare(argument, evaluate) !== 0,
  $gt: (argument, evaluate) => compare(argument, evaluate) > 0,
  $gte: (argument, evaluate) => compare(argument, evaluate) >= 0,
  $lt: (argument, evaluate) => compare(argument, evaluate) < 0,
  $lte: (argument, evaluate) => compare(argument, evaluate) <= 0,
  $cmp: compare,
  $in: (argument, evaluate) => {
    const [value, list] = (argument as unknown[]).map(evaluate);
    if (!Array.isArray(list)) {
      throw new ServerError(40081, '$in requires an array as a second argument');
    }
    return list.some((item) => compareValues(item, value) === 0);
  },
};
