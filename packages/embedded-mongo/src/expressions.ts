import { Aggregator } from 'mingo/aggregator';
import { Context, evalExpr } from 'mingo/core';
import * as theirs from 'mingo/operators/expression';
import { compareValues, equalValues, isDoc, isNullish, type Doc } from './bson';
import { need, notSupported, ServerError } from './errors';

/*
 * Expressions are mingo's. Operators of which it is not known that they answer as the real server's are refused, and
 * where mingo's do not, they are ours.
 */

export type Options = Parameters<typeof evalExpr>[2];
type Operator = (document: unknown, argument: unknown, options: Options) => unknown;

const THEIRS =
  '$abs $add $and $arrayElemAt $ceil $concat $concatArrays $cond $dateToString $divide $filter $floor $ifNull ' +
  '$indexOfArray $isArray $let $literal $map $mergeObjects $mod $multiply $not $objectToArray $or $range $reduce ' +
  '$slice $split $substrCP $subtract $trim';

/** An operator of ours, given its arguments evaluated; undefined tells that they are wrong. */
function on(code: number, apply: (...values: unknown[]) => unknown): Operator {
  return (document, argument, options) => {
    const values = [argument].flat().map((part) => evalExpr(document, part, options));
    need(values.length === apply.length, 16020, 'an expression with too many or too few arguments');
    const result = apply(...values);
    need(result !== undefined, code, 'wrong arguments of an expression');
    return result;
  };
}
const compared = (test: (order: number) => unknown): Operator => on(0, (a, b) => test(compareValues(a, b)));
const ofText = (change: (text: string) => string): Operator =>
  on(16007, (text) => (isNullish(text) ? '' : typeof text === 'string' ? change(text) : undefined));

/** Rounds to so many digits; ties go to the even one. */
function round(value: unknown, places: unknown): unknown {
  if (typeof value !== 'number' || typeof places !== 'number') return isNullish(value) ? null : undefined;
  const [scaled, low] = [value * 10 ** places, Math.floor(value * 10 ** places)];
  return (scaled - low === 0.5 && low % 2 === 0 ? low : Math.round(scaled)) / 10 ** places;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    Object.entries(theirs as object).filter(([name]) => THEIRS.split(' ').includes(name)),
  ),
  $eq: compared((order) => order === 0),
  $ne: compared((order) => order !== 0),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
  $cmp: compared(Math.sign),
  $in: on(40081, (item, list) =>
    Array.isArray(list) ? list.some((one) => equalValues(one, item)) : undefined,
  ),
  $size: on(17124, (list) => (Array.isArray(list) ? list.length : undefined)),
  $round: on(14, round),
  $toLower: ofText((text) => text.toLowerCase()),
  $toUpper: ofText((text) => text.toUpperCase()),
};

/** Refuses what is not supported before any document is looked at. @throws ServerError for an unknown operator */
export function checkExpression(expression: unknown, unknown = 168): void {
  const isPath = typeof expression === 'string' && expression.startsWith('$');
  need(!isPath || !/\.(\d+|)(\.|$)/.test(expression), 40353, `invalid field path ${String(expression)}`);
  if (Array.isArray(expression)) for (const part of expression) checkExpression(part, unknown);
  for (const [name, argument] of Object.entries(isDoc(expression) ? expression : {})) {
    need(
      !name.startsWith('$') || Object.hasOwn(OPERATORS, name),
      unknown,
      `Unrecognized expression '${name}'`,
    );
    const format = name === '$dateToString' && isDoc(argument) ? argument['format'] : '';
    if (typeof format === 'string' && /%[%Uw]/.test(format)) throw notSupported(`the date format ${format}`);
    if (name !== '$literal') checkExpression(argument, unknown);
  }
}

/** What mingo computes with. Made through its aggregator, since otherwise it makes them anew for each document. */
export function optionsFor(variables: Doc): Options {
  let made: Options = {} as Options;
  const keep = (docs: unknown, _argument: unknown, options: Options): unknown => [docs, (made = options)][0];
  const context = Context.init({ expression: OPERATORS, pipeline: { $keep: keep } } as never);
  new Aggregator([{ $keep: 1 }], { context, variables, scriptEnabled: false }).stream([]);
  return made;
}

/** mingo tells in words what is wrong; the server answers with a number. */
const CODES: readonly (readonly [words: RegExp, code: number])[] = [
  [/undefined variable/, 17276],
  [/of number|to number/, 14],
  [/\$concat/, 16702],
  [/time ?zone/, 40485],
  [/to date/, 16006],
  [/exclusion and inclusion/, 31254],
  [/Path collision/, 31249],
];
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ServerError(CODES.find(([words]) => words.test(message))?.[1] ?? 2, message);
}
