import { badValue, notSupported, ServerError } from '../errors';
import { truthy } from '../bson/numbers';
import { isDoc, isOperatorDoc, regexSource, type Doc } from '../bson/values';
import { compileExpression } from '../aggregation/expressions';
import { geoPredicate } from './geo';
import { equals, expandedLeaves, leafTest, LEAF_OPERATORS, type LeafContext } from './matcher-operators';
import { leavesAt, type Leaf } from './paths';

/** What a match leaves behind: where in an array it was found, for the positional operator. */
export interface MatchTrace {
  arrayIndex?: number | undefined;
}

export type DocPredicate = (doc: Doc, trace?: MatchTrace) => boolean;

export interface FilterOptions {
  /** Variables of `let` and system variables such as NOW. */
  variables?: Doc | undefined;
}

const ALWAYS: DocPredicate = () => true;

/** Operators that select or order by means the find command handles, not a document's match. */
const NOT_HERE = ['$where', '$text', '$jsonSchema', '$sampleRate', '$rand'];

/**
 * Compiles a query filter.
 * @throws ServerError 2 for unknown operators, 115 for those that are not supported
 */
export function compileFilter(filter: Doc, options: FilterOptions = {}): DocPredicate {
  const predicates = Object.entries(filter).map(([name, value]) => compileClause(name, value, options));
  return conjunction(predicates);
}

function conjunction(predicates: readonly DocPredicate[]): DocPredicate {
  if (predicates.length === 0) return ALWAYS;
  if (predicates.length === 1) return predicates[0] as DocPredicate;
  return (doc, trace) => predicates.every((predicate) => predicate(doc, trace));
}

function compileClause(name: string, value: unknown, options: FilterOptions): DocPredicate {
  if (!name.startsWith('$')) return compileField(name, value, options);
  if (NOT_HERE.includes(name)) throw notSupported(name);
  switch (name) {
    case '$and':
      return conjunction(branches(name, value, options));
    case '$or': {
      const any = branches(name, value, options);
      return (doc, trace) => any.some((predicate) => predicate(doc, trace));
    }
    case '$nor': {
      const none = branches(name, value, options);
      return (doc) => !none.some((predicate) => predicate(doc));
    }
    case '$expr': {
      const expression = compileExpression(value, options.variables);
      return (doc) => truthy(expression(doc));
    }
    case '$comment':
      return ALWAYS;
    default:
      throw badValue(`unknown top level operator: ${name}`);
  }
}

