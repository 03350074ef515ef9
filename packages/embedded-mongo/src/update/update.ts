import { badValue, failedToParse, ServerError } from '../errors';
import { equalValues } from '../bson/compare';
import { isDoc, isOperatorDoc, type Doc } from '../bson/values';
import { isIndexName } from '../query/paths';
import { compileUpdatePipeline } from '../aggregation/update-pipeline';
import type { MatchTrace } from '../query/matcher';
import { compileArrayFilters, expandPath, identifiersIn, type ArrayFilters } from './array-filters';
import { UNCHANGED, unknownOperator, UPDATE_OPERATORS } from './operators';
import { getPath, setPath, unsetPath } from './paths';

/** Changes a document in place, or returns its replacement. */
export interface Update {
  isReplacement: boolean;
  apply(doc: Doc, context: { trace: MatchTrace; isInsert: boolean; now: Date }): Doc;
}

export interface UpdateOptions {
  arrayFilters?: readonly Doc[] | undefined;
  variables?: Doc | undefined;
}

interface Modification {
  operator: string;
  path: string;
  parts: readonly string[];
  argument: unknown;
}

function parseModifications(update: Doc): Modification[] {
  return Object.entries(update).flatMap(([operator, fields]) => {
    if (!(operator in UPDATE_OPERATORS) && operator !== '$unset' && operator !== '$rename') {
      throw unknownOperator(operator);
    }
    if (!isDoc(fields)) {
      throw failedToParse(`${operator} takes fields, not ${typeof fields}`);
    }
    return Object.entries(fields).map(([path, argument]) => {
      checkPath(path);
      return { operator, path, parts: path.split('.'), argument };
    });
  });
}

