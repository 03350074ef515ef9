import { ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, isNullish, typeOf } from '../bson/values';
import { parseSort, sortDocs } from '../query/sort';
import type { Evaluate, Operator } from './operator';

const same = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;

const has = (list: readonly unknown[], value: unknown): boolean => list.some((item) => same(item, value));

/** Sets come out sorted and without repetition. */
function setOf(values: readonly unknown[]): unknown[] {
  const sorted = [...values].sort(compareValues);
  return sorted.filter((value, i) => i === 0 || !same(value, sorted[i - 1]));
}

/** The sets an operator works on; undefined when one of them is null. */
function sets(name: string, argument: unknown, evaluate: Evaluate): unknown[][] | undefined {
  const values = (argument as unknown[]).map(evaluate);
  if (values.some(isNullish)) return undefined;
  const other = values.find((value) => !Array.isArray(value));
  if (other !== undefined)
    throw new ServerError(
      17043,
      `All operands of ${name} must be arrays. One argument is of type: ${typeOf(other).alias}`,
    );
  return values as unknown[][];
}

const onSets =
  (name: string, apply: (sets: unknown[][]) => unknown): Operator =>
  (argument, evaluate) => {
    const values = sets(name, argument, evaluate);
    return values ? apply(values) : null;
  };

const subset = (a: readonly unknown[], b: readonly unknown[]): boolean => a.every((value) => has(b, value));

function sortArray(argument: unknown, evaluate: Evaluate): unknown {
  if (!isDoc(argument)) throw new ServerError(2942500, '$sortArray requires an object as an argument');
  const input = evaluate(argument['input']);
  const by = argument['sortBy'];
  if (isNullish(input)) return null;
  if (!Array.isArray(input))
    throw new ServerError(2942504, 'The input argument to $sortArray must be an array');
  if (isDoc(by)) return sortDocs(input as unknown[], parseSort(by), (item) => (isDoc(item) ? item : {}));
  return [...(input as unknown[])].sort((a, b) => compareValues(a, b) * Number(by));
}

/** Operators that compare elements, by BSON's equality and order. */
export const setOperators: Readonly<Record<string, Operator>> = {
  $setUnion: onSets('$setUnion', (all) => setOf(all.flat())),
  $setIntersection: onSets('$setIntersection', ([first = [], ...others]) =>
    setOf(first.filter((value) => others.every((other) => has(other, value)))),
  ),
  $setDifference: onSets('$setDifference', ([a = [], b = []]) =>
    a.filter((value, i) => !has(b, value) && !has(a.slice(0, i), value)),
  ),
  $setEquals: onSets('$setEquals', ([first = [], ...others]) =>
    others.every((other) => subset(first, other) && subset(other, first)),
  ),
  $setIsSubset: onSets('$setIsSubset', ([a = [], b = []]) => subset(a, b)),
  $sortArray: sortArray,
};
