import { failedToParse } from '../errors';
import { decode } from '../bson/decode';
import type { Doc } from '../bson/values';
import { find } from '../query/executor';
import { compileProjection } from '../query/projection';
import type { Overlay } from '../storage/overlay';
import {
  allowOnly,
  collectionName,
  optionalArray,
  optionalDoc,
  variablesOf,
  type Answer,
  type Command,
} from './command';
import { runUpdate } from './update-statement';

const FIELDS =
  'query sort remove update new fields upsert arrayFilters hint let bypassDocumentValidation'.split(' ');

function projected(doc: Doc | undefined, fields: Doc | undefined): Doc | null {
  if (!doc) return null;
  return fields && Object.keys(fields).length > 0 ? compileProjection(fields)(doc) : doc;
}

function remove(command: Command, overlay: Overlay, filter: Doc): Answer {
  const { engine, body, db } = command;
  const collection = engine.catalog.find(db, collectionName(command));
  const query = {
    filter,
    sort: optionalDoc(body, 'sort'),
    hint: body['hint'],
    variables: variablesOf(body),
    limit: 1,
  };
  const [found] = collection ? find(engine.reader(overlay), collection, query) : [];
  if (collection && found) overlay.delete(collection, found.recordId);
  return {
    lastErrorObject: { n: found ? 1 : 0 },
    value: projected(found && decode(found.bytes), optionalDoc(body, 'fields')),
    ok: 1,
  };
}

function modify(command: Command, overlay: Overlay, filter: Doc): Answer {
  const { engine, body, db } = command;
  const statement = {
    q: filter,
    u: body['update'],
    upsert: body['upsert'] === true,
    hint: body['hint'],
    ...(body['sort'] ? { sort: optionalDoc(body, 'sort') as Doc } : {}),
    ...(body['arrayFilters'] ? { arrayFilters: optionalArray(body, 'arrayFilters') as Doc[] } : {}),
  };
  const result = runUpdate(
    engine,
    overlay,
    { db, name: collectionName(command) },
    statement,
    variablesOf(body),
  );
  const isNew = body['new'] === true;
  const doc = isNew ? result.after : result.before;
  return {
    lastErrorObject: {
      n: result.matched || result.upserted ? 1 : 0,
      updatedExisting: result.matched > 0,
      ...(result.upserted ? { upserted: result.upserted['_id'] } : {}),
    },
    value: projected(doc, optionalDoc(body, 'fields')),
    ok: 1,
  };
}

export async function findAndModifyCommand(command: Command): Promise<Answer> {
  const { engine, body, transaction } = command;
  allowOnly(command, FIELDS);
  const filter = optionalDoc(body, 'query') ?? {};
  const isRemove = body['remove'] === true;
  if (isRemove && body['update'] !== undefined)
    throw failedToParse('Cannot specify both an update and remove=true');
  if (isRemove && body['new'] === true) throw failedToParse('Cannot specify both new=true and remove=true');
  if (isRemove && body['upsert'] === true)
    throw failedToParse('Cannot specify both upsert=true and remove=true ');
  if (!isRemove && body['update'] === undefined)
    throw failedToParse('Either an update or remove=true must be specified');
  return engine.write(transaction, (overlay) =>
    isRemove ? remove(command, overlay, filter) : modify(command, overlay, filter),
  );
}
