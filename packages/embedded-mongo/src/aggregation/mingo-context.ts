import { Context, evalExpr, ProcessingMode } from 'mingo/core';
import * as expressions from 'mingo/operators/expression';
import type { Any, Options } from 'mingo/types';
import { badValue, ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, regexSource, type Doc } from '../bson/values';
import { OPERATORS } from './operators';

type MingoOperator = (obj: Any, expr: Any, options: Options) => Any;

/** Operators that mingo answers as the real server does. */
const OF_MINGO = (
  '$arrayToObject $concatArrays $filter $first $isArray $last $let $literal $map ' +
  '$mergeObjects $objectToArray $reduce $reverseArray $split $trim'
).split(' ');

/** Operators of mingo that take plain numbers and expressions: BSON's are handed over as such. */
const TAKING_PLAIN = [
  '$arrayElemAt',
  '$indexOfArray',
  '$range',
  '$regexMatch',
  '$slice',
  '$substrCP',
] as const;

function plain(value: unknown): unknown {
  if (isNumeric(value)) return toNumber(value);
  const source = regexSource(value);
  return source ? new RegExp(source.pattern, source.options) : value;
}

/** Hands an operator of mingo its arguments evaluated, and in JavaScript's own types. */
function adapt(operator: MingoOperator): MingoOperator {
  return (obj, expr, options) => {
    const evaluated = (item: unknown): Any => ({ $literal: plain(evalExpr(obj, item, options)) });
    if (!isDoc(expr)) return operator(obj, (expr as unknown[]).map(evaluated), options);
    const named = Object.entries(expr).map(([name, value]) => [name, evaluated(value)]);
    return operator(obj, Object.fromEntries(named), options);
  };
}

/** Name under which a dotted path is evaluated by us: mingo's own reading of nested arrays differs. */
export const READ_PATH = '$readPath';

/** The values at a path, through arrays of documents on the way. */
function readPath(value: unknown, parts: readonly string[]): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    return value.filter(isDoc).flatMap((item) => {
      const found = readPath(item, parts);
      return found === undefined ? [] : [found];
    });
  }
  return isDoc(value) && Object.hasOwn(value, part) ? readPath(value[part], rest) : undefined;
}

function expressionTable(): Record<string, MingoOperator> {
  const theirs = expressions as unknown as Record<string, MingoOperator>;
  const table: Record<string, MingoOperator> = {};
  for (const name of OF_MINGO) table[name] = theirs[name] as MingoOperator;
  for (const name of TAKING_PLAIN) table[name] = adapt(theirs[name] as MingoOperator);
  for (const [name, operator] of Object.entries(OPERATORS)) {
    table[name] = (obj, expr, options) => operator(expr, (part) => evalExpr(obj, part, options));
  }
  table[READ_PATH] = (_obj, parts, options) =>
    readPath((options as unknown as { local: { root: unknown } }).local.root, parts as string[]);
  return table;
}

const EXPRESSIONS = expressionTable();
const CONTEXT = Context.init({ expression: EXPRESSIONS });

export const isExpressionOperator = (name: string): boolean =>
  name !== READ_PATH && Object.hasOwn(EXPRESSIONS, name);

/** Options under which mingo runs: our operators, and errors instead of silent nulls. */
export const mingoOptions = (variables: Doc): Options => ({
  context: CONTEXT,
  variables,
  useStrictMode: true,
  failOnError: true,
  scriptEnabled: false,
  idKey: '_id',
  processingMode: ProcessingMode.CLONE_INPUT,
});

/** mingo reports bad arguments as plain errors; the server answers them with a number. */
export const asServerError = (error: unknown): ServerError =>
  error instanceof ServerError ? error : badValue(error instanceof Error ? error.message : String(error));
