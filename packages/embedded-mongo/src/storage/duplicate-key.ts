import { ServerError } from '../errors';
import { isNumeric } from '../bson/numbers';
import { isDoc, ObjectId, type Doc } from '../bson/values';
import type { Collection, IndexDefinition } from './catalog';

/** The first value at a dotted path, for showing. */
function valueAt(doc: unknown, parts: readonly string[]): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return doc;
  if (Array.isArray(doc)) return valueAt(doc[0], parts);
  return isDoc(doc) ? valueAt(doc[part], rest) : undefined;
}

/** A value as the shell writes it. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  if (isNumeric(value)) return String(value);
  if (isDoc(value)) return showDoc(value);
  return String(value);
}

const showDoc = (doc: Doc): string =>
  `{ ${Object.entries(doc)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join(', ')} }`;

/** The error 11000 with what drivers and applications read from it. */
export function duplicateKey(collection: Collection, index: IndexDefinition, doc: Doc): ServerError {
  const keyValue: Doc = {};
  for (const name of Object.keys(index.key)) keyValue[name] = valueAt(doc, name.split('.')) ?? null;
  return new ServerError(
    11000,
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.name} dup key: ${showDoc(keyValue)}`,
    { extra: { keyPattern: index.key, keyValue } },
  );
}
