import { badValue, failedToParse, notSupported, ServerError, typeMismatch } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import type { Engine } from '../engine';
import type { Overlay } from '../storage/overlay';

/** A command as it arrived, and what it runs with. */
export interface Command {
  engine: Engine;
  name: string;
  db: string;
  body: Doc;
  /** The transaction the command belongs to. */
  transaction: Overlay | undefined;
  session: string | undefined;
  txnNumber: bigint | undefined;
}

/** An answer: a document, or one already encoded. */
export type Answer = Doc | Buffer;

export type Handler = (command: Command) => Answer | Promise<Answer>;

/** Fields every command may carry; what they ask for holds anyway or does not apply to a single server. */
const GENERIC = (
  '$db lsid txnNumber autocommit startTransaction $clusterTime $readPreference ' +
  'readConcern writeConcern maxTimeMS comment apiVersion apiStrict apiDeprecationErrors ' +
  'stmtId stmtIds maxTimeMSOpOnly $audit $client mayBypassWriteBlocking allowDiskUse'
).split(' ');

const READ_CONCERNS = ['local', 'available', 'majority', 'linearizable', 'snapshot'];

/** All read concerns are met alike; only unknown ones are refused. */
export function checkReadConcern(body: Doc): void {
  const concern = body['readConcern'];
  const level: unknown = isDoc(concern) ? concern['level'] : undefined;
  if (level !== undefined && !READ_CONCERNS.includes(level as string)) {
    throw failedToParse(`unknown readConcern.level: ${JSON.stringify(level)}`);
  }
}

/** Refuses fields a command does not know, and collations, which would change what equality means. */
export function allowOnly({ body, name }: Command, fields: readonly string[]): void {
  const { collation } = body;
  if (isDoc(collation) && Object.keys(collation).length > 0 && collation['locale'] !== 'simple') {
    throw notSupported('collation');
  }
  for (const field of Object.keys(body)) {
    if (field !== name && field !== 'collation' && !GENERIC.includes(field) && !fields.includes(field)) {
      throw new ServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    }
  }
}

export function collectionName({ body, name }: Command): string {
  const value = body[name];
  if (typeof value !== 'string') throw badValue(`collection name has invalid type ${typeof value}`);
  if (value === '') throw new ServerError(73, "Invalid namespace specified: the collection's name is empty");
  return value;
}

export function optionalDoc(body: Doc, field: string): Doc | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) throw typeMismatch(`BSON field '${field}' is the wrong type, expected type 'object'`);
  return value;
}

export function optionalArray(body: Doc, field: string): unknown[] | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value))
    throw typeMismatch(`BSON field '${field}' is the wrong type, expected type 'array'`);
  return value as unknown[];
}

/** A whole number of at least zero. */
export function optionalCount(body: Doc, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!isNumeric(value)) throw typeMismatch(`BSON field '${field}' is the wrong type, expected a number`);
  const count = Math.trunc(toNumber(value));
  if (count < 0)
    throw new ServerError(51024, `BSON field '${field}' value must be >= 0, actual value '${count}'`);
  return count;
}

/** Variables of `let`, and the time at which the command began. */
export function variablesOf(body: Doc): Doc {
  return { NOW: new Date(), ...optionalDoc(body, 'let') };
}
