import { Long } from 'bson';
import { projected, runPipeline } from './aggregate';
import { compareValues, isDoc, keyOf, type Doc } from './bson';
import type { Collection } from './collection';
import { sourceOf, variablesOf, type Command, type Handler } from './command';
import { need } from './errors';
import { distanceFrom } from './geo';
import { leavesAt } from './paths';
import * as queries from './query';

const collectionOf = ({ engine, db, name }: Command): Collection => engine.database.view(db, name);

/** What find, count and distinct look for. */
function queryOf(command: Command): queries.Query {
  const {
    filter,
    query = filter ?? {},
    sort,
    hint,
    skip,
    limit,
  } = command.body as Record<string, Doc> & queries.Query;
  return { filter: query, variables: variablesOf(command), sort, hint, skip, limit: limit || undefined };
}

/** The documents that match, by their distance if a field has to be near something. */
function found(command: Command): Doc[] {
  const [source, collection, query] = [sourceOf(command), collectionOf(command), queryOf(command)];
  const { filter, skip = 0, limit = Infinity } = query;
  const near = Object.entries(filter).find(
    ([, condition]) => isDoc(condition) && Object.keys(condition).join().startsWith('$near'),
  );
  if (!near) return Array.from(queries.find(source, collection, query), ({ doc }) => doc);
  const [path, condition] = near as [string, Doc];
  const { [path]: _near, ...others } = filter;
  const distance = distanceFrom(Object.values(condition)[0] as Doc);
  const all = queries.findNear(source, collection, path, distance, { ...query, filter: others });
  return all.slice(skip, skip + limit).map(({ doc }) => doc);
}

const find: Handler = (command) => {
  const { engine, db, name, body } = command;
  const docs = projected(found(command), body['projection'] as Doc | undefined);
  return engine.cursors.start(`${db}.${name}`, docs, body);
};

const aggregate: Handler = (command) => {
  const { engine, db, name, body } = command;
  const view = (other: string): Collection => engine.database.view(db, other);
  const context = { source: sourceOf(command), view, variables: variablesOf(command), hint: body['hint'] };
  const docs = runPipeline(context, name, body['pipeline'] as Doc[]);
  return engine.cursors.start(`${db}.${name}`, docs, body['cursor'] as Doc);
};

const getMore: Handler = ({ engine, db, body: { getMore: id, collection, batchSize } }) => {
  need(typeof id === 'number' || id instanceof Long, 14, 'a cursor id must be a long');
  const size = Number(batchSize ?? Infinity);
  return engine.cursors.read(Long.fromValue(id), `${db}.${String(collection)}`, 'nextBatch', size, false);
};

const killCursors: Handler = ({ engine, body }) => {
  const ids = (body['cursors'] as number[]).map((id) => Long.fromValue(id));
  const cursorsKilled = ids.filter((id) => engine.cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
  return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
};

const count: Handler = (command) => {
  const { skip = 0, limit = Infinity, ...query } = queryOf(command);
  const total = queries.count(sourceOf(command), collectionOf(command), query);
  return { n: Math.min(Math.max(0, total - skip), limit), ok: 1 };
};

const distinct: Handler = (command) => {
  const path = String(command.body['key']).split('.');
  const leaves = found(command).flatMap((doc) => leavesAt(doc, path));
  const values = leaves.flatMap(({ value, isWhole }) =>
    Array.isArray(value) && !isWhole ? (value as unknown[]) : [value],
  );
  const different = new Map<string, unknown>();
  for (const value of values)
    if (value !== undefined && !different.has(keyOf(value))) different.set(keyOf(value), value);
  return { values: [...different.values()].sort(compareValues), ok: 1 };
};

export const READS: Readonly<Record<string, Handler>> = {
  find,
  aggregate,
  getMore,
  killCursors,
  count,
  distinct,
};
