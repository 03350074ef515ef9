import { ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { Long, isDoc, isNullish, type Doc } from '../bson/values';
import { compileBucket } from './bucket';
import type { Docs, Stage } from './stage';
import { compileFilter } from '../query/matcher';
import { getPath, setPath, unsetPath } from '../update/paths';
import { fieldStages } from './field-stages';
import { compileGroup } from './group';
import { parseSort, sortDocs } from '../query/sort';

function* map(docs: Docs, apply: (doc: Doc) => Doc): Generator<Doc> {
  for (const doc of docs) yield apply(doc);
}

function* filter(docs: Docs, test: (doc: Doc) => boolean): Generator<Doc> {
  for (const doc of docs) if (test(doc)) yield doc;
}

function* take(docs: Docs, limit: number): Generator<Doc> {
  let left = limit;
  for (const doc of docs) {
    yield doc;
    left -= 1;
    if (left <= 0) return;
  }
}

function* drop(docs: Docs, count: number): Generator<Doc> {
  let left = count;
  for (const doc of docs) {
    if (left > 0) left -= 1;
    else yield doc;
  }
}

function* defer(make: () => Docs): Generator<Doc> {
  yield* make();
}

function amount(name: string, code: number, argument: unknown, least: number): number {
  const value = isNumeric(argument) ? toNumber(argument) : Number.NaN;
  if (!Number.isInteger(value) || value < least) {
    throw new ServerError(
      code,
      `invalid argument to ${name} stage: Expected an integer of at least ${least}, but found: ${String(argument)}`,
    );
  }
  return value;
}

interface Unwind {
  parts: string[];
  keepEmpty: boolean;
  indexParts: string[] | undefined;
}

function parseUnwind(argument: unknown): Unwind {
  const { path, preserveNullAndEmptyArrays, includeArrayIndex }: Doc = isDoc(argument)
    ? argument
    : { path: argument };
  if (typeof path !== 'string')
    throw new ServerError(28808, `expected a string as the path for $unwind stage`);
  if (!path.startsWith('$')) {
    throw new ServerError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  return {
    parts: path.slice(1).split('.'),
    keepEmpty: preserveNullAndEmptyArrays === true,
    indexParts: typeof includeArrayIndex === 'string' ? includeArrayIndex.split('.') : undefined,
  };
}

/** A copy along one path, so that the documents of an unwound array do not share what differs. */
function withValue(doc: Doc, parts: readonly string[], value: unknown): Doc {
  const [part, ...rest] = parts;
  if (part === undefined) return doc;
  const copy = { ...doc };
  if (rest.length > 0) copy[part] = withValue(isDoc(copy[part]) ? copy[part] : {}, rest, value);
  else if (value === undefined) unsetPath(copy, [part]);
  else setPath(copy, [part], value);
  return copy;
}

function* unwind(docs: Docs, { parts, keepEmpty, indexParts }: Unwind): Generator<Doc> {
  const numbered = (doc: Doc, index: number | null): Doc =>
    indexParts ? withValue(doc, indexParts, index === null ? null : Long.fromNumber(index)) : doc;
  for (const doc of docs) {
    const value = getPath(doc, parts);
    if (Array.isArray(value) && value.length > 0) {
      for (const [i, element] of value.entries()) yield numbered(withValue(doc, parts, element), i);
    } else if (Array.isArray(value)) {
      if (keepEmpty) yield numbered(withValue(doc, parts, undefined), null);
    } else if (!isNullish(value) || keepEmpty) yield numbered(doc, null);
  }
}

function countStage(argument: unknown): Stage {
  if (typeof argument !== 'string' || argument === '')
    throw new ServerError(40156, 'the count field must be a non-empty string');
  if (argument.startsWith('$')) throw new ServerError(40158, 'the count field cannot be a $-prefixed path');
  if (argument.includes('.')) throw new ServerError(40160, "the count field cannot contain '.'");
  return function* count(docs) {
    let total = 0;
    for (const doc of docs) total += doc ? 1 : 0;
    if (total > 0) yield { [argument]: total };
  };
}

function sortStage(argument: unknown): Stage {
  if (!isDoc(argument)) throw new ServerError(15973, 'the $sort key specification must be an object');
  const fields = parseSort(argument);
  if (fields.length === 0) throw new ServerError(15976, '$sort stage must have at least one sort key');
  return (docs) => defer(() => sortDocs([...docs], fields, (doc) => doc));
}

function sortByCount(argument: unknown, variables: Doc): Stage {
  const group = compileGroup({ _id: argument, count: { $sum: 1 } }, variables);
  return (docs) => defer(() => sortDocs([...group(docs)], parseSort({ count: -1 }), (doc) => doc));
}

type Compile = (argument: unknown, variables: Doc) => Stage;

/** Stages that need nothing but the documents that come in. */
export const LOCAL_STAGES: Readonly<Record<string, Compile>> = {
  ...Object.fromEntries(
    Object.entries(fieldStages).map(([name, compile]): [string, Compile] => [
      name,
      (argument, variables) => {
        const apply = compile(argument, variables);
        return (docs) => map(docs, apply);
      },
    ]),
  ),
  $match: (argument, variables) => {
    if (!isDoc(argument)) throw new ServerError(15959, 'the match filter must be an expression in an object');
    const test = compileFilter(argument, { variables });
    return (docs) => filter(docs, test);
  },
  $sort: sortStage,
  $limit: (argument) => {
    const limit = amount('$limit', 15958, argument, 1);
    return (docs) => take(docs, limit);
  },
  $skip: (argument) => {
    const skip = amount('$skip', 5107200, argument, 0);
    return (docs) => drop(docs, skip);
  },
  $group: (argument, variables) => compileGroup(argument, variables),
  $unwind: (argument) => {
    const specification = parseUnwind(argument);
    return (docs) => unwind(docs, specification);
  },
  $count: countStage,
  $sortByCount: sortByCount,
  $bucket: compileBucket,
};
