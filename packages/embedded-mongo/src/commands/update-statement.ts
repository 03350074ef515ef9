import { failedToParse, ServerError } from '../errors';
import { equalValues } from '../bson/compare';
import { decode } from '../bson/decode';
import { encodeStored } from '../bson/encode';
import { isDoc, isOperatorDoc, ObjectId, regexSource, type Doc } from '../bson/values';
import type { Engine } from '../engine';
import { find, type Found } from '../query/executor';
import { compileFilter, type MatchTrace } from '../query/matcher';
import type { Collection } from '../storage/catalog';
import type { Overlay } from '../storage/overlay';
import { setPath } from '../update/paths';
import { compileUpdate, type Update } from '../update/update';
import { checkId } from './stored-document';

export interface UpdateStatement {
  q: Doc;
  u: unknown;
  multi?: boolean;
  upsert?: boolean;
  arrayFilters?: Doc[];
  hint?: unknown;
  sort?: Doc;
  /** Variables of a pipeline. */
  c?: Doc;
}

export interface UpdateResult {
  matched: number;
  modified: number;
  /** The document made by an upsert. */
  upserted?: Doc;
  before?: Doc;
  after?: Doc;
}

interface Target {
  db: string;
  name: string;
}

/** Fields that an equality of the filter gives to an upserted document. */
function collectEqualities(filter: Doc, into: Doc): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (
      name === '$and' ||
      ((name === '$or' || name === '$in') && Array.isArray(condition) && condition.length === 1)
    ) {
      for (const branch of condition as Doc[]) collectEqualities(branch, into);
    } else if (name.startsWith('$') || regexSource(condition)) {
      continue;
    } else if (!isOperatorDoc(condition)) {
      addEquality(name, condition, into);
    } else if ('$eq' in condition) {
      addEquality(name, condition['$eq'], into);
    } else if (
      Array.isArray(condition['$in']) &&
      condition['$in'].length === 1 &&
      Object.keys(condition).length === 1
    ) {
      addEquality(name, condition['$in'][0], into);
    } else if (Array.isArray(condition['$all']) && condition['$all'].length === 1) {
      addEquality(name, condition['$all'][0], into);
    }
  }
}

function addEquality(path: string, value: unknown, into: Doc): void {
  const parts = path.split('.');
  let node: unknown = into;
  for (const part of parts) node = isDoc(node) ? node[part] : undefined;
  if (node !== undefined)
    throw new ServerError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  setPath(into, parts, value);
}

function upsertDocument(filter: Doc, update: Update, now: Date): Doc {
  const base: Doc = {};
  if (update.isReplacement) {
    const equalities: Doc = {};
    collectEqualities(filter, equalities);
    if ('_id' in equalities) base['_id'] = equalities['_id'];
  } else collectEqualities(filter, base);
  const given = base['_id'];
  const doc = update.apply(base, { trace: {}, isInsert: true, now });
  if (given !== undefined && !equalValues(doc['_id'], given)) {
    throw new ServerError(66, "the update would modify the immutable field '_id'");
  }
  const id = '_id' in doc ? doc['_id'] : new ObjectId();
  checkId(id);
  const { _id: _dropped, ...rest } = doc;
  return { _id: id, ...rest };
}

function updateOne(
  overlay: Overlay,
  collection: Collection,
  found: Found,
  update: Update,
  trace: MatchTrace,
  now: Date,
): UpdateResult {
  const before = decode(found.bytes);
  const after = update.apply(decode(found.bytes), { trace, isInsert: false, now });
  const bytes = encodeStored(after);
  if (bytes.equals(found.bytes)) return { matched: 1, modified: 0, before, after };
  overlay.put(collection, found.recordId, bytes, after);
  return { matched: 1, modified: 1, before, after };
}

/** Checks a statement and prepares what it does. */
function compile(statement: UpdateStatement, variables: Doc): Update {
  const update = compileUpdate(statement.u, { arrayFilters: statement.arrayFilters, variables });
  if (statement.multi && update.isReplacement)
    throw failedToParse('multi update is not supported for replacement-style update');
  if (statement.multi && statement.sort) throw failedToParse('Cannot specify sort with multi=true');
  return update;
}

/** Applies one update statement. */
export function runUpdate(
  engine: Engine,
  overlay: Overlay,
  target: Target,
  statement: UpdateStatement,
  given: Doc,
): UpdateResult {
  const variables = { ...given, ...statement.c };
  const now = variables['NOW'] as Date;
  const update = compile(statement, variables);
  const test = compileFilter(statement.q, { variables });
  const collection = engine.catalog.find(target.db, target.name);
  const query = {
    filter: statement.q,
    sort: statement.sort,
    hint: statement.hint,
    variables,
    limit: statement.multi ? Infinity : 1,
  };
  const found = collection ? [...find(engine.reader(overlay), collection, query)] : [];
  if (found.length === 0 && statement.upsert) {
    const doc = upsertDocument(statement.q, update, now);
    overlay.insert(engine.catalog.ensure(target.db, target.name), doc);
    return { matched: 0, modified: 0, upserted: doc, after: doc };
  }
  const total: UpdateResult = { matched: 0, modified: 0 };
  for (const item of found) {
    const trace: MatchTrace = {};
    test(decode(item.bytes), trace);
    const result = updateOne(overlay, collection as Collection, item, update, trace, now);
    Object.assign(total, result, { matched: total.matched + 1, modified: total.modified + result.modified });
  }
  return total;
}
