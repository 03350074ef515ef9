import { BSONRegExp } from 'bson';
import * as bson from './bson';
import { equalValues, isDoc, isNullish, isOperatorDoc, keyOf, type Doc } from './bson';
import type { Collection, Index } from './collection';
import { need } from './errors';
import type { SortField } from './paths';

/** Keys from `start` on up to `end`, without it. */
type Range = { start: string; end: string };

/** How to find the documents that may match: by ranges of an index, in their order. */
export type Plan = {
  index: Index;
  ranges: Range[];
  isReverse: boolean;
  /** The documents come in the order asked for. */
  isSorted: boolean;
  /** The ranges hold the documents that match, and no others. */
  isExact: boolean;
  score: number;
};

/** What a filter says about one field; roughly, if not all of it is in here. */
type Bounds = { points?: unknown[]; low?: unknown; high?: unknown; exists: boolean; isRough: boolean };

/** More separate ranges than this cost more than they save. */
const MOST_RANGES = 1000;

const KINDS: Readonly<Record<string, 'points' | 'low' | 'high'>> = {
  $eq: 'points',
  $in: 'points',
  $gt: 'low',
  $gte: 'low',
  $lt: 'high',
  $lte: 'high',
};

/** Whether an index finds a value by its key. */
function isIndexed(value: unknown, isBound: boolean): boolean {
  if (Array.isArray(value) || value instanceof BSONRegExp) return false;
  return !isBound || !(isNullish(value) || isDoc(value) || bson.aliasOf(value).endsWith('Key'));
}

/** The bounds that a filter's conjunction puts on each field: at times wider than the filter, never narrower. */
function boundsOf(filter: Doc, into = new Map<string, Bounds>()): Map<string, Bounds> {
  for (const [path, condition] of Object.entries(filter)) {
    const bounds = into.get(path) ?? { exists: false, isRough: path.startsWith('$') };
    into.set(path, bounds);
    if (path === '$and') for (const branch of condition as Doc[]) boundsOf(branch, into);
    if (path.startsWith('$')) continue;
    for (const [name, value] of Object.entries(isOperatorDoc(condition) ? condition : { $eq: condition })) {
      const kind = KINDS[name];
      const values = name === '$in' ? (value as unknown[]) : [value];
      bounds.exists ||= name === '$exists' ? value === true : kind !== undefined && !values.some(isNullish);
      const isNew = kind && bounds[kind] === undefined;
      if (isNew && values.every((one) => isIndexed(one, kind !== 'points')))
        Object.assign(bounds, { [kind]: kind === 'points' ? values : value });
      bounds.isRough ||= bounds.points !== values;
    }
  }
  return into;
}

/** The ranges of one field's keys, in order; undefined when it is not bounded. */
function rangesOf({ points, low, high }: Bounds, isArray: boolean): Range[] | undefined {
  const keys = points && [...new Set(points.map((value) => keyOf(value ?? null)))].sort(bson.compareKeys);
  if (keys) return keys.map((key) => ({ start: key, end: bson.behind(key) }));
  if (low === undefined && high === undefined) return undefined;
  const order = bson.orderOf(low ?? high);
  // The elements of an array may satisfy the two ends separately, so that only one of them bounds its keys.
  const isOpen = high === undefined || (isArray && low !== undefined);
  const start = low === undefined ? String.fromCharCode(order) : keyOf(low);
  return [{ start, end: isOpen ? String.fromCharCode(order + 1) : bson.behind(keyOf(high)) }];
}

/** 1 or -1 when keys within one range are in the order asked for, forwards or backwards; otherwise 0. */
function directionOf(
  { fields, arrays }: Index,
  sort: readonly SortField[],
  fixed: ReadonlySet<string>,
): number {
  const wanted = sort.filter(({ name }) => !fixed.has(name));
  const others = fields.filter((field) => !fixed.has(field));
  const { direction: first = 1 } = wanted[0] ?? {};
  const isServed = wanted.every(({ name, direction }, i) => name === others[i] && direction === first);
  return isServed && !sort.some(({ name }) => arrays.has(name)) ? first : 0;
}

function planFor(index: Index, bounds: ReadonlyMap<string, Bounds>, sort: readonly SortField[]): Plan {
  let ranges: Range[] = [{ start: '', end: '\xff' }];
  let [equalities, bounded] = [0, 0];
  const fixed = new Set<string>();
  for (const field of index.fields) {
    const found = bounds.get(field);
    const next = found && rangesOf(found, index.arrays.has(field));
    if (!next || ranges.length * next.length > MOST_RANGES) break;
    const within = ({ start }: Range): Range[] =>
      next.map((one) => ({ start: start + one.start, end: start + one.end }));
    ranges = ranges.flatMap(within);
    bounded += 1;
    if (!found.points) break;
    equalities += 1;
    if (next.length === 1) fixed.add(field);
  }
  const direction = ranges.length > 1 ? 0 : directionOf(index, sort, fixed);
  const isWhole = index.arrays.size === 0 && Object.keys(index.partial).length === 0 && !index.isSparse;
  const isRough = equalities < bounds.size || [...bounds.values()].some((one) => one.isRough);
  // Fields fixed by equality count most, then an order that spares sorting, then ranges; at last, one value a key.
  const order = direction !== 0 && sort.length > 0 ? 5 : 0;
  const score = equalities * 4 + bounded * 4 + order + Number(index.isUnique && equalities > 0);
  return {
    index,
    ranges,
    isReverse: direction < 0,
    isSorted: direction !== 0,
    isExact: isWhole && !isRough,
    score,
  };
}

/** Whether a query asks only for documents that the index holds. */
function isUsable(index: Index, filter: Doc, bounds: ReadonlyMap<string, Bounds>): boolean {
  const { fields, partial, isSparse, isGeo, takes } = index;
  if (isGeo || (isSparse && !fields.some((field) => bounds.get(field)?.exists))) return false;
  return Object.entries(partial).every(([path, condition]) => {
    const { points, exists = false } = bounds.get(path) ?? {};
    if (path in filter && equalValues(filter[path], condition)) return true;
    if (isDoc(condition) && condition['$exists'] === true) return exists;
    // An equality to what the index takes in, if its filter is on this field alone.
    const isAlone = Object.keys(partial).length === 1 && !path.includes('.');
    return isAlone && points !== undefined && points.every((value) => takes({ [path]: value }));
  });
}

/** Chooses an index, or none. @throws ServerError 2 for a hint at an index that is not there */
export function choosePlan(
  of: Collection,
  filter: Doc,
  sort: readonly SortField[],
  hint?: unknown,
): Plan | undefined {
  const bounds = boundsOf(filter);
  const isHinted = ({ name, spec }: Index): boolean =>
    name === hint || (isDoc(hint) && equalValues(spec['key'], hint));
  const hinted = of.indexes.find(isHinted);
  need(hint === undefined || (hinted && !hinted.isGeo), 2, 'hint does not correspond to an existing index');
  const usable = hinted ? [hinted] : of.indexes.filter((index) => isUsable(index, filter, bounds));
  const [best] = usable.map((index) => planFor(index, bounds, sort)).sort((a, b) => b.score - a.score);
  return best && (hinted ?? best.score > 0) ? best : undefined;
}
