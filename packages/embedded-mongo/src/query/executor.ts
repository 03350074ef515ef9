import { ServerError } from '../errors';
import { decode } from '../bson/decode';
import type { Doc } from '../bson/values';
import { prefixRange, readRecordId, recordKey, uint32, type Collection } from '../storage/catalog';
import type { Overlay } from '../storage/overlay';
import type { LmdbSnapshot, Store } from '../storage/store';
import type { Interval } from './bounds';
import { nearQuery, pointOf, type NearQuery } from './geo';
import { compileFilter, fieldsRead, type DocPredicate } from './matcher';
import { choosePlan, type IndexPlan, type Plan } from './planner';
import { parseSort, sortDocs } from './sort';

/** How much work queries have done; what `serverStatus` shows. */
export interface QueryCounters {
  keysExamined: number;
  documentsExamined: number;
}

/** Where a query reads: the committed state, or a transaction's. */
export interface ReadContext {
  store: Store;
  counters: QueryCounters;
  overlay?: Overlay | undefined;
}

export interface Query {
  filter: Doc;
  sort?: Doc | undefined;
  hint?: unknown;
  skip?: number;
  limit?: number;
  variables?: Doc | undefined;
}

/** A stored document; decoded in full only when someone needs it. */
export interface Found {
  recordId: number;
  bytes: Buffer;
}

function fetch(context: ReadContext, collection: Collection, recordId: number): Buffer | undefined {
  const { store, overlay } = context;
  if (overlay) return overlay.read(collection, recordId);
  return store.get(store.documents, recordKey(collection.id, recordId));
}

/** The record numbers that an index holds in a range. */
function* recordsIn(
  store: Store,
  range: Interval,
  plan: IndexPlan,
  snapshot?: LmdbSnapshot,
): Generator<Buffer> {
  if (plan.isPoint) {
    const value = store.get(store.entries, range.start, snapshot);
    if (value) yield value;
    return;
  }
  for (const { value } of store.range(store.entries, { ...range, reverse: plan.reverse, snapshot }))
    yield value;
}

/** Records the plan leads to, without those an overlay has changed. */
function* planned(context: ReadContext, collection: Collection, plan: Plan): Generator<Found> {
  const changed = context.overlay?.changed(collection);
  const snapshot = context.overlay?.snapshot;
  const { store, counters } = context;
  if (plan === 'scan') {
    for (const { key, value } of store.range(store.documents, {
      ...prefixRange(uint32(collection.id)),
      snapshot,
    })) {
      const recordId = readRecordId(key, 4);
      if (!changed?.has(recordId)) yield { recordId, bytes: value };
    }
    return;
  }
  const seen = new Set<number>();
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
  for (const range of ranges) {
    for (const value of recordsIn(store, range, plan, snapshot)) {
      counters.keysExamined += 1;
      const recordId = readRecordId(value);
      if (changed?.has(recordId) || (plan.repeats && seen.has(recordId))) continue;
      if (plan.repeats) seen.add(recordId);
      const bytes = fetch(context, collection, recordId);
      if (bytes) yield { recordId, bytes };
    }
  }
}

function* uncommitted(context: ReadContext, collection: Collection): Generator<Found> {
  for (const [recordId, { after }] of context.overlay?.changed(collection) ?? []) {
    if (after) yield { recordId, bytes: after.bytes };
  }
}

/** Every matching document in the plan's order, then those not committed yet. */
export function* matching(
  context: ReadContext,
  collection: Collection,
  plan: Plan,
  filter: Doc,
  test: DocPredicate,
): Generator<Found> {
  const fields = fieldsRead(filter);
  const everything = fields?.size === 0;
  for (const source of [planned(context, collection, plan), uncommitted(context, collection)]) {
    for (const found of source) {
      context.counters.documentsExamined += 1;
      if (everything || test(decode(found.bytes, fields && { fields }))) yield found;
    }
  }
}

interface NearFilter {
  near: NearQuery;
  rest: Doc;
}

/** Takes a `$near` out of a filter: it orders the documents instead of testing them. */
function splitNear(filter: Doc): NearFilter | undefined {
  for (const [path, condition] of Object.entries(filter)) {
    if (typeof condition !== 'object' || condition === null) continue;
    if (!('$near' in condition || '$nearSphere' in condition)) continue;
    const rest = { ...filter };
    delete rest[path];
    return { near: nearQuery(path, condition), rest };
  }
  return undefined;
}

/** A document with its distance from a point. */
export interface Near extends Found {
  doc: Doc;
  distance: number;
}

function valueAt(doc: Doc, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (value as Doc | undefined)?.[part], doc);
}

/** Documents by their distance, nearest first. @throws ServerError 291 without a geographic index */
export function findNear(
  context: ReadContext,
  collection: Collection,
  near: NearQuery,
  filter: Doc,
  variables?: Doc,
): Near[] {
  if (!collection.indexes.some((index) => index.kind === 'geo' && near.path in index.key)) {
    throw new ServerError(291, 'unable to find index for $geoNear query');
  }
  const test = compileFilter(filter, { variables });
  const results: Near[] = [];
  for (const found of matching(
    context,
    collection,
    choosePlan(collection, { filter, sort: [] }),
    filter,
    test,
  )) {
    const doc = decode(found.bytes);
    const point = pointOf(valueAt(doc, near.path));
    if (!point) continue;
    const distance = near.distance(point);
    if (distance >= near.min && distance <= near.max) results.push({ ...found, doc, distance });
  }
  return results.sort((a, b) => a.distance - b.distance);
}

function* slice<T>(items: Iterable<T>, skip: number, limit: number): Generator<T> {
  let position = 0;
  if (limit === 0) return;
  for (const item of items) {
    position += 1;
    if (position > skip) yield item;
    if (position >= skip + limit) return;
  }
}

/** Documents that match, lazily, in order. The caller applies projections. */
export function find(context: ReadContext, collection: Collection, query: Query): Iterable<Found> {
  const { filter, skip = 0, limit = Infinity, variables } = query;
  const near = splitNear(filter);
  if (near) return slice(findNear(context, collection, near.near, near.rest, variables), skip, limit);
  const natural = (query.sort ?? {})['$natural'];
  const sort = parseSort(natural === undefined ? (query.sort ?? {}) : {});
  const test = compileFilter(filter, { variables });
  const plan = choosePlan(collection, { filter, sort, hint: query.hint });
  const found = matching(context, collection, plan, filter, test);
  if (natural !== undefined && Number(natural) < 0) return slice([...found].reverse(), skip, limit);
  if (sort.length === 0 || isSorted(plan, context, collection)) return slice(found, skip, limit);
  const fields = new Set(sort.map(({ parts }) => parts[0] as string));
  const keyed = [...found].map((item) => ({ item, doc: decode(item.bytes, { fields }) }));
  return slice(
    sortDocs(keyed, sort, ({ doc }) => doc).map(({ item }) => item),
    skip,
    limit,
  );
}

const isSorted = (plan: Plan, context: ReadContext, collection: Collection): boolean =>
  plan !== 'scan' && plan.sorted && !context.overlay?.changed(collection)?.size;
