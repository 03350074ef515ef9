import { badValue, failedToParse } from '../errors';
import { compareValues, equalValues } from '../bson/compare';
import { isNumeric, toBigInt, toNumber } from '../bson/numbers';
import {
  isNullish,
  isOperatorDoc,
  MaxKey,
  MinKey,
  regexSource,
  TYPE_ALIASES,
  typeOf,
  TypeOrder,
  type Doc,
} from '../bson/values';
import { compileRegex } from './regex';

export { expandedLeaves } from './paths';

export type ValueTest = (value: unknown) => boolean;

export interface LeafContext {
  path: string;
  /** The whole operator document, for operators that come in pairs. */
  siblings: Doc;
}

/** Equality of a query: null also finds what is missing. */
export function equals(expected: unknown): ValueTest {
  if (isNullish(expected)) return (value) => isNullish(value);
  return (value) => equalValues(value, expected);
}

function sameBracket(value: unknown, argument: unknown): boolean {
  const type = typeOf(argument).order;
  if (type === TypeOrder.MinKey || type === TypeOrder.MaxKey) return true;
  if (isNumeric(argument) && isNumeric(value)) {
    return Number.isNaN(toNumber(argument)) === Number.isNaN(toNumber(value));
  }
  return typeOf(value).order === type;
}

function comparison(accepts: (order: number) => boolean): (argument: unknown) => ValueTest {
  return (argument) => {
    if (regexSource(argument)) throw badValue("Can't have RegEx as arg to predicate over field.");
    if (isNullish(argument)) return accepts(0) ? (value) => isNullish(value) : () => false;
    const all = argument instanceof MinKey || argument instanceof MaxKey;
    return (value) =>
      (all || value !== undefined) &&
      sameBracket(value, argument) &&
      accepts(compareValues(value ?? null, argument));
  };
}

function inList(argument: unknown): ValueTest {
  if (!Array.isArray(argument)) throw badValue('$in needs an array');
  const tests = argument.map((item: unknown) => {
    if (isOperatorDoc(item)) throw badValue('cannot nest $ under $in');
    return regexSource(item) ? regexTest(item, {}) : equals(item);
  });
  return (value) => tests.some((test) => test(value));
}

function regexTest(argument: unknown, siblings: Doc): ValueTest {
  const source = typeof argument === 'string' ? { pattern: argument, options: '' } : regexSource(argument);
  if (!source) throw badValue('$regex has to be a string');
  const given = siblings['$options'];
  if (given !== undefined && typeof given !== 'string') throw badValue('$options has to be a string');
  if (given && source.options) throw failedOptions();
  const expression = compileRegex(source.pattern, given ?? source.options);
  return (value) => {
    if (typeof value === 'string') return expression.test(value);
    const stored = regexSource(value);
    return stored !== undefined && stored.pattern === source.pattern && stored.options === source.options;
  };
}

const failedOptions = (): Error => badValue('options set in both $regex and $options');

/** Type numbers that `$type` names, of which `number` is four. */
function typeNumbers(argument: unknown): number[] {
  if (argument === 'number') return [1, 16, 18, 19];
  if (typeof argument === 'string') {
    const number = TYPE_ALIASES[argument];
    if (number === undefined) throw badValue(`Unknown type name alias: ${argument}`);
    return [number];
  }
  if (!isNumeric(argument)) throw badValue('type must be represented as a number or a string');
  const number = toNumber(argument);
  if (!Object.values(TYPE_ALIASES).includes(number)) throw badValue(`Invalid numerical type code: ${number}`);
  return [number];
}

function typeTest(argument: unknown): ValueTest {
  const list = Array.isArray(argument) ? argument : [argument];
  if (list.length === 0) throw failedToParse(' must match at least one type');
  const wanted = new Set(list.flatMap(typeNumbers));
  return (value) => value !== undefined && wanted.has(typeOf(value).number);
}

function modTest(argument: unknown): ValueTest {
  const [divisor, remainder, ...more] = Array.isArray(argument) ? (argument as unknown[]) : [];
  if (!isNumeric(divisor) || !isNumeric(remainder) || more.length > 0)
    throw badValue('malformed mod, needs to be an array of a divisor and a remainder');
  const by = toBigInt(divisor);
  const rest = toBigInt(remainder);
  if (by === 0n) throw badValue('divisor cannot be 0');
  return (value) => isNumeric(value) && Number.isFinite(toNumber(value)) && toBigInt(value) % by === rest;
}

const OPERATORS: Readonly<Record<string, (argument: unknown, context: LeafContext) => ValueTest>> = {
  $eq: equals,
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $in: inList,
  $regex: (argument, { siblings }) => regexTest(argument, siblings),
  $options: () => {
    throw badValue('$options needs a $regex');
  },
  $type: typeTest,
  $mod: modTest,
};

/** Operators that test one value at a time: an array matches when one of its elements does. */
export const LEAF_OPERATORS: ReadonlySet<string> = new Set(Object.keys(OPERATORS));

export function leafTest(name: string, argument: unknown, context: LeafContext): ValueTest {
  const operator = OPERATORS[name];
  if (!operator) throw badValue(`unknown operator: ${name}`);
  return operator(argument, context);
}
