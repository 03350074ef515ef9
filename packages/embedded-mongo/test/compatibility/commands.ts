import type { Document } from 'bson';
import type { Case, IndexSpecification, SessionUse, Step } from './case';

/** The collection that every case works on. */
export const C = 'c';

/** `firstBatch` is given a size so that no case depends on the server's default of 101. */
const BATCH = 1000;

export const run = (command: Document): Step => ({ command });
export const onAdmin = (command: Document): Step => ({ command, admin: true });
export const unordered = (step: Step): Step => ({ ...step, unordered: true });
export const unchecked = (step: Step): Step => ({ ...step, unchecked: true });

export const find = (filter: Document, rest: Document = {}): Step =>
  run({ find: C, filter, batchSize: BATCH, ...rest });

/** Which documents match, by `_id` only. */
export const ids = (filter: Document): Step => find(filter, { sort: { _id: 1 }, projection: { _id: 1 } });

/** The whole collection in the order of `_id`. */
export const all = (): Step => find({}, { sort: { _id: 1 } });

export const aggregate = (pipeline: Document[], rest: Document = {}): Step =>
  run({ aggregate: C, pipeline, cursor: { batchSize: BATCH }, ...rest });

export const insert = (documents: Document[], rest: Document = {}): Step =>
  run({ insert: C, documents, ...rest });

/** One update statement; `rest` holds upsert, multi, arrayFilters. */
export const update = (q: Document, u: Document | Document[], rest: Document = {}): Step =>
  run({ update: C, updates: [{ q, u, ...rest }] });

export const remove = (q: Document, limit: 0 | 1 = 0): Step => run({ delete: C, deletes: [{ q, limit }] });

export const findAndModify = (rest: Document): Step => run({ findAndModify: C, ...rest });

export const distinct = (key: string, query: Document = {}): Step => run({ distinct: C, key, query });

export const createIndexes = (...indexes: IndexSpecification[]): Step => run({ createIndexes: C, indexes });

/** An index under the name that drivers give it. */
export const index = (key: Document, rest: Document = {}): IndexSpecification => ({
  key,
  name: Object.entries(key).flat().join('_'),
  ...rest,
});
export const unique = (key: Document, rest: Document = {}): IndexSpecification =>
  index(key, { unique: true, ...rest });

/** A step within a transaction, the first of which starts it. */
export function within(
  session: string,
  step: Step,
  kind: SessionUse['kind'] = 'continue',
  txnNumber = 1,
): Step {
  return { ...step, in: { session, txnNumber, kind } };
}

export const start = (session: string, step: Step, txnNumber = 1): Step =>
  within(session, step, 'start', txnNumber);

export const commit = (session: string, txnNumber = 1): Step =>
  within(session, onAdmin({ commitTransaction: 1 }), 'continue', txnNumber);

export const abort = (session: string, txnNumber = 1): Step =>
  within(session, onAdmin({ abortTransaction: 1 }), 'continue', txnNumber);

/** One case for each named value, on the same fixture. */
export function casesOf<T>(
  fixture: Pick<Case, 'documents' | 'others' | 'indexes'>,
  values: Record<string, T>,
  steps: (value: T) => Step[],
): Case[] {
  return Object.entries(values).map(([name, value]) => ({ name, ...fixture, steps: steps(value) }));
}

/** The same cases, under names of their own, with an index there: plans must not change answers. */
export function withIndex(cases: Case[], index: IndexSpecification): Case[] {
  return cases.map((each) => ({
    ...each,
    name: `${each.name} (index ${index.name})`,
    indexes: [...(each.indexes ?? []), index],
  }));
}

/** Marks, by their names, the cases that the embedded server refuses, each with the code it gives. */
export function refusing(codes: Record<string, number>, cases: Case[]): Case[] {
  const unknown = Object.keys(codes).filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`no such cases: ${unknown.join(', ')}`);
  return cases.map((each) => ({ ...each, refusedByEmbedded: codes[each.name] }));
}
