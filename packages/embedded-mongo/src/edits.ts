import { BSONRegExp, ObjectId, Timestamp } from 'bson';
import { projected } from './aggregate';
import { equalValues, isDoc, isOperatorDoc, type Doc } from './bson';
import type { Collection, Stored } from './collection';
import { checkFields, sourceOf, variablesOf, type Command, type Engine, type Handler } from './command';
import { need } from './errors';
import { asServerError } from './expressions';
import { getPath, withPath } from './paths';
import { find } from './query';
import { compileUpdate, isReplacement } from './update';
import { Writes } from './writes';

/** The document to be stored, `_id` in front. @throws ServerError 53 or 52 for what may not be an `_id` */
function withId({ _id: id = new ObjectId(), ...doc }: Doc): Doc {
  need(!Array.isArray(id) && !(id instanceof BSONRegExp), 53, "an '_id' cannot be an array or a regex");
  need(!isDoc(id) || !Object.keys(id).join().includes('$'), 52, "an '_id' cannot have $-prefixed fields");
  const stamp = Timestamp.fromBits(1, Math.floor(Date.now() / 1000));
  for (const [name, value] of Object.entries(doc))
    if (value instanceof Timestamp && value.isZero()) doc[name] = stamp;
  return { _id: id, ...doc };
}

/** Adds the fields that a filter's equalities give to an upserted document. @throws ServerError 54 for one given twice */
function addEqualities(doc: Doc, filter: Doc): Doc {
  return Object.entries(filter).reduce<Doc>((all, [name, condition]) => {
    const branches = Array.isArray(condition) ? (condition as Doc[]) : [];
    if (name === '$and' || (name === '$or' && branches.length === 1))
      return branches.reduce(addEqualities, all);
    const { $eq, $in: list }: Doc = isOperatorDoc(condition) ? condition : { $eq: condition };
    const value: unknown = Array.isArray(list) && list.length === 1 ? list[0] : $eq;
    if (name.startsWith('$') || value === undefined || value instanceof BSONRegExp) return all;
    need(getPath(all, name.split('.')) === undefined, 54, `cannot infer '${name}', which is matched twice`);
    return withPath(all, name.split('.'), value);
  }, doc);
}

/** What is to be done with what a filter finds; without an update it is deleted. */
type Statement = {
  q: Doc;
  u?: unknown;
  limit?: number;
  multi?: boolean;
  upsert?: boolean;
  arrayFilters?: Doc[];
};
type Found = { matched: number; modified: number; upserted?: Doc; before?: Doc; after?: Doc | undefined };

/** What a statement is about. A transaction may find nothing only because somebody has just changed what it had read. */
function targetsOf(command: Command, writes: Writes, collection: Collection, statement: Statement): Stored[] {
  const [source, variables] = [{ ...sourceOf(command), writes }, variablesOf(command)];
  const { q: filter, multi, limit = multi ? 0 : 1, ...options } = statement;
  const found = [...find(source, collection, { ...options, filter, variables, limit: limit || Infinity })];
  const byId = { filter: { _id: filter['_id'] }, variables };
  const met = found.length === 0 && '_id' in filter ? find(source, collection, byId) : found;
  for (const record of met) writes.meet(record);
  return found;
}

/** Applies one statement. */
function apply(command: Command, writes: Writes, statement: Statement): Found {
  const [{ database }, { q, u, multi, upsert, arrayFilters = [] }] = [command.engine, statement];
  need(!multi || !isReplacement(u), 9, 'multi update is not supported for replacement-style update');
  const update = u === undefined ? undefined : compileUpdate(u, q, arrayFilters, variablesOf(command));
  const collection = upsert
    ? database.ensure(command.db, command.name)
    : database.view(command.db, command.name);
  const found = targetsOf(command, writes, collection, statement);
  if (found.length === 0 && update && upsert) {
    const equal = addEqualities({}, q);
    const doc = withId(update(isReplacement(u) ? { _id: equal['_id'] } : equal, true));
    need(!('_id' in equal) || equalValues(equal['_id'], doc['_id']), 66, "'_id' is immutable");
    writes.put(collection, undefined, doc);
    return { matched: 0, modified: 0, upserted: doc, after: doc };
  }
  let modified = 0;
  const changes = found.map((record) => {
    const after = update?.(record.doc, false);
    if (after && equalValues(record.doc, after)) return { before: record.doc, after };
    writes.put(collection, record, after);
    modified += 1;
    return { before: record.doc, after };
  });
  return { ...changes[0], matched: found.length, modified };
}

