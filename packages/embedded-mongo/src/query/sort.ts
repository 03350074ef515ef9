import { notSupported, ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, type Doc } from '../bson/values';
import { leavesAt } from './paths';

export interface SortField {
  name: string;
  parts: readonly string[];
  direction: 1 | -1;
}

/** Reads a sort pattern. @throws ServerError for directions other than 1 and -1 */
export function parseSort(sort: Doc): SortField[] {
  return Object.entries(sort).map(([name, value]) => {
    if (isDoc(value)) throw notSupported('$meta sort');
    const direction = Number(value);
    if (direction !== 1 && direction !== -1) {
      throw new ServerError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    return { name, parts: name.split('.'), direction };
  });
}

/** What an array is sorted by: its lowest element ascending, its highest descending; empty before null. */
function sortKey(doc: Doc, { parts, direction }: SortField): unknown {
  const values = leavesAt(doc, parts).flatMap(({ value, byPosition }): unknown[] => {
    if (!Array.isArray(value) || byPosition) return [value ?? null];
    return value.length === 0 ? [undefined] : value;
  });
  if (values.length < 2) return values.length === 0 ? null : values[0];
  return values.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best));
}

/** Sorts documents as the server does; documents that compare equal keep their order. */
export function sortDocs<T>(items: readonly T[], fields: readonly SortField[], docOf: (item: T) => Doc): T[] {
  // By `_id` alone, arrays are compared as they are, as in the index on `_id`.
  const isById = fields.length === 1 && fields[0]?.name === '_id';
  const keyOf = (doc: Doc, field: SortField): unknown =>
    isById ? (doc['_id'] ?? null) : sortKey(doc, field);
  const keyed = items.map((item) => ({ item, keys: fields.map((field) => keyOf(docOf(item), field)) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < fields.length; i++) {
      const order = compareValues(a.keys[i], b.keys[i]) * (fields[i] as SortField).direction;
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
