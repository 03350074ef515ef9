import { compareKeys, isDoc, keyOf, type Doc } from './bson';
import { need, notSupported } from './errors';

export type Path = readonly string[];
export type Container = Doc | unknown[];
export const isContainer = (value: unknown): value is Container => Array.isArray(value) || isDoc(value);
export const isPosition = (part: string): boolean => /^(0|[1-9]\d*)$/.test(part);

export function childOf(container: unknown, part: string): unknown {
  if (Array.isArray(container)) return isPosition(part) ? container[Number(part)] : undefined;
  return isDoc(container) && Object.hasOwn(container, part) ? container[part] : undefined;
}

/** Sets a field or an element, also one named `__proto__`. */
export const assign = (container: Container, name: string, value: unknown): Container =>
  Object.defineProperty(container, name, { value, enumerable: true, writable: true, configurable: true });

/** The value at a path of names and positions; undefined where there is none. */
export const getPath = (value: unknown, path: Path): unknown => path.reduce(childOf, value);

/** A value found at a query's path; one named by its position is meant as a whole if it is an array itself. */
type Leaf = { value: unknown; isWhole: boolean };

/** What a query's path reaches, through arrays of documents on the way; a missing field is `undefined`. */
export function leavesAt(value: unknown, path: Path, isWhole = false, at = 0): Leaf[] {
  const part = path[at];
  if (part === undefined || value === undefined) return [{ value, isWhole }];
  if (!Array.isArray(value)) return leavesAt(childOf(value, part), path, false, at + 1);
  const isNamed = isPosition(part) && Number(part) < value.length;
  const named = isNamed ? leavesAt(value[Number(part)], path, at + 1 === path.length, at + 1) : [];
  return [...named, ...value.filter(isDoc).flatMap((element) => leavesAt(element, path, false, at))];
}

/** The values at a path, those of arrays by themselves; null where one is missing, `undefined` for an empty array. */
export function keyValues(doc: Doc, path: Path): unknown[] {
  const [root = '', ...others] = path;
  const value = childOf(doc, root);
  if (others.length === 0 && !Array.isArray(value)) return [value ?? null];
  const values = leavesAt(doc, path).flatMap(({ value, isWhole }): unknown[] => {
    if (!Array.isArray(value) || isWhole) return [value ?? null];
    return value.length === 0 ? [undefined] : value;
  });
  return values.length === 0 ? [null] : values;
}

export function passesArray(doc: Doc, path: Path): boolean {
  let value: unknown = doc;
  return path.some((part) => Array.isArray((value = childOf(value, part))));
}

/** A copy with one path set, of which only what differs is new. @throws ServerError 115 for a path into an array */
export function withPath(doc: unknown, [part = '', ...rest]: Path, value: unknown): Doc {
  if (Array.isArray(doc)) throw notSupported('computing a field within an array');
  const copy: Doc = isDoc(doc) ? { ...doc } : {};
  const next = rest.length > 0 ? withPath(copy[part], rest, value) : value;
  if (next === undefined) delete copy[part];
  else assign(copy, part, next);
  return copy;
}

export type SortField = { name: string; path: Path; direction: 1 | -1 };

/** Reads a sort pattern. @throws ServerError 15975 for directions other than 1 and -1 */
export function parseSort(sort: Doc): SortField[] {
  return Object.entries(sort).map(([name, direction]) => {
    need(direction === 1 || direction === -1, 15975, '$sort key ordering must be 1 or -1');
    return { name, path: name.split('.'), direction };
  });
}

/** Of an array, its lowest element counts when ascending, its highest when descending. */
function sortKey(doc: Doc, { name, path, direction }: SortField): string {
  if (name === '_id') return keyOf(doc['_id'] ?? null);
  const keys = keyValues(doc, path).map(keyOf);
  return keys.reduce((best, key) => (compareKeys(key, best) * direction < 0 ? key : best));
}

/** Sorts as the server does; what compares equal keeps its order. */
export function sortDocs<T>(items: Iterable<T>, fields: readonly SortField[], docOf: (item: T) => Doc): T[] {
  const keyed = Array.from(items, (item) => ({
    item,
    keys: fields.map((field) => sortKey(docOf(item), field)),
  }));
  keyed.sort((a, b) => {
    const at = fields.findIndex((_field, i) => a.keys[i] !== b.keys[i]);
    return at < 0
      ? 0
      : compareKeys(a.keys[at] as string, b.keys[at] as string) * (fields[at] as SortField).direction;
  });
  return keyed.map(({ item }) => item);
}
