import { Context, evalExpr, ProcessingMode } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as windows from 'mingo/operators/window';
import type { Any, Options } from 'mingo/types';
import { badValue, ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, regexSource, type Doc } from '../bson/values';
import { arithmeticOperators } from './arithmetic-operators';
import { comparisonOperators } from './comparison-operators';
import { conversionOperators } from './conversion-operators';

export type Expression = (doc: Doc) => unknown;

/** An operator of ours takes its arguments unevaluated, as mingo's do. */
export type Evaluate = (expression: unknown) => unknown;
export type Operator = (argument: unknown, evaluate: Evaluate) => unknown;

type MingoOperator = (obj: Any, expr: Any, options: Options) => Any;

/** Only false, null, missing and zero are false. */
export function truthy(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return !(isNumeric(value) && toNumber(value) === 0);
}

const logicalOperators: Readonly<Record<string, Operator>> = {
  $and: (argument, evaluate) => list(argument).every((item) => truthy(evaluate(item))),
  $or: (argument, evaluate) => list(argument).some((item) => truthy(evaluate(item))),
  $not: (argument, evaluate) => !truthy(evaluate(Array.isArray(argument) ? argument[0] : argument)),
  $cond: (argument, evaluate) => {
    const [condition, yes, no] = isDoc(argument)
      ? [argument['if'], argument['then'], argument['else']]
      : list(argument);
    return evaluate(truthy(evaluate(condition)) ? yes : no);
  },
  $ifNull: (argument, evaluate) => {
    let value: unknown;
    for (const item of list(argument)) {
      value = evaluate(item);
      if (!isNullish(value)) return value;
    }
    return value;
  },
  $switch: (argument, evaluate) => {
    const { branches, default: otherwise } = argument as { branches: Doc[]; default?: unknown };
    const found = branches.find((branch) => truthy(evaluate(branch['case'])));
    if (!found && !isDoc(argument)) throw badValue('$switch requires an object');
    if (!found && !('default' in (argument as Doc))) {
      throw new ServerError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    }
    return evaluate(found ? found['then'] : otherwise);
  },
};

const list = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument]);

/** Operators of mingo that take plain numbers: whole doubles and 64-bit integers are handed over as such. */
const TAKING_NUMBERS = [
  '$arrayElemAt',
  '$slice',
  '$range',
  '$substr',
  '$substrCP',
  '$substrBytes',
  '$indexOfArray',
  '$indexOfCP',
  '$indexOfBytes',
  '$firstN',
  '$lastN',
  '$maxN',
  '$minN',
  '$dateFromParts',
  '$dateAdd',
  '$dateSubtract',
  '$dateTrunc',
  '$dateDiff',
  '$bitAnd',
  '$bitOr',
  '$bitXor',
  '$bitNot',
] as const;

/** Operators whose regex argument may be stored or sent as BSON. */
const TAKING_REGEX = ['$regexMatch', '$regexFind', '$regexFindAll'] as const;

function plainNumbers(value: unknown): unknown {
  if (isNumeric(value)) return toNumber(value);
  const source = regexSource(value);
  return source ? new RegExp(source.pattern, source.options) : value;
}

function adapt(operator: MingoOperator): MingoOperator {
  const literal = (value: unknown): Any => ({ $literal: plainNumbers(value) });
  return (obj, expr, options) => {
    const evaluated = (item: unknown): Any => literal(evalExpr(obj, item, options));
    if (Array.isArray(expr)) return operator(obj, expr.map(evaluated), options);
    if (isDoc(expr) && !Object.keys(expr)[0]?.startsWith('$')) {
      return operator(
        obj,
        Object.fromEntries(Object.entries(expr).map(([k, v]) => [k, evaluated(v)])),
        options,
      );
    }
    return operator(obj, expr, options);
  };
}

const ours =
  (operator: Operator): MingoOperator =>
  (obj, expr, options) =>
    operator(expr, (expression) => evalExpr(obj, expression, options)) as Any;

function expressionTable(): Record<string, MingoOperator> {
  const table: Record<string, MingoOperator> = {
    ...(expressions as unknown as Record<string, MingoOperator>),
  };
  for (const name of [...TAKING_NUMBERS, ...TAKING_REGEX]) {
    const operator = table[name];
    if (operator) table[name] = adapt(operator);
  }
  const own = { ...logicalOperators, ...comparisonOperators, ...arithmeticOperators, ...conversionOperators };
  for (const [name, operator] of Object.entries(own)) table[name] = ours(operator);
  // Running the client's own code is not for a server that knows nothing of its users.
  delete table['$function'];
  return table;
}

const EXPRESSIONS = expressionTable();

/** mingo's operators, ours in place of those that do not know BSON's types. */
export const CONTEXT = Context.init({
  expression: EXPRESSIONS as never,
  accumulator: accumulators as never,
  window: windows as never,
});

export const isExpressionOperator = (name: string): boolean => name in EXPRESSIONS || name in accumulators;

/**
 * Checks an expression's operators before any document is looked at, and settles `$$NOW`, which must be the same
 * throughout a command.
 */
function prepare(expression: unknown, variables: Doc): unknown {
  if (expression === '$$NOW' && variables['NOW'] !== undefined) return variables['NOW'];
  if (Array.isArray(expression)) return expression.map((item) => prepare(item, variables));
  if (!isDoc(expression)) return expression;
  const prepared: Doc = {};
  for (const [name, argument] of Object.entries(expression)) {
    if (name.startsWith('$') && !isExpressionOperator(name)) {
      throw new ServerError(168, `Unrecognized expression '${name}'`);
    }
    prepared[name] = name === '$literal' ? argument : prepare(argument, variables);
  }
  return prepared;
}

/** Options under which mingo runs: our operators, and errors instead of silent nulls. */
export const mingoOptions = (variables: Doc, more: object = {}): Options =>
  ({
    context: CONTEXT,
    variables,
    useStrictMode: true,
    failOnError: true,
    scriptEnabled: false,
    idKey: '_id',
    processingMode: ProcessingMode.CLONE_INPUT,
    ...more,
  }) as unknown as Options;

/**
 * Compiles an aggregation expression.
 * @throws ServerError 168 for an unknown operator
 */
export function compileExpression(expression: unknown, variables: Doc = {}): Expression {
  const prepared = prepare(expression, variables);
  if (typeof prepared === 'string' && /^\$[^$.]+$/.test(prepared)) {
    const name = prepared.slice(1);
    return (doc) => (Object.hasOwn(doc, name) ? doc[name] : undefined);
  }
  const options = mingoOptions(variables);
  return (doc) => {
    try {
      return evalExpr(doc as Any, prepared as Any, options);
    } catch (error) {
      throw asServerError(error);
    }
  };
}

/** mingo reports bad arguments as plain errors; the server answers them with a number. */
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  return badValue(error instanceof Error ? error.message : String(error));
}

/** Runs an accumulator of mingo over the documents of a group. */
export function runMingoAccumulator(name: string, docs: Doc[], argument: unknown, variables: Doc): unknown {
  const operator = (accumulators as unknown as Record<string, MingoOperator>)[name] as MingoOperator;
  try {
    return operator(docs as Any, argument as Any, mingoOptions(variables));
  } catch (error) {
    throw asServerError(error);
  }
}
