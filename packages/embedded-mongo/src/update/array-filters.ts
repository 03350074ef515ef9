import { badValue, failedToParse } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { compileFilter } from '../query/matcher';
import type { MatchTrace } from '../query/matcher';
import { getPath } from './paths';

export type ElementTest = (element: unknown) => boolean;
export type ArrayFilters = ReadonlyMap<string, ElementTest>;

/** The identifier an array filter is about: the first part of its field names. */
function identifierOf(filter: Doc): string {
  for (const [name, value] of Object.entries(filter)) {
    if (!name.startsWith('$')) return name.split('.')[0] as string;
    if (Array.isArray(value) && isDoc(value[0])) return identifierOf(value[0]);
  }
  throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
}

/** Compiles `arrayFilters`. @throws ServerError 9 for a filter without, or with a repeated, identifier */
export function compileArrayFilters(filters: readonly Doc[]): ArrayFilters {
  const compiled = new Map<string, ElementTest>();
  for (const filter of filters) {
    const identifier = identifierOf(filter);
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
      throw badValue(`invalid identifier of an array filter: '${identifier}'`);
    }
    if (compiled.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const test = compileFilter(filter);
    compiled.set(identifier, (element) => test({ [identifier]: element }));
  }
  return compiled;
}

/** The filter names a path uses, as in `items.$[item].price`. */
export const identifiersIn = (path: string): string[] =>
  [...path.matchAll(/\.\$\[([^\]]+)\]/g)].map((match) => match[1] as string);

interface Expansion {
  doc: Doc;
  filters: ArrayFilters;
  trace: MatchTrace;
}

/** Replaces `$`, `$[]` and `$[name]` in a path by the positions they stand for in this document. */
export function expandPath(
  parts: readonly string[],
  expansion: Expansion,
  done: readonly string[] = [],
): string[][] {
  const [part, ...rest] = parts;
  if (part === undefined) return [[...done]];
  if (part === '$') {
    const { arrayIndex } = expansion.trace;
    if (arrayIndex === undefined) {
      throw badValue('The positional operator did not find the match needed from the query.');
    }
    return expandPath(rest, expansion, [...done, String(arrayIndex)]);
  }
  const placeholder = /^\$\[(.*)\]$/.exec(part);
  if (!placeholder) return expandPath(rest, expansion, [...done, part]);
  const array = getPath(expansion.doc, done);
  if (array === undefined) {
    throw badValue(`The path '${done.join('.')}' must exist to apply array updates`);
  }
  if (!Array.isArray(array))
    throw badValue(`Cannot apply array updates to non-array element ${done.join('.')}`);
  const name = placeholder[1] as string;
  const test = name === '' ? () => true : expansion.filters.get(name);
  if (!test) throw badValue(`No array filter found for identifier '${name}' in path '${parts.join('.')}'`);
  return array.flatMap((element: unknown, i) =>
    test(element) ? expandPath(rest, expansion, [...done, String(i)]) : [],
  );
}
