import { isDoc, type Doc } from '../bson/values';

/** A value found at a dotted path, and the position in the outermost array that led to it. */
export interface Leaf {
  value: unknown;
  arrayIndex: number | undefined;
  /** Reached by a position in an array: if it is an array itself, it is meant as a whole. */
  byPosition?: boolean;
}

const INDEX = /^(0|[1-9]\d*)$/;

export const isIndexName = (part: string): boolean => INDEX.test(part);

function walk(
  value: unknown,
  parts: readonly string[],
  at: number,
  arrayIndex: number | undefined,
  out: Leaf[],
  byPosition = false,
): void {
  if (at === parts.length) {
    out.push({ value, arrayIndex, byPosition });
    return;
  }
  const part = parts[at] as string;
  if (Array.isArray(value)) {
    if (isIndexName(part) && Number(part) < value.length) {
      walk(value[Number(part)], parts, at + 1, arrayIndex, out, true);
    }
    value.forEach((element, index) => {
      if (isDoc(element)) walk(element, parts, at, arrayIndex ?? index, out);
    });
    return;
  }
  const next = isDoc(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  if (next === undefined) out.push({ value: undefined, arrayIndex });
  else walk(next, parts, at + 1, arrayIndex, out);
}

/** The values a query's dotted path reaches, through arrays on the way; a missing field yields `undefined`. */
export function leavesAt(doc: Doc, parts: readonly string[]): Leaf[] {
  const first = parts[0] as string;
  if (parts.length === 1) {
    return [{ value: Object.hasOwn(doc, first) ? doc[first] : undefined, arrayIndex: undefined }];
  }
  const out: Leaf[] = [];
  walk(doc, parts, 0, undefined, out);
  return out;
}

/** As {@link leavesAt}, arrays at the end of the path also element by element. */
export function expandedLeaves(doc: Doc, parts: readonly string[]): Leaf[] {
  const out: Leaf[] = [];
  for (const leaf of leavesAt(doc, parts)) {
    out.push(leaf);
    if (Array.isArray(leaf.value) && !leaf.byPosition) {
      leaf.value.forEach((value: unknown, index) =>
        out.push({ value, arrayIndex: leaf.arrayIndex ?? index }),
      );
    }
  }
  return out;
}
