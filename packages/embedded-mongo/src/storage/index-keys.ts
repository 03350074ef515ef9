import { notSupported, ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, type Doc } from '../bson/values';
import { isIndexName } from '../query/paths';
import { boundedKey, encodeField, MAX_KEY_BYTES } from './key-encoding';
import type { IndexDefinition } from './catalog';

/** What a document contributes to an index. */
export interface IndexKeys {
  keys: Buffer[];
  /** Fields of the index that passed through an array in this document. */
  multikey: string[];
  /** A key was cut, so that the order of the entries is no longer exact. */
  truncated: boolean;
}

interface FieldValues {
  values: unknown[];
  throughArray: boolean;
}

/** The values of one indexed field; an empty array counts as a missing one. */
function fieldValues(value: unknown, parts: readonly string[], at: number): FieldValues {
  if (Array.isArray(value)) return arrayValues(value, parts, at);
  if (at === parts.length) return { values: [value], throughArray: false };
  const part = parts[at] as string;
  const next = isDoc(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return next === undefined ? { values: [undefined], throughArray: false } : fieldValues(next, parts, at + 1);
}

function arrayValues(array: readonly unknown[], parts: readonly string[], at: number): FieldValues {
  if (at === parts.length) {
    return { values: array.length === 0 ? [null] : [...array], throughArray: true };
  }
  const part = parts[at] as string;
  if (isIndexName(part) && Number(part) < array.length) {
    return { ...fieldValues(array[Number(part)], parts, at + 1), throughArray: true };
  }
  const values = array.flatMap((element) =>
    isDoc(element) ? fieldValues(element, parts, at).values : [undefined],
  );
  return { values: values.length === 0 ? [undefined] : values, throughArray: true };
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

/**
 * The keys under which an index holds a document.
 * @throws ServerError 171 when two of the index's fields are arrays
 */
export function indexKeys(index: IndexDefinition, doc: Doc): IndexKeys {
  const none: IndexKeys = { keys: [], multikey: [], truncated: false };
  if (index.kind === 'geo') return none;
  if (index.matchesPartial && !index.matchesPartial(doc)) return none;
  const fields = indexFields(index).map((field) => ({
    ...field,
    ...fieldValues(doc, field.name.split('.'), 0),
  }));
  if (index.sparse && fields.every(({ values }) => values.every((value) => value === undefined))) return none;
  const arrays = fields.filter((field) => field.throughArray);
  const roots = new Set(arrays.map((field) => field.name.split('.')[0]));
  if (roots.size > 1) {
    throw new ServerError(
      171,
      `cannot index parallel arrays ${[...roots].map((root) => `[${root}]`).join(' ')}`,
    );
  }
  // Two fields below one array would have to be paired element by element; their product is only a superset.
  if (index.unique && arrays.length > 1) throw notSupported('a unique index on two fields of one array');
  let keys: Buffer[] = [Buffer.alloc(0)];
  for (const { values, direction } of fields) {
    const encoded = distinct(values.map((value) => value ?? null)).map((value) =>
      encodeField(value, direction),
    );
    keys = keys.flatMap((key) => encoded.map((bytes) => Buffer.concat([key, bytes])));
  }
  const truncated = keys.some((key) => key.length > MAX_KEY_BYTES);
  return {
    keys: truncated ? keys.map(boundedKey) : keys,
    multikey: arrays.map((field) => field.name),
    truncated,
  };
}
