import { badValue } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, type Doc } from '../bson/values';
import { uint32, type Collection, type IndexDefinition } from '../storage/catalog';
import { indexFields } from '../storage/index-keys';
import { afterPrefix, MAX_KEY_BYTES } from '../storage/key-encoding';
import { filterBounds, intervals, type FieldBounds, type Interval } from './bounds';
import type { SortField } from './sort';

/** How to find the documents that may match. */
export interface IndexPlan {
  index: IndexDefinition;
  ranges: Interval[];
  /** Leading fields that are bound to single values. */
  equalities: number;
  /** The ranges are single keys of a unique index. */
  isPoint: boolean;
  reverse: boolean;
  /** The entries come in the order asked for. */
  sorted: boolean;
  /** A document may turn up more than once. */
  repeats: boolean;
}

export type Plan = IndexPlan | 'scan';

/** More separate ranges than this cost more than they save. */
const MAX_RANGES = 1000;

interface Candidate extends IndexPlan {
  bounded: number;
}

const root = (path: string): string => path.split('.')[0] as string;

/** A partial index serves a query that repeats the index's own condition. */
function impliesPartial(
  index: IndexDefinition,
  filter: Doc,
  bounds: ReadonlyMap<string, FieldBounds>,
): boolean {
  return Object.entries(index.partialFilter ?? {}).every(([path, condition]) => {
    if (path in filter && compareValues(filter[path], condition) === 0) return true;
    const found = bounds.get(path);
    if (!found) return false;
    if (isDoc(condition) && condition['$exists'] === true && Object.keys(condition).length === 1)
      return found.exists;
    const test = index.matchesPartial;
    const only = Object.keys(index.partialFilter ?? {}).length === 1 && !path.includes('.');
    return (
      only && found.points !== undefined && found.points.every((value) => test?.({ [path]: value }) === true)
    );
  });
}

function usable(index: IndexDefinition, filter: Doc, bounds: ReadonlyMap<string, FieldBounds>): boolean {
  if (index.kind === 'geo') return false;
  if (index.sparse && !Object.keys(index.key).some((path) => bounds.get(path)?.exists)) return false;
  return !index.partialFilter || impliesPartial(index, filter, bounds);
}

const product = (prefixes: readonly Interval[], field: readonly Interval[]): Interval[] =>
  prefixes.flatMap((prefix) =>
    field.map(({ start, end }) => ({
      start: Buffer.concat([prefix.start, start]),
      end: Buffer.concat([prefix.start, end]),
    })),
  );

/** An array may satisfy the two ends of a range by different elements, so only one of them bounds the entries. */
function forArrays(bounds: FieldBounds): FieldBounds {
  if (bounds.points || bounds.lower === undefined) return bounds;
  return { lower: bounds.lower, exists: bounds.exists };
}

/** Whether entries within the given ranges come in the order asked for, forwards or backwards. */
function sortDirection(
  index: IndexDefinition,
  sort: readonly SortField[],
  fixed: ReadonlySet<string>,
): 1 | -1 | undefined {
  if (sort.some(({ name }) => index.multikey.has(name))) return undefined;
  const remaining = indexFields(index).filter(({ name }) => !fixed.has(name));
  const wanted = sort.filter(({ name }) => !fixed.has(name));
  let direction: 1 | -1 | undefined;
  for (const [i, field] of wanted.entries()) {
    const column = remaining[i];
    if (!column || column.name !== field.name) return undefined;
    const relative = column.direction === field.direction ? 1 : -1;
    if (direction !== undefined && direction !== relative) return undefined;
    direction = relative;
  }
  return direction ?? 1;
}

function candidate(
  index: IndexDefinition,
  bounds: ReadonlyMap<string, FieldBounds>,
  sort: readonly SortField[],
): Candidate {
  const prefix = uint32(index.id);
  let ranges: Interval[] = [{ start: prefix, end: afterPrefix(prefix) ?? prefix }];
  const fixed = new Set<string>();
  const usedRoots = new Set<string>();
  let equalities = 0;
  let bounded = 0;
  for (const { name, direction } of indexFields(index)) {
    const found = bounds.get(name);
    const isArray = index.multikey.has(name);
    // Below one array, different elements may satisfy the conditions on different fields.
    if (!found || (index.multikey.size > 0 && usedRoots.has(root(name)))) break;
    const fieldIntervals = intervals(isArray ? forArrays(found) : found, direction);
    if (!fieldIntervals || ranges.length * fieldIntervals.length > MAX_RANGES) break;
    const longer = product(ranges, fieldIntervals);
    // No entry has such a key, and LMDB would not look for it.
    if (longer.some(({ start, end }) => Math.max(start.length, end.length) > MAX_KEY_BYTES)) break;
    ranges = longer;
    usedRoots.add(root(name));
    bounded += 1;
    if (!found.points) break;
    equalities += 1;
    if (fieldIntervals.length === 1) fixed.add(name);
  }
  const severalPoints = ranges.length > 1;
  const order = sort.length > 0 && !severalPoints ? sortDirection(index, sort, fixed) : undefined;
  return {
    index,
    ranges,
    isPoint: index.unique && equalities === Object.keys(index.key).length,
    reverse: order === -1,
    sorted: order !== undefined,
    repeats: index.multikey.size > 0,
    equalities,
    bounded,
  };
}

/** Fixed fields first, then an order that spares sorting, then ranges. */
const score = ({ equalities, bounded, sorted, index }: Candidate): number =>
  equalities * 8 + (sorted ? 5 : 0) + (bounded - equalities) * 4 + (index.unique && equalities > 0 ? 1 : 0);

function hinted(collection: Collection, hint: unknown): IndexDefinition | 'scan' {
  if (isDoc(hint) && '$natural' in hint) return 'scan';
  const found = collection.indexes.find((index) =>
    isDoc(hint) ? compareValues(index.key, hint) === 0 : index.name === hint,
  );
  if (found && found.kind === 'btree') return found;
  throw badValue('hint provided does not correspond to an existing index');
}

export interface PlanRequest {
  filter: Doc;
  sort: readonly SortField[];
  hint?: unknown;
}

/** Chooses an index for a query, or the scan of the whole collection. */
export function choosePlan(collection: Collection, { filter, sort, hint }: PlanRequest): Plan {
  const bounds = filterBounds(filter);
  if (hint !== undefined) {
    const index = hinted(collection, hint);
    return index === 'scan' ? 'scan' : candidate(index, bounds, sort);
  }
  let best: Candidate | undefined;
  for (const index of collection.indexes) {
    if (!usable(index, filter, bounds)) continue;
    const plan = candidate(index, bounds, sort);
    if (plan.bounded === 0 && !plan.sorted) continue;
    if (!best || score(plan) > score(best)) best = plan;
  }
  return best ?? 'scan';
}
