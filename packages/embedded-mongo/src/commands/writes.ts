import { failedToParse, notSupported, ServerError, typeMismatch } from '../errors';
import { isNumeric, toNumber, type Numeric } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import type { Collection } from '../storage/catalog';
import type { Overlay } from '../storage/overlay';
import { find } from '../query/executor';
import { allowOnly, collectionName, optionalArray, variablesOf, type Answer, type Command } from './command';
import { toStored } from './stored-document';
import { runUpdate, type UpdateStatement } from './update-statement';

interface WriteError {
  index: number;
  error: ServerError;
}

/** Runs a command's statements one after the other; unordered ones go on after an error. */
function runStatements<T>(
  statements: readonly T[],
  ordered: boolean,
  run: (statement: T, index: number) => void,
): WriteError[] {
  const errors: WriteError[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof ServerError) || error.details.labels) throw error;
      errors.push({ index, error });
      if (ordered) break;
    }
  }
  return errors;
}

function errorFields(errors: readonly WriteError[]): Doc {
  if (errors.length === 0) return {};
  return {
    writeErrors: errors.map(({ index, error }) => ({
      index,
      code: error.code,
      ...error.details.extra,
      errmsg: error.message,
    })),
  };
}

function statements({ body, name }: Command, field: string): Doc[] {
  const list = optionalArray(body, field);
  if (!list) throw new ServerError(40414, `BSON field '${name}.${field}' is missing but a required field`);
  if (list.length === 0 || list.length > 100_000) {
    throw new ServerError(16, `write batches hold 1 to 100000 operations, not ${list.length}`);
  }
  return list as Doc[];
}

interface StatementFields {
  required: readonly string[];
  optional: readonly string[];
}

const UPDATE_FIELDS: StatementFields = {
  required: ['q', 'u'],
  optional: ['multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'c'],
};
const DELETE_FIELDS: StatementFields = { required: ['q', 'limit'], optional: ['hint', 'collation'] };

/** Malformed statements fail the whole command, before anything is written. */
function checkStatements(where: string, list: readonly Doc[], { required, optional }: StatementFields): void {
  for (const statement of list) {
    for (const field of required) {
      if (!(field in statement)) {
        throw new ServerError(40414, `BSON field '${where}.${field}' is missing but a required field`);
      }
    }
    const unknown = Object.keys(statement).find(
      (field) => !required.includes(field) && !optional.includes(field),
    );
    if (unknown) throw new ServerError(40415, `BSON field '${where}.${unknown}' is an unknown field.`);
    if (!isDoc(statement['q']))
      throw typeMismatch(`BSON field '${where}.q' is the wrong type, expected type 'object'`);
    if (statement['collation']) throw notSupported('collation');
  }
}

export async function insertCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['documents', 'ordered', 'bypassDocumentValidation']);
  const name = collectionName(command);
  const documents = statements(command, 'documents');
  return engine.write(transaction, (overlay) => {
    const collection = engine.catalog.ensure(db, name);
    let n = 0;
    const errors = runStatements(documents, body['ordered'] !== false, (document) => {
      overlay.insert(collection, toStored(document));
      n += 1;
    });
    return { n, ...errorFields(errors), ok: 1 };
  });
}

export async function updateCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['updates', 'ordered', 'let', 'bypassDocumentValidation']);
  const name = collectionName(command);
  const updates = statements(command, 'updates');
  checkStatements('update.updates', updates, UPDATE_FIELDS);
  const variables = variablesOf(body);
  return engine.write(transaction, (overlay) => {
    let n = 0;
    let nModified = 0;
    const upserted: Doc[] = [];
    const errors = runStatements(updates, body['ordered'] !== false, (statement, index) => {
      const result = runUpdate(
        engine,
        overlay,
        { db, name },
        statement as unknown as UpdateStatement,
        variables,
      );
      n += result.matched + (result.upserted ? 1 : 0);
      nModified += result.modified;
      if (result.upserted) upserted.push({ index, _id: result.upserted['_id'] });
    });
    return { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...errorFields(errors), ok: 1 };
  });
}

/** @throws ServerError 9 for a limit other than 0 and 1 */
function checkLimit({ limit }: Doc): void {
  const most = isNumeric(limit) ? toNumber(limit) : Number.NaN;
  if (most !== 0 && most !== 1)
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${String(limit)}`);
}

function runDelete(
  command: Command,
  overlay: Overlay,
  collection: Collection,
  statement: Doc,
  variables: Doc,
): number {
  const { q, limit, hint } = statement;
  const query = { filter: q as Doc, hint, variables, limit: toNumber(limit as Numeric) || Infinity };
  const found = [...find(command.engine.reader(overlay), collection, query)];
  for (const { recordId } of found) overlay.delete(collection, recordId);
  return found.length;
}

export async function deleteCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['deletes', 'ordered', 'let']);
  const name = collectionName(command);
  const deletes = statements(command, 'deletes');
  checkStatements('delete.deletes', deletes, DELETE_FIELDS);
  deletes.forEach(checkLimit);
  const variables = variablesOf(body);
  return engine.write(transaction, (overlay) => {
    const collection = engine.catalog.find(db, name);
    let n = 0;
    const errors = runStatements(deletes, body['ordered'] !== false, (statement) => {
      if (collection) n += runDelete(command, overlay, collection, statement, variables);
    });
    return { n, ...errorFields(errors), ok: 1 };
  });
}
