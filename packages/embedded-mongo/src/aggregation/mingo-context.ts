import { Context, evalExpr, ProcessingMode } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import type { Any, Options } from 'mingo/types';
import { badValue, ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, regexSource, type Doc } from '../bson/values';
import { arithmeticOperators } from './arithmetic-operators';
import { comparisonOperators } from './comparison-operators';
import { conversionOperators } from './conversion-operators';
import { dateOperators } from './date-operators';
import { logicalOperators } from './logical-operators';
import type { Operator } from './operator';
import { setOperators } from './set-operators';
import { textAndArrayOperators } from './text-and-array-operators';

type MingoOperator = (obj: Any, expr: Any, options: Options) => Any;

/** Operators of mingo that take plain numbers: whole doubles and 64-bit integers are handed over as such. */
const TAKING_NUMBERS = [
  '$arrayElemAt',
  '$slice',
  '$range',
  '$substrCP',
  '$indexOfArray',
  '$firstN',
  '$lastN',
  '$maxN',
  '$minN',
  '$bitAnd',
  '$bitOr',
  '$bitXor',
  '$bitNot',
] as const;

/** Operators whose regex argument may be stored or sent as BSON. */
const TAKING_REGEX = ['$regexMatch', '$regexFind', '$regexFindAll'] as const;

/** Running the client's own code is not for a server that knows nothing of its users. */
export const REMOVED_OPERATORS: readonly string[] = ['$function', '$accumulator', '$where', '$meta'];

function plain(value: unknown): unknown {
  if (isNumeric(value)) return toNumber(value);
  const source = regexSource(value);
  return source ? new RegExp(source.pattern, source.options) : value;
}

/** Hands an operator of mingo its arguments evaluated, and in JavaScript's own types. */
function adapt(operator: MingoOperator): MingoOperator {
  return (obj, expr, options) => {
    const evaluated = (item: unknown): Any => ({ $literal: plain(evalExpr(obj, item, options)) });
    if (Array.isArray(expr)) return operator(obj, expr.map(evaluated), options);
    if (isDoc(expr) && !Object.keys(expr)[0]?.startsWith('$')) {
      const named = Object.entries(expr).map(([name, value]) => [name, evaluated(value)]);
      return operator(obj, Object.fromEntries(named), options);
    }
    return operator(obj, expr, options);
  };
}

const ours =
  (operator: Operator): MingoOperator =>
  (obj, expr, options) =>
    operator(expr, (expression) => evalExpr(obj, expression, options));

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
  if (!isDoc(value) || !Object.hasOwn(value, part)) return undefined;
  return readPath(value[part], rest);
}

function expressionTable(): Record<string, MingoOperator> {
  const table: Record<string, MingoOperator> = {
    ...(expressions as unknown as Record<string, MingoOperator>),
  };
  for (const name of [...TAKING_NUMBERS, ...TAKING_REGEX]) {
    const operator = table[name];
    if (operator) table[name] = adapt(operator);
  }
  const own = {
    ...logicalOperators,
    ...comparisonOperators,
    ...arithmeticOperators,
    ...conversionOperators,
    ...dateOperators,
    ...textAndArrayOperators,
    ...setOperators,
  };
  for (const [name, operator] of Object.entries(own)) table[name] = ours(operator);
  table[READ_PATH] = (_obj, parts, options) =>
    readPath((options as unknown as { local: { root: unknown } }).local.root, parts as string[]);
  for (const name of REMOVED_OPERATORS) delete table[name];
  return table;
}

const EXPRESSIONS = expressionTable();
const ACCUMULATORS_OF_MINGO = accumulators as unknown as Record<string, MingoOperator>;

const CONTEXT = Context.init({
  expression: EXPRESSIONS,
  accumulator: ACCUMULATORS_OF_MINGO,
});

export const isExpressionOperator = (name: string): boolean =>
  name !== READ_PATH && (name in EXPRESSIONS || name in ACCUMULATORS_OF_MINGO);

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
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith('Use of undefined variable')
    ? new ServerError(17276, message)
    : badValue(message);
}

/** Runs an accumulator of mingo over the documents of a group. */
export function runMingoAccumulator(name: string, docs: Doc[], argument: unknown, variables: Doc): unknown {
  const operator = ACCUMULATORS_OF_MINGO[name] as MingoOperator;
  try {
    return operator(docs, argument, mingoOptions(variables));
  } catch (error) {
    throw asServerError(error);
  }
}
