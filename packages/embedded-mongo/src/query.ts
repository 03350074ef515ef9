import type { Doc } from './bson';
import type { Collection, Stored } from './collection';
import { need } from './errors';
import { compileFilter } from './filter';
import type { Distance } from './geo';
import { getPath, parseSort, sortDocs } from './paths';
import { choosePlan, type Plan } from './planner';
import type { Writes } from './writes';

/** Where a query reads: also what a transaction has written. It notes how much work it does. */
export type Source = { writes: Writes | undefined; counters: { keys: number; documents: number } };

export type Query = {
  filter: Doc;
  variables: Doc;
  sort?: Doc | undefined;
  hint?: unknown;
  skip?: number | undefined;
  limit?: number | undefined;
};

/** From one position to another; what lies behind is not asked for. */
export function* slice<T>(items: Iterable<T>, from: number, to: number): Generator<T, void> {
  let position = 0;
  if (to <= from) return;
  for (const item of items) {
    position += 1;
    if (position > from) yield item;
    if (position >= to) return;
  }
}

function* planned(
  collection: Collection,
  plan: Plan | undefined,
  counters: Source['counters'],
): Generator<Stored> {
  if (!plan) return yield* collection.records.values();
  const { index, isReverse } = plan;
  const seen = index.arrays.size > 0 ? new Set<Stored>() : undefined;
  for (const { start, end } of plan.ranges) {
    for (const entry of isReverse ? index.entries.downwards(end) : index.entries.upwards(start)) {
      if (isReverse ? entry < start : entry >= end) break;
      const record = index.recordOf(entry);
      counters.keys += 1;
      if (!seen?.has(record)) yield record;
      seen?.add(record);
    }
  }
}

/** The documents that match, in the plan's order, then those that only a transaction has. */
function* matching(source: Source, of: Collection, plan: Plan | undefined, query: Query): Generator<Stored> {
  const test = compileFilter(query.filter, query.variables);
  const changed = source.writes?.changed(of);
  for (const record of planned(of, plan, source.counters)) {
    source.counters.documents += 1;
    if (!changed?.has(record.id) && test(record.doc)) yield record;
  }
  for (const { after } of changed?.values() ?? []) if (after && test(after.doc)) yield after;
}

type Found = Stored & { distance: number };

/** Documents by their distance, the nearest first. @throws ServerError 291 without a 2dsphere index */
export function findNear(
  source: Source,
  of: Collection,
  path: string,
  distance: Distance,
  query: Query,
): Found[] {
  const hasIndex = of.indexes.some(({ isGeo, fields }) => isGeo && fields.includes(path));
  need(hasIndex, 291, 'unable to find index for $geoNear query');
  const records = matching(source, of, choosePlan(of, query.filter, []), query);
  const found = Array.from(records, (record): Found => {
    return { ...record, distance: distance(getPath(record.doc, path.split('.'))) ?? Number.NaN };
  });
  return found.filter((one) => one.distance >= 0).sort((a, b) => a.distance - b.distance);
}

/** The documents that match, in order. */
export function* find(source: Source, of: Collection, query: Query): Generator<Stored> {
  const { filter, sort = {}, hint, skip = 0, limit = Infinity } = query;
  const fields = parseSort(sort);
  const plan = choosePlan(of, filter, fields, hint);
  const found = matching(source, of, plan, query);
  const isSorted = fields.length === 0 || (plan?.isSorted && !source.writes?.changed(of));
  yield* slice(isSorted ? found : sortDocs(found, fields, ({ doc }) => doc), skip, skip + limit);
}

/** How many documents match; where an index knows, none is looked at. */
export function count(source: Source, of: Collection, query: Query): number {
  const plan = choosePlan(of, query.filter, [], query.hint);
  const isChanged = source.writes?.changed(of) !== undefined;
  if (Object.keys(query.filter).length === 0 && !isChanged) return of.records.size;
  if (!plan?.isExact || isChanged) return [...matching(source, of, plan, query)].length;
  const { entries } = plan.index;
  return plan.ranges.reduce((sum, { start, end }) => sum + entries.count(end) - entries.count(start), 0);
}