function checkPath(path: string): void {
  if (path === '') throw new ServerError(56, 'An empty update path is not valid.');
  const parts = path.split('.');
  if (parts.includes('')) {
    throw new ServerError(56, `The update path '${path}' contains an empty field name`);
  }
  if (parts[0]?.startsWith('$')) {
    if (parts[0] === '$')
      throw badValue(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
    throw new ServerError(52, `the dollar-prefixed field '${parts[0]}' is not allowed`);
  }
}

const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** Two operators must not touch the same field, nor a field and one within it. */
function checkConflicts(modifications: readonly Modification[]): void {
  const paths = modifications.flatMap(({ operator, path, argument }) =>
    operator === '$rename' && typeof argument === 'string' ? [path, argument] : [path],
  );
  paths.forEach((path, i) => {
    const other = paths.slice(0, i).find((earlier) => overlaps(earlier, path));
    if (other !== undefined) {
      throw new ServerError(40, `Updating '${path}' would create a conflict at '${other}'`);
    }
  });
}

function checkFilters(modifications: readonly Modification[], filters: ArrayFilters): void {
  const used = new Set(modifications.flatMap(({ path }) => identifiersIn(path)));
  for (const { path } of modifications) {
    for (const name of identifiersIn(path)) {
      if (!filters.has(name))
        throw badValue(`No array filter found for identifier '${name}' in path '${path}'`);
    }
  }
  for (const name of filters.keys()) {
    if (!used.has(name))
      throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
  }
}

function checkRename({ path, argument }: Modification): void {
  if (typeof argument !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${path}`);
  if (argument === path) throw badValue(`The source and target field for $rename must differ: ${path}`);
}

function rename(doc: Doc, { path, parts, argument }: Modification): void {
  for (let i = 1; i < parts.length; i++) {
    const parent = getPath(doc, parts.slice(0, i));
    if (parent === undefined) return;
    if (Array.isArray(parent)) {
      throw isIndexName(parts[i] as string)
        ? badValue(`The source field cannot be an array element, '${path}'`)
        : new ServerError(28, `cannot use the part (${parts[i]}) of (${path}) to traverse the element`);
    }
  }
  const value = getPath(doc, parts);
  if (value === undefined) return;
  unsetPath(doc, parts);
  setPath(doc, String(argument).split('.'), value);
}

type ApplyContext = Parameters<Update['apply']>[1];

function applyOne(doc: Doc, modification: Modification, filters: ArrayFilters, context: ApplyContext): void {
  const { operator, argument } = modification;
  if (operator === '$setOnInsert' && !context.isInsert) return;
  if (operator === '$rename') return rename(doc, modification);
  for (const parts of expandPath(modification.parts, { doc, filters, trace: context.trace })) {
    if (operator === '$unset') {
      unsetPath(doc, parts);
      continue;
    }
    const current = getPath(doc, parts);
    const apply = UPDATE_OPERATORS[operator];
    const next = apply?.(current, { path: parts.join('.'), argument, now: context.now });
    if (next !== UNCHANGED && next !== undefined) setPath(doc, parts, next);
  }
}

/** `$set` and its kind add new fields in the order of their names, numbers by value. */
const byPath = (a: Modification, b: Modification): number => {
  for (let i = 0; i < Math.min(a.parts.length, b.parts.length); i++) {
    const [x, y] = [a.parts[i] as string, b.parts[i] as string];
    if (x === y) continue;
    const numeric = /^\d+$/.test(x) && /^\d+$/.test(y);
    return (numeric ? Number(x) - Number(y) : 0) || (x < y ? -1 : 1);
  }
  return a.parts.length - b.parts.length;
};

function operatorUpdate(update: Doc, options: UpdateOptions): Update {
  const modifications = parseModifications(update);
  modifications.filter(({ operator }) => operator === '$rename').forEach(checkRename);
  checkConflicts(modifications);
  const filters = compileArrayFilters(options.arrayFilters ?? []);
  checkFilters(modifications, filters);
  const ordered = [...modifications].sort(byPath);
  return {
    isReplacement: false,
    apply(doc, context) {
      const id = doc['_id'];
      for (const modification of ordered) applyOne(doc, modification, filters, context);
      if (!context.isInsert) checkId(id, doc);
      return doc;
    },
  };
}

function checkId(id: unknown, doc: Doc): void {
  if (!('_id' in doc) || !equalValues(id, doc['_id'])) {
    throw new ServerError(66, "the update would modify the immutable field '_id'");
  }
}

function replacement(update: Doc): Update {
  for (const name of Object.keys(update)) {
    if (name.startsWith('$')) throw new ServerError(52, `the dollar-prefixed field '${name}' is not allowed`);
  }
  return {
    isReplacement: true,
    apply(doc, { isInsert }) {
      const id = doc['_id'];
      if (!isInsert && '_id' in update && !equalValues(id, update['_id'])) {
        throw new ServerError(66, "the update would modify the immutable field '_id'");
      }
      return withId(update['_id'] ?? id, update);
    },
  };
}

function withId(id: unknown, doc: Doc): Doc {
  const { _id: _present, ...rest } = doc;
  return id === undefined ? rest : { _id: id, ...rest };
}

/**
 * Compiles an update: operators, a replacement document, or a pipeline.
 * @throws ServerError 9 for unknown operators, 40 for conflicting paths
 */
export function compileUpdate(update: unknown, options: UpdateOptions = {}): Update {
  if (Array.isArray(update)) {
    if (options.arrayFilters?.length)
      throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
    const run = compileUpdatePipeline(update as Doc[], options.variables);
    return {
      isReplacement: false,
      apply(doc, { now, isInsert }) {
        const id = doc['_id'];
        const result = run(doc, now);
        if (!isInsert) checkId(id, { _id: id, ...result });
        return id === undefined ? result : withId(result['_id'] ?? id, result);
      },
    };
  }
  if (!isDoc(update)) throw failedToParse('Update argument must be either an object or an array');
  if (isOperatorDoc(update)) return operatorUpdate(update, options);
  return replacement(update);
}