function branches(name: string, value: unknown, options: FilterOptions): DocPredicate[] {
  if (!Array.isArray(value)) throw badValue(`${name} must be an array`);
  if (value.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return value.map((branch) => {
    if (!isDoc(branch)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileFilter(branch, options);
  });
}

function compileField(path: string, condition: unknown, options: FilterOptions): DocPredicate {
  const parts = path.split('.');
  if (!isOperatorDoc(condition)) return implicitEquality(parts, condition);
  const predicates: DocPredicate[] = [];
  for (const [name, argument] of Object.entries(condition)) {
    if (!name.startsWith('$')) throw badValue(`unknown operator: ${name}`);
    if (name === '$options' && '$regex' in condition) continue;
    predicates.push(compileOperator(parts, name, argument, condition, options));
  }
  return conjunction(predicates);
}

function implicitEquality(parts: readonly string[], value: unknown): DocPredicate {
  if (regexSource(value)) {
    const context = { path: parts.join('.'), siblings: {} };
    return anyLeaf(parts, leafTest('$regex', value, context));
  }
  return anyLeaf(parts, equals(value));
}

function anyLeaf(parts: readonly string[], test: (value: unknown) => boolean): DocPredicate {
  return (doc, trace) => {
    const found = expandedLeaves(doc, parts).find((leaf) => test(leaf.value));
    if (found && trace && found.arrayIndex !== undefined) trace.arrayIndex = found.arrayIndex;
    return found !== undefined;
  };
}

function wholeLeaf(
  parts: readonly string[],
  test: (value: unknown, leaf: Leaf, trace?: MatchTrace) => boolean,
): DocPredicate {
  return (doc, trace) => leavesAt(doc, parts).some((leaf) => test(leaf.value, leaf, trace));
}

const not =
  (predicate: DocPredicate): DocPredicate =>
  (doc) =>
    !predicate(doc);

function compileOperator(
  parts: readonly string[],
  name: string,
  argument: unknown,
  siblings: Doc,
  options: FilterOptions,
): DocPredicate {
  const path = parts.join('.');
  const context: LeafContext = { path, siblings };
  if (LEAF_OPERATORS.has(name)) return anyLeaf(parts, leafTest(name, argument, context));
  if (NOT_HERE.includes(name)) throw notSupported(name);
  switch (name) {
    case '$ne':
      if (regexSource(argument)) throw badValue(`Can't have regex as arg to $ne.`);
      return not(anyLeaf(parts, leafTest('$eq', argument, context)));
    case '$nin':
      return not(anyLeaf(parts, leafTest('$in', argument, context)));
    case '$not':
      return not(negated(path, parts, argument, options));
    case '$exists': {
      const wanted = truthy(argument);
      return (doc) => leavesAt(doc, parts).some((leaf) => leaf.value !== undefined) === wanted;
    }
    case '$size': {
      const size = sizeArgument(argument);
      return wholeLeaf(parts, (value) => Array.isArray(value) && value.length === size);
    }
    case '$elemMatch':
      return elemMatch(parts, argument, options);
    case '$all':
      return all(parts, argument, context, options);
    case '$comment':
      return ALWAYS;
    case '$geoWithin': {
      const within = geoPredicate(argument);
      return wholeLeaf(parts, (value) => value !== undefined && within(value));
    }
    case '$near':
    case '$nearSphere':
      throw new ServerError(5626500, '$geoNear, $near, and $nearSphere are not allowed in this context');
    default:
      throw badValue(`unknown operator: ${name}`);
  }
}

function negated(
  path: string,
  parts: readonly string[],
  argument: unknown,
  options: FilterOptions,
): DocPredicate {
  if (regexSource(argument)) return implicitEquality(parts, argument);
  if (!isDoc(argument)) throw badValue('$not needs a regex or a document');
  if (Object.keys(argument).length === 0) throw badValue('$not cannot be empty');
  if (!isOperatorDoc(argument)) throw badValue(`unknown operator: ${Object.keys(argument)[0] ?? ''}`);
  return compileField(path, argument, options);
}

function sizeArgument(argument: unknown): number {
  const size = Number(argument);
  if (typeof argument === 'string' || Number.isNaN(size))
    throw badValue(`Failed to parse $size. Expected a number`);
  if (!Number.isInteger(size)) throw badValue('Failed to parse $size. Expected an integer');
  if (size < 0) throw badValue('Failed to parse $size. Expected a non-negative number');
  return size;
}

/** Whether one element satisfies the condition: by its fields, or as a value when operators stand alone. */
function elementPredicate(condition: Doc, options: FilterOptions): (element: unknown) => boolean {
  const first = Object.keys(condition)[0];
  const isValueTest = isOperatorDoc(condition) && !['$and', '$or', '$nor', '$expr'].includes(first ?? '');
  if (isValueTest) {
    // Reached by its position, an element that is an array itself is not searched for elements in turn.
    const test = compileFilter({ 'elements.0': condition }, options);
    return (element) => test({ elements: [element] });
  }
  const test = compileFilter(condition, options);
  return (element) => (isDoc(element) || Array.isArray(element)) && test(element as Doc);
}

function elemMatch(parts: readonly string[], argument: unknown, options: FilterOptions): DocPredicate {
  if (!isDoc(argument)) throw badValue('$elemMatch needs an Object');
  const test = elementPredicate(argument, options);
  return wholeLeaf(parts, (value, leaf, trace) => {
    const index = Array.isArray(value) ? value.findIndex(test) : -1;
    if (index >= 0 && trace) trace.arrayIndex = leaf.arrayIndex ?? index;
    return index >= 0;
  });
}

function all(
  parts: readonly string[],
  argument: unknown,
  context: LeafContext,
  options: FilterOptions,
): DocPredicate {
  if (!Array.isArray(argument)) throw badValue('$all needs an array');
  if (argument.length === 0) return () => false;
  return conjunction(
    argument.map((item: unknown) => {
      if (isDoc(item) && '$elemMatch' in item) return elemMatch(parts, item['$elemMatch'], options);
      if (isOperatorDoc(item)) throw badValue('no $ expressions in $all');
      return regexSource(item)
        ? anyLeaf(parts, leafTest('$regex', item, context))
        : anyLeaf(parts, equals(item));
    }),
  );
}

/** Top-level fields a filter reads; undefined when it may read any. */
export function fieldsRead(filter: Doc): Set<string> | undefined {
  const fields = new Set<string>();
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$comment') continue;
    if (!name.startsWith('$')) {
      fields.add(name.split('.')[0] as string);
      continue;
    }
    if (!['$and', '$or', '$nor'].includes(name) || !Array.isArray(value)) return undefined;
    for (const branch of value as Doc[]) {
      const inner = fieldsRead(branch);
      if (!inner) return undefined;
      for (const field of inner) fields.add(field);
    }
  }
  return fields;
}
