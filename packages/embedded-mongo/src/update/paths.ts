import { ServerError } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { isIndexName } from '../query/paths';

type Container = Doc | unknown[];

/** How far an array may be padded by setting an element beyond its end. */
const MAX_PADDING = 1_500_000;

const isContainer = (value: unknown): value is Container => Array.isArray(value) || isDoc(value);

export function childOf(container: Container, part: string): unknown {
  if (Array.isArray(container)) return isIndexName(part) ? container[Number(part)] : undefined;
  return Object.hasOwn(container, part) ? container[part] : undefined;
}

const notViable = (part: string, parent: string, container: unknown): ServerError =>
  new ServerError(28, `Cannot create field '${part}' in element {${parent}: ${JSON.stringify(container)}}`);

function assign(container: Container, part: string, value: unknown, parent: string): void {
  if (Array.isArray(container)) {
    if (!isIndexName(part)) throw notViable(part, parent, container);
    const index = Number(part);
    if (index > container.length + MAX_PADDING)
      throw new ServerError(2, 'array index is too far beyond the end');
    while (container.length < index) container.push(null);
    container[index] = value;
  } else if (part === '__proto__') {
    Object.defineProperty(container, part, { value, enumerable: true, writable: true, configurable: true });
  } else {
    container[part] = value;
  }
}

/** The value at a path of names and positions; undefined where there is none. */
export function getPath(doc: Doc, parts: readonly string[]): unknown {
  let value: unknown = doc;
  for (const part of parts) {
    if (!isContainer(value)) return undefined;
    value = childOf(value, part);
  }
  return value;
}

/** Sets a value, making the documents on the way. @throws ServerError 28 when something else is in the way */
export function setPath(doc: Doc, parts: readonly string[], value: unknown): void {
  let container: Container = doc;
  parts.slice(0, -1).forEach((part, i) => {
    let next = childOf(container, part);
    if (next === undefined) {
      next = {};
      assign(container, part, next, parts[i - 1] ?? '');
    }
    if (!isContainer(next)) throw notViable(parts[i + 1] as string, part, next);
    container = next;
  });
  assign(container, parts.at(-1) as string, value, parts.at(-2) ?? '');
}

/** Removes a field; an array's element becomes null, so that the others keep their places. */
export function unsetPath(doc: Doc, parts: readonly string[]): void {
  const parent = getPath(doc, parts.slice(0, -1));
  const last = parts.at(-1) as string;
  if (Array.isArray(parent)) {
    if (isIndexName(last) && Number(last) < parent.length) parent[Number(last)] = null;
  } else if (isDoc(parent)) {
    delete parent[last];
  }
}
