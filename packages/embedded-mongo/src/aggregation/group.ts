import { ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { double, isNumeric, toNumber, widening, type Numeric } from '../bson/numbers';
import { isDoc, isNullish, type Doc } from '../bson/values';
import { encodeValue } from '../storage/key-encoding';
import { compileExpression, type Expression } from './expressions';
import type { Stage } from './stage';

/** Gathers one value of a group. */
interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** An accumulator that keeps one value and replaces it by another. */
function folding<T>(
  start: T,
  next: (kept: T, value: unknown) => T,
  finish = (kept: T): unknown => kept,
): () => Accumulator {
  return () => {
    let kept = start;
    return {
      add: (value) => {
        kept = next(kept, value);
      },
      result: () => finish(kept),
    };
  };
}

const addNumber = (total: Numeric, value: unknown): Numeric =>
  isNumeric(value) ? widening('add', total, value) : total;

/** `$min` and `$max` pass over null and missing values. */
const extreme = (sign: 1 | -1): (() => Accumulator) =>
  folding<unknown>(null, (best, value) =>
    !isNullish(value) && (best === null || compareValues(value, best) * sign > 0) ? value : best,
  );

function average(): Accumulator {
  let total: Numeric = 0;
  let count = 0;
  return {
    add: (value) => {
      total = addNumber(total, value);
      if (isNumeric(value)) count += 1;
    },
    result: () => (count === 0 ? null : double(toNumber(total) / count)),
  };
}

function push(): Accumulator {
  const values: unknown[] = [];
  return { add: (value) => value !== undefined && values.push(value), result: () => values };
}

/** Equal values have equal names; texts and documents, the usual keys, get theirs without being encoded. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isDoc(value)) return JSON.stringify(Object.entries(value).map(([name, item]) => [name, nameOf(item)]));
  return encodeValue(value).toString('latin1');
}

function addToSet(): Accumulator {
  const values = new Map<string, unknown>();
  return {
    add: (value) => {
      if (value !== undefined && !values.has(nameOf(value))) values.set(nameOf(value), value);
    },
    result: () => [...values.values()],
  };
}

const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: folding<Numeric>(0, addNumber),
  $count: folding(0, (count) => count + 1),
  $avg: average,
  $min: extreme(-1),
  $max: extreme(1),
  $first: folding<unknown>(undefined, (kept, value) => (kept === undefined ? (value ?? null) : kept)),
  $last: folding<unknown>(null, (_kept, value) => value ?? null),
  $push: push,
  $addToSet: addToSet,
};

interface Column {
  name: string;
  start: () => Accumulator;
  compute: Expression;
}

function column(name: string, specification: unknown, variables: Doc): Column {
  const [operator, argument, ...more] = isDoc(specification) ? Object.entries(specification).flat() : [];
  if (typeof operator !== 'string')
    throw new ServerError(40234, `The field '${name}' must be an accumulator object`);
  if (more.length > 0) throw new ServerError(40238, `The field '${name}' must specify one accumulator`);
  if (name.includes('.')) throw new ServerError(40235, `The field name '${name}' cannot contain '.'`);
  const start = ACCUMULATORS[operator];
  if (!start) throw new ServerError(15952, `unknown group operator '${operator}'`);
  return { name, start, compute: compileExpression(argument, variables) };
}

/** `$group`: documents with equal keys become one, in the order in which the keys first turn up. */
export function compileGroup(specification: unknown, variables: Doc): Stage {
  if (!isDoc(specification)) throw new ServerError(15947, "a group's fields must be specified in an object");
  const { _id: key, ...fields } = specification;
  if (!('_id' in specification)) throw new ServerError(15955, 'a group specification must include an _id');
  const keyOf = compileExpression(key, variables);
  const columns = Object.entries(fields).map(([name, value]) => column(name, value, variables));
  return function* group(docs) {
    const groups = new Map<string, { id: unknown; cells: Accumulator[] }>();
    for (const doc of docs) {
      const id = keyOf(doc) ?? null;
      const name = nameOf(id);
      let found = groups.get(name);
      if (!found) groups.set(name, (found = { id, cells: columns.map(({ start }) => start()) }));
      columns.forEach(({ compute }, i) => found.cells[i]?.add(compute(doc)));
    }
    for (const { id, cells } of groups.values()) {
      yield { _id: id, ...Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]?.result()])) };
    }
  };
}
