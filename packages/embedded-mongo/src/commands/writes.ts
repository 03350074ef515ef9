import { failedToParse, ServerError } from '../errors';
import { findField, type RawDocument } from '../bson/decode';
import { moveToFront, prepend } from '../bson/encode';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, ObjectId, regexSource, type Doc } from '../bson/values';
import type { Collection } from '../storage/catalog';
import type { Overlay } from '../storage/overlay';
import { find } from '../query/executor';
import { allowOnly, collectionName, optionalArray, variablesOf, type Answer, type Command } from './command';
import { runUpdate, type UpdateStatement } from './update-statement';

interface WriteError {
  index: number;
  error: ServerError;
}

/** Runs a command's statements one after the other; unordered ones go on after an error. */
function runStatements<T>(
  statements: readonly T[],
  ordered: boolean,
  isTransaction: boolean,
  run: (statement: T, index: number) => void,
): WriteError[] {
  const errors: WriteError[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof ServerError) || error.details.labels || isTransaction) throw error;
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

function statements<T>({ body, name }: Command, field: string): T[] {
  const list = optionalArray(body, field);
  if (!list) throw new ServerError(40414, `BSON field '${name}.${field}' is missing but a required field`);
  if (list.length === 0 || list.length > 100_000) {
    throw new ServerError(
      16 /* InvalidLength */,
      `Write batch sizes must be between 1 and 100000. Got ${list.length} operations.`,
    );
  }
  return list as T[];
}

/** What may not be an `_id`. @throws ServerError 53 */
export function checkId(id: unknown): void {
  if (Array.isArray(id)) throw new ServerError(53, "The '_id' value cannot be of type array");
  if (regexSource(id)) throw new ServerError(53, "The '_id' value cannot be of type regex");
  if (id === undefined) throw new ServerError(53, "The '_id' value cannot be of type undefined");
  if (isDoc(id)) {
    const dollar = Object.keys(id).find((key) => key.startsWith('$'));
    if (dollar)
      throw new ServerError(
        52,
        `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
      );
  }
}

/** The document as it is stored: its bytes as they came, with `_id` in front. */
function withIdInFront(document: RawDocument): RawDocument {
  const id = findField(document, '_id');
  if (!id) return prepend(document, { _id: new ObjectId() });
  checkId(id.value);
  return id.start === 4 ? document : moveToFront(document, id.start, id.end);
}

export async function insertCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['documents', 'ordered', 'bypassDocumentValidation']);
  const name = collectionName(command);
  const documents = statements<RawDocument>(command, 'documents');
  return engine.write(transaction, (overlay) => {
    const collection = engine.catalog.ensure(db, name);
    let n = 0;
    const errors = runStatements(documents, body['ordered'] !== false, overlay.isTransaction, (document) => {
      overlay.insert(collection, Buffer.from(withIdInFront(document)));
      n += 1;
    });
    return { n, ...errorFields(errors), ok: 1 };
  });
}

export async function updateCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['updates', 'ordered', 'let', 'bypassDocumentValidation']);
  const name = collectionName(command);
  const updates = statements<Doc>(command, 'updates');
  const variables = variablesOf(body);
  return engine.write(transaction, (overlay) => {
    let n = 0;
    let nModified = 0;
    const upserted: Doc[] = [];
    const errors = runStatements(
      updates,
      body['ordered'] !== false,
      overlay.isTransaction,
      (statement, index) => {
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
      },
    );
    return { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...errorFields(errors), ok: 1 };
  });
}

function runDelete(
  command: Command,
  overlay: Overlay,
  collection: Collection,
  statement: Doc,
  variables: Doc,
): number {
  const { q, limit, hint, collation } = statement;
  if (!isDoc(q)) throw failedToParse("BSON field 'delete.deletes.q' must be a document");
  if (collation) throw new ServerError(115, 'collation is not supported by embedded-mongo');
  const most = isNumeric(limit) ? toNumber(limit) : Number.NaN;
  if (most !== 0 && most !== 1)
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${String(limit)}`);
  const query = { filter: q, hint, variables, limit: most === 1 ? 1 : Infinity };
  const found = [...find(command.engine.reader(overlay), collection, query)];
  for (const { recordId } of found) overlay.delete(collection, recordId);
  return found.length;
}

export async function deleteCommand(command: Command): Promise<Answer> {
  const { engine, body, db, transaction } = command;
  allowOnly(command, ['deletes', 'ordered', 'let']);
  const name = collectionName(command);
  const deletes = statements<Doc>(command, 'deletes');
  const variables = variablesOf(body);
  return engine.write(transaction, (overlay) => {
    const collection = engine.catalog.find(db, name);
    let n = 0;
    const errors = runStatements(deletes, body['ordered'] !== false, overlay.isTransaction, (statement) => {
      if (collection) n += runDelete(command, overlay, collection, statement, variables);
    });
    return { n, ...errorFields(errors), ok: 1 };
  });
}
