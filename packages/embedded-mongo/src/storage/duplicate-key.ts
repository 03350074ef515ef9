import { ServerError } from '../errors';
import { isNumeric, type Numeric } from '../bson/numbers';
import { Double, isDoc, ObjectId, type Doc } from '../bson/values';
import { keyValues } from './index-keys';
import type { Collection, IndexDefinition } from './catalog';

/** A value as the shell writes it. */
function show(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  if (isNumeric(value)) return showNumber(value);
  if (isDoc(value)) return showDoc(value);
  return JSON.stringify(value);
}

/** A whole double shows its point, to tell it from an integer. */
const showNumber = (value: Numeric): string =>
  value instanceof Double && Number.isFinite(value.value) ? value.value.toFixed(1) : String(value);

const showDoc = (doc: Doc): string =>
  `{ ${Object.entries(doc)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join(', ')} }`;

/** The error 11000 with what drivers and applications read from it. */
export function duplicateKey(
  collection: Collection,
  index: IndexDefinition,
  doc: Doc,
  key: Buffer,
): ServerError {
  const shown: Doc = Object.fromEntries(keyValues(index, doc, key));
  const keyValue = Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, value ?? null]));
  return new ServerError(
    11000,
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.name} dup key: ${showDoc(shown)}`,
    { extra: { keyPattern: index.key, keyValue } },
  );
}
