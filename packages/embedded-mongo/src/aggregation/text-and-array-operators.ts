import { ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, typeOf, type Doc } from '../bson/values';
import { accumulate, ACCUMULATORS } from './accumulators';
import type { Operator } from './operator';

function textOf(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNumeric(value)) return String(value);
  if (value instanceof Date) return value.toISOString();
  throw new ServerError(16007, `can't convert from BSON type ${typeOf(value).alias} to String`);
}

/** Only ASCII letters change their case. */
const asciiCase =
  (pattern: RegExp, change: (letter: string) => string): Operator =>
  (argument, evaluate) =>
    textOf(evaluate(argument)).replace(pattern, change);

const concat: Operator = (argument, evaluate) => {
  let text = '';
  for (const item of Array.isArray(argument) ? argument : [argument]) {
    const value = evaluate(item);
    if (isNullish(value)) return null;
    if (typeof value !== 'string')
      throw new ServerError(16702, `$concat only supports strings, not ${typeOf(value).alias}`);
    text += value;
  }
  return text;
};

const length =
  (name: string, code: number, measure: (text: string) => number): Operator =>
  (argument, evaluate) => {
    const value = evaluate(argument);
    if (typeof value === 'string') return measure(value);
    throw new ServerError(code, `${name} requires a string argument, found: ${typeOf(value).alias}`);
  };

const integerOf = (value: unknown, fallback: number): number =>
  isNumeric(value) ? Math.trunc(toNumber(value)) : fallback;

/** Position of a text in another, counted in the given units. */
const indexOf =
  (name: string, code: number, units: (text: string) => readonly unknown[]): Operator =>
  (argument, evaluate) => {
    const [text, token, start, end] = (argument as unknown[]).map(evaluate);
    if (isNullish(text)) return null;
    if (typeof text !== 'string' || typeof token !== 'string')
      throw new ServerError(code, `${name} requires strings`);
    const haystack = units(text);
    const needle = units(token);
    const last = Math.min(integerOf(end, haystack.length), haystack.length) - needle.length;
    for (let i = integerOf(start, 0); i <= last; i++) {
      if (needle.every((unit, j) => haystack[i + j] === unit)) return i;
    }
    return -1;
  };

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

const substrBytes: Operator = (argument, evaluate) => {
  const [text, start, count] = (argument as unknown[]).map(evaluate);
  const bytes = Buffer.from(textOf(text));
  const from = integerOf(start, 0);
  const to = integerOf(count, -1) < 0 ? bytes.length : Math.min(bytes.length, from + integerOf(count, 0));
  if (from >= bytes.length) return '';
  if (isContinuation(bytes[from]))
    throw new ServerError(28656, '$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.');
  if (isContinuation(bytes[to]))
    throw new ServerError(
      28657,
      '$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.',
    );
  return bytes.toString('utf8', from, to);
};

/** An operator on one array; null stays null. */
const onArray =
  (name: string, code: number, apply: (array: unknown[]) => unknown): Operator =>
  (argument, evaluate) => {
    const value = evaluate(argument);
    if (Array.isArray(value)) return apply(value as unknown[]);
    if (isNullish(value) && name !== '$size') return null;
    throw new ServerError(
      code,
      `The argument to ${name} must be an array, but was of type: ${typeOf(value).alias}`,
    );
  };

function arrayToObject(array: unknown[]): Doc {
  const doc: Doc = {};
  for (const item of array) {
    const [key, value] = isDoc(item)
      ? [item['k'], item['v']]
      : Array.isArray(item)
        ? (item as unknown[])
        : [];
    if (typeof key !== 'string')
      throw new ServerError(
        40391,
        '$arrayToObject requires an array of key and value pairs with string keys',
      );
    doc[key] = value;
  }
  return doc;
}

/** Accumulators used as expressions: over several arguments, or over one that is an array. */
const accumulating = Object.fromEntries(
  Object.keys(ACCUMULATORS)
    .filter((name) => ['$sum', '$avg', '$min', '$max', '$stdDevPop', '$stdDevSamp'].includes(name))
    .map((name): [string, Operator] => [
      name,
      (argument, evaluate) => {
        if (Array.isArray(argument) && argument.length !== 1) return accumulate(name, argument.map(evaluate));
        const value = evaluate(Array.isArray(argument) ? argument[0] : argument);
        return accumulate(name, Array.isArray(value) ? (value as unknown[]) : [value]);
      },
    ]),
);

/** Operators on texts and arrays that mingo lacks or answers differently. */
export const textAndArrayOperators: Readonly<Record<string, Operator>> = {
  ...accumulating,
  $toUpper: asciiCase(/[a-z]+/g, (letters) => letters.toUpperCase()),
  $toLower: asciiCase(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  $concat: concat,
  $strLenCP: length('$strLenCP', 34471, (text) => [...text].length),
  $strLenBytes: length('$strLenBytes', 34473, (text) => Buffer.byteLength(text)),
  $indexOfCP: indexOf('$indexOfCP', 40093, (text) => [...text]),
  $indexOfBytes: indexOf('$indexOfBytes', 40091, (text) => [...Buffer.from(text)]),
  $substrBytes: substrBytes,
  $substr: substrBytes,
  $size: onArray('$size', 17124, (array) => array.length),
  $first: onArray('$first', 28689, (array) => array[0]),
  $last: onArray('$last', 28689, (array) => array.at(-1)),
  $reverseArray: onArray('$reverseArray', 34435, (array) => [...array].reverse()),
  $arrayToObject: onArray('$arrayToObject', 40386, arrayToObject),
};
