import { evalExpr } from 'mingo/core';
import type { Options } from 'mingo/types';
import { ServerError } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { asServerError, isExpressionOperator, mingoOptions, READ_PATH } from './mingo-context';

export type Expression = (doc: Doc) => unknown;

/** Operators of one argument, which may be written as a list of one. */
const UNARY =
  '$size $first $last $reverseArray $arrayToObject $objectToArray $toUpper $toLower $not $type'.split(' ');

/** Variables every expression may use. */
const SYSTEM_VARIABLES = ['ROOT', 'CURRENT', 'REMOVE', 'NOW'];

/** Operators that bind variables, and the names they bind without being told any. */
const BINDING: Readonly<Record<string, readonly string[]>> = {
  $map: ['this'],
  $filter: ['this'],
  $reduce: ['this', 'value'],
  $let: [],
};

/** The names an operator binds for the expressions within it. */
function boundNames(name: string, argument: unknown): readonly string[] {
  const fixed = BINDING[name];
  if (!fixed || !isDoc(argument)) return [];
  const named = typeof argument['as'] === 'string' ? [argument['as']] : [];
  return [...fixed, ...named, ...(isDoc(argument['vars']) ? Object.keys(argument['vars']) : [])];
}

function prepareText(text: string, variables: Doc, bound: readonly string[]): unknown {
  if (text === '$$NOW' && variables['NOW'] !== undefined) return variables['NOW'];
  if (text.startsWith('$$')) {
    const name = text.slice(2).split('.')[0] as string;
    const isKnown = SYSTEM_VARIABLES.includes(name) || bound.includes(name) || Object.hasOwn(variables, name);
    if (!isKnown) throw new ServerError(17276, `Use of undefined variable: ${name}`);
    return text;
  }
  if (!text.startsWith('$')) return text;
  const parts = text.slice(1).split('.');
  if (parts[0] === '') throw new ServerError(16872, `'$' by itself is not a valid FieldPath`);
  if (parts.includes(''))
    throw new ServerError(40353, `FieldPath must not end with a '.' or contain an empty field name: ${text}`);
  return parts.length > 1 ? { [READ_PATH]: parts } : text;
}

function prepareOperator(name: string, argument: unknown): unknown {
  if (!isExpressionOperator(name)) throw new ServerError(168, `Unrecognized expression '${name}'`);
  if (!UNARY.includes(name) || !Array.isArray(argument)) return argument;
  if (argument.length === 1) return argument[0] as unknown;
  throw new ServerError(16020, `Expression ${name} takes 1 argument, not ${argument.length}`);
}

/**
 * Checks an expression before any document is looked at, and settles `$$NOW`, which must be the same throughout a
 * command.
 */
function prepare(expression: unknown, variables: Doc, bound: readonly string[] = []): unknown {
  if (typeof expression === 'string') return prepareText(expression, variables, bound);
  if (Array.isArray(expression)) return expression.map((item) => prepare(item, variables, bound));
  if (!isDoc(expression)) return expression;
  const entries = Object.entries(expression);
  const [first] = entries;
  if (first?.[0].startsWith('$') && entries.length > 1) {
    throw new ServerError(15983, 'an expression must contain exactly one field, its name');
  }
  const prepared: Doc = {};
  for (const [name, argument] of entries) {
    if (name === '$literal') return expression;
    const inner = name.startsWith('$') ? prepareOperator(name, argument) : argument;
    prepared[name] = prepare(inner, variables, [...bound, ...boundNames(name, argument)]);
  }
  return prepared;
}

const buildsValues = (expression: unknown): boolean =>
  Array.isArray(expression) ||
  (isDoc(expression) &&
    (!Object.keys(expression)[0]?.startsWith('$') || Object.values(expression).some(buildsValues)));

/** Fields computed from what is missing are left out of documents, and null in arrays. */
function withoutMissing(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown) => (item === undefined ? null : withoutMissing(item)));
  if (!isDoc(value)) return value;
  const doc: Doc = {};
  for (const [name, item] of Object.entries(value)) if (item !== undefined) doc[name] = withoutMissing(item);
  return doc;
}

/** Top-level fields that expressions read; undefined when they may read any. */
export function fieldsOf(expression: unknown, into = new Set<string>()): Set<string> | undefined {
  if (typeof expression === 'string') {
    if (expression.startsWith('$$')) return undefined;
    if (expression.startsWith('$')) into.add(expression.slice(1).split('.')[0] as string);
    return into;
  }
  const parts = Array.isArray(expression) ? expression : isDoc(expression) ? Object.values(expression) : [];
  return parts.every((part) => fieldsOf(part, into)) ? into : undefined;
}

/** Fields and documents of fields are read by us, which is several times as fast as through mingo. */
function evaluator(prepared: unknown, options: Options): Expression {
  if (typeof prepared === 'string' && /^\$[^$]/.test(prepared)) {
    const name = prepared.slice(1);
    return (doc) => (Object.hasOwn(doc, name) ? doc[name] : undefined);
  }
  if (!isDoc(prepared) || !Object.keys(prepared)[0]?.startsWith('$')) {
    if (!isDoc(prepared)) return (doc) => withoutMissing(evalExpr(doc, prepared, options));
    const fields = Object.entries(prepared).map(
      ([name, value]) => [name, evaluator(value, options)] as const,
    );
    return (doc) => withoutMissing(Object.fromEntries(fields.map(([name, read]) => [name, read(doc)])));
  }
  const clean = buildsValues(prepared) ? withoutMissing : (value: unknown): unknown => value;
  return (doc) => clean(evalExpr(doc, prepared, options));
}

/**
 * Compiles an aggregation expression.
 * @throws ServerError 168 for an unknown operator, 17276 for an unknown variable
 */
export function compileExpression(expression: unknown, variables: Doc = {}): Expression {
  const evaluate = evaluator(prepare(expression, variables), mingoOptions(variables));
  return (doc) => {
    try {
      return evaluate(doc);
    } catch (error) {
      throw asServerError(error);
    }
  };
}