/** Runs a job that writes: as part of the command's transaction, or in a commit. */
const write = async <T>({ engine, transaction }: Command, run: (writes: Writes) => T): Promise<T> =>
  transaction ? run(transaction) : engine.database.write(() => run(new Writes(engine.database, false)));

/** Runs a command's statements one after the other; unordered ones go on after an error. */
function runEach(
  command: Command,
  name: string,
  fields: string,
  run: (writes: Writes, statement: Doc, index: number) => void,
): Promise<Doc> {
  const given = command.body[name] as Doc[];
  need(given.length > 0 && given.length <= 100_000, 16, `a batch of ${given.length} operations`);
  const statements = fields === '' ? given : given.map((statement) => checkFields(name, statement, fields));
  return write(command, (writes) => {
    const writeErrors: Doc[] = [];
    for (const [index, statement] of statements.entries()) {
      try {
        run(writes, statement, index);
      } catch (thrown) {
        const { code, message, extra } = asServerError(thrown);
        if (extra['errorLabels']) throw thrown;
        writeErrors.push({ index, code, ...extra, errmsg: message });
        if (command.body['ordered'] !== false) break;
      }
    }
    return writeErrors.length > 0 ? { writeErrors } : {};
  });
}

const insert: Handler = async (command) => {
  let n = 0;
  const errors = await runEach(command, 'documents', '', (writes, document) => {
    writes.put(command.engine.database.ensure(command.db, command.name), undefined, withId(document));
    n += 1;
  });
  return { n, ...errors, ok: 1 };
};

const update: Handler = async (command) => {
  let [n, nModified] = [0, 0];
  const upserted: Doc[] = [];
  const fields = 'q! u! multi upsert arrayFilters hint';
  const errors = await runEach(command, 'updates', fields, (writes, statement, index) => {
    const outcome = apply(command, writes, statement as Statement);
    if (outcome.upserted) upserted.push({ index, _id: outcome.upserted['_id'] });
    n += outcome.matched + Number('upserted' in outcome);
    nModified += outcome.modified;
  });
  return { n, nModified, ...(upserted.length > 0 && { upserted }), ...errors, ok: 1 };
};

const deletes: Handler = async (command) => {
  let n = 0;
  const limits = (command.body['deletes'] as Doc[]).map(({ limit = 0 }) => limit);
  need(
    limits.every((limit) => limit === 0 || limit === 1),
    9,
    'The limit field must be 0 or 1',
  );
  const errors = await runEach(command, 'deletes', 'q! limit! hint', (writes, statement) => {
    n += apply(command, writes, statement as Statement).matched;
  });
  return { n, ...errors, ok: 1 };
};

const findAndModify: Handler = async (command) => {
  const {
    query: q = {},
    update: u,
    fields,
    remove,
    new: isNew,
    ...rest
  } = command.body as Record<string, Doc>;
  const isRight = remove ? !(u ?? isNew ?? rest['upsert']) : u;
  need(isRight, 9, 'findAndModify takes an update, or remove without update, new and upsert');
  const outcome = await write(command, (writes) => apply(command, writes, { ...rest, q, u }));
  const { matched, upserted, before, after } = outcome;
  const shown = isNew ? after : before;
  const changed = !remove && { updatedExisting: matched > 0, ...(upserted && { upserted: upserted['_id'] }) };
  const lastErrorObject = { n: matched + Number(upserted !== undefined), ...changed };
  return { lastErrorObject, value: shown ? projected([shown], fields)[0] : null, ok: 1 };
};

/** Deletes what TTL indexes say has expired. */
export async function expire(engine: Engine): Promise<void> {
  for (const { db, name, indexes } of engine.database.list()) {
    for (const { spec, fields } of indexes.filter((index) => 'expireAfterSeconds' in index.spec)) {
      const due = new Date(Date.now() - Number(spec['expireAfterSeconds']) * 1000);
      const [command, q] = [{ engine, db, name, body: {} }, { [String(fields[0])]: { $lte: due } }];
      const [one] = find(sourceOf(command), engine.database.view(db, name), {
        filter: q,
        variables: {},
        limit: 1,
      });
      if (one) await write(command, (writes) => apply(command, writes, { q, limit: 0 }));
    }
  }
}

export const EDITS: Readonly<Record<string, Handler>> = { insert, update, delete: deletes, findAndModify };
