import { notSupported, ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, isNullish, type Doc } from '../bson/values';
import { isPointOnEarth } from '../query/geo';
import { isIndexName, leavesAt } from '../query/paths';
import { encodeField, MAX_KEY_BYTES } from './key-encoding';
import type { IndexDefinition } from './catalog';

/** What a document contributes to an index. */
export interface IndexKeys {
  keys: Buffer[];
  /** Fields of the index that passed through an array in this document. */
  multikey: string[];
}

interface FieldValues {
  /** null for what is missing, undefined for an empty array: BSON orders and tells them apart so. */
  values: unknown[];
  throughArray: boolean;
  exists: boolean;
}

const ABSENT: FieldValues = { values: [null], throughArray: false, exists: false };

/** The values of one indexed field. */
function fieldValues(value: unknown, parts: readonly string[], at: number): FieldValues {
  if (Array.isArray(value)) return arrayValues(value, parts, at);
  if (at === parts.length) return { values: [value], throughArray: false, exists: true };
  const part = parts[at] as string;
  const next = isDoc(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return next === undefined ? ABSENT : fieldValues(next, parts, at + 1);
}

function arrayValues(array: readonly unknown[], parts: readonly string[], at: number): FieldValues {
  if (at === parts.length) {
    return { values: array.length === 0 ? [undefined] : [...array], throughArray: true, exists: true };
  }
  const part = parts[at] as string;
  if (isIndexName(part) && Number(part) < array.length) {
    return { ...fieldValues(array[Number(part)], parts, at + 1), throughArray: true };
  }
  const found = array.map((element) => (isDoc(element) ? fieldValues(element, parts, at) : ABSENT));
  return {
    values: found.length === 0 ? [null] : found.flatMap(({ values }) => values),
    throughArray: true,
    exists: found.some(({ exists }) => exists),
  };
}

const toDirection = (value: unknown): 1 | -1 => (Number(value) < 0 ? -1 : 1);

/** Names and directions of an index's fields. */
export const indexFields = (index: IndexDefinition): { name: string; direction: 1 | -1 }[] =>
  Object.entries(index.key).map(([name, direction]) => ({ name, direction: toDirection(direction) }));

function distinct(values: readonly unknown[]): unknown[] {
  if (values.length < 2) return [...values];
  const sorted = [...values].sort(compareValues);
  return sorted.filter((value, i) => i === 0 || compareValues(value, sorted[i - 1]) !== 0);
}

interface IndexedField extends FieldValues {
  name: string;
  direction: 1 | -1;
}

/** What a document has in an index's fields; undefined when the index does not hold the document. */
function indexedFields(index: IndexDefinition, doc: Doc): IndexedField[] | undefined {
  if (index.matchesPartial && !index.matchesPartial(doc)) return undefined;
  const fields = indexFields(index).map((field) => ({
    ...field,
    ...fieldValues(doc, field.name.split('.'), 0),
  }));
  if (index.sparse && fields.every(({ exists }) => !exists)) return undefined;
  const arrays = fields.filter((field) => field.throughArray);
  const roots = new Set(arrays.map((field) => field.name.split('.')[0]));
  if (roots.size > 1) {
    throw new ServerError(171, `cannot index parallel arrays ${[...roots].join(', ')}`);
  }
  // Two fields below one array would have to be paired element by element; their product is only a superset.
  if (index.unique && arrays.length > 1) throw notSupported('a unique index on two fields of one array');
  return fields;
}

function checkPoints(index: IndexDefinition, doc: Doc): void {
  for (const [name, kind] of Object.entries(index.key)) {
    if (typeof kind !== 'string') continue;
    for (const { value } of leavesAt(doc, name.split('.'))) {
      if (!isNullish(value) && !isPointOnEarth(value)) {
        throw new ServerError(16755, `Can't extract geo keys: ${index.name} takes points`);
      }
    }
  }
}

/**
 * The keys under which an index holds a document.
 * @throws ServerError 171 when two of the index's fields are arrays, 16755 for a bad point in a geographic index
 */
export function indexKeys(index: IndexDefinition, doc: Doc): IndexKeys {
  if (index.kind === 'geo') checkPoints(index, doc);
  const fields = index.kind === 'geo' ? undefined : indexedFields(index, doc);
  if (!fields) return { keys: [], multikey: [] };
  let keys: Buffer[] = [Buffer.alloc(0)];
  for (const { values, direction } of fields) {
    const encoded = distinct(values).map((value) => encodeField(value, direction));
    keys = keys.flatMap((key) => encoded.map((bytes) => Buffer.concat([key, bytes])));
  }
  if (keys.some((key) => key.length > MAX_KEY_BYTES)) {
    throw new ServerError(17280, `index ${index.name}: key longer than ${MAX_KEY_BYTES} bytes`);
  }
  return {
    keys,
    multikey: fields.filter(({ throughArray }) => throughArray).map(({ name }) => name),
  };
}

/** The values that make up one of a document's keys, by field; undefined stands for an empty array. */
export function keyValues(index: IndexDefinition, doc: Doc, key: Buffer): Map<string, unknown> {
  const fields = indexedFields(index, doc) ?? [];
  let rows: { bytes: Buffer; values: unknown[] }[] = [{ bytes: Buffer.alloc(0), values: [] }];
  for (const { values, direction } of fields) {
    rows = rows.flatMap((row) =>
      values.map((value) => ({
        bytes: Buffer.concat([row.bytes, encodeField(value, direction)]),
        values: [...row.values, value],
      })),
    );
  }
  const found = rows.find(({ bytes }) => bytes.equals(key));
  return new Map(fields.map(({ name }, i) => [name, found?.values[i]]));
}
