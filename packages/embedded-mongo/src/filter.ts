import { BSONRegExp, MaxKey, MinKey } from 'bson';
import { evalExpr } from 'mingo/core';
import * as bson from './bson';
import { isDoc, isNullish, isOperatorDoc, orderOf, type Doc } from './bson';
import { need, notSupported } from './errors';
import { checkExpression, optionsFor } from './expressions';
import { geoTest } from './geo';
import { leavesAt, type Path } from './paths';

export type Test = (doc: object) => boolean;
type ValueTest = (value: unknown) => boolean;
/** Makes the test of what an operator says about a field, beside the others of its condition. */
type Operator = (path: Path, argument: unknown, condition: Doc) => Test;

/** @throws ServerError 51091 for a pattern that does not compile, 51108 for unknown options */
function regexTest(pattern: string, options: string): ValueTest {
  if (options.includes('x')) throw notSupported('the regex option x');
  need(/^[imsu]*$/.test(options), 51108, `invalid flag in regex options: ${options}`);
  // MongoDB's mode is Unicode, but forgives escapes that JavaScript's Unicode mode does not.
  for (const mode of ['u', '']) {
    try {
      const regex = new RegExp(pattern, options.replace('u', '') + mode);
      return (value) => typeof value === 'string' && regex.test(value);
    } catch (error) {
      need(mode === 'u', 51091, `Regular expression is invalid: ${String(error)}`);
    }
  }
  return () => false;
}

function equals(expected: unknown): ValueTest {
  if (expected instanceof BSONRegExp) return regexTest(expected.pattern, expected.options);
  return isNullish(expected) ? isNullish : (value) => bson.equalValues(value, expected);
}

/** @throws ServerError 2 for a regular expression */
function plain(argument: unknown): unknown {
  need(!(argument instanceof BSONRegExp), 2, "Can't have RegEx as arg to predicate over field.");
  return argument;
}

/** Compares values of one type only; NaN and null just with themselves. */
function comparison(accepts: (order: number) => boolean): Operator {
  return onValues((given) => {
    const argument = plain(given);
    if (isNullish(argument)) return accepts(0) ? isNullish : () => false;
    const [isKey, isNaN] = [argument instanceof MinKey || argument instanceof MaxKey, Number.isNaN(argument)];
    const isOfType: ValueTest = (value) =>
      orderOf(value) === orderOf(argument) && Number.isNaN(value) === isNaN;
    return (value) => (isKey || isOfType(value)) && accepts(bson.compareValues(value ?? null, argument));
  });
}

function oneOf(list: unknown): ValueTest {
  need(Array.isArray(list) && !list.some(isOperatorDoc), 2, '$in needs an array of values');
  const tests = list.map(equals);
  return (value) => tests.some((test) => test(value));
}

/** By name: of JavaScript's numbers it is not known what kind they were. */
function ofType(argument: unknown): ValueTest {
  const names = [argument].flat() as string[];
  if (names.some((name) => typeof name === 'number' || /^(int|double|long)$/.test(name)))
    throw notSupported('$type of a kind of number, or by a number');
  const isKnown = names.length > 0 && names.every((name) => bson.ALIASES.includes(name));
  need(isKnown, 2, 'Unknown type name alias');
  return (value) =>
    names.includes(bson.aliasOf(value)) || (names.includes('number') && orderOf(value) === 11);
}

/** A condition on one value: an array matches when one of its elements does. */
function onValues(make: (argument: unknown) => ValueTest): Operator {
  return (path, argument) => {
    const test = make(argument);
    const matches = (value: unknown, isWhole: boolean): boolean =>
      test(value) || (Array.isArray(value) && !isWhole && value.some((item) => test(item)));
    return (doc) => leavesAt(doc, path).some(({ value, isWhole }) => matches(value, isWhole));
  };
}

/** A condition on an array as a whole. */
const onArrays = (path: Path, test: (array: unknown[]) => boolean): Test => {
  return (doc) => leavesAt(doc, path).some(({ value }) => Array.isArray(value) && test(value));
};

const not =
  (test: Test): Test =>
  (doc) =>
    !test(doc);
const [isEqual, isOneOf] = [onValues(equals), onValues(oneOf)];

const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: (path, argument, condition) => isEqual(path, plain(argument), condition),
  $ne: (path, argument, condition) => not(isEqual(path, plain(argument), condition)),
  $in: isOneOf,
  $nin: (...given) => not(isOneOf(...given)),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $not: (path, argument, condition) => {
    if (argument instanceof BSONRegExp) return not(isEqual(path, argument, condition));
    need(isOperatorDoc(argument), 2, '$not needs a regex or a document');
    return not(compileCondition(path, argument));
  },
  $regex: (path, argument, { $options }) => {
    const { pattern, options } =
      argument instanceof BSONRegExp ? argument : { pattern: argument, options: '' };
    const flags = $options ?? options;
    need(
      typeof pattern === 'string' && typeof flags === 'string',
      2,
      '$regex and $options have to be strings',
    );
    return onValues(() => regexTest(pattern, flags))(path, argument, {});
  },
  $options: (_path, _argument, condition) => {
    need('$regex' in condition, 2, '$options needs a $regex');
    return () => true;
  },
  $exists: (path, argument) => (doc) =>
    leavesAt(doc, path).some(({ value }) => value !== undefined) === Boolean(argument),
  $type: onValues(ofType),
  $size: (path, size) => {
    need(Number.isInteger(size) && Number(size) >= 0, 2, '$size must be a whole number');
    return onArrays(path, ({ length }) => length === size);
  },
  $elemMatch: (path, argument) => {
    need(isDoc(argument), 2, '$elemMatch needs an Object');
    const test = elementTest(argument);
    return onArrays(path, (array) => array.some(test));
  },
  $geoWithin: onValues(geoTest),
};

function compileCondition(path: Path, condition: unknown): Test {
  if (!isOperatorDoc(condition)) return isEqual(path, condition, {});
  return every(
    Object.entries(condition).map(([name, argument]) => {
      if (/^\$(all|bits.*|mod)$/.test(name)) throw notSupported(name);
      need(!name.startsWith('$near'), 5626500, `${name} is not allowed in this context`);
      const operator = OPERATORS[name];
      need(operator, 2, `unknown operator: ${name}`);
      return operator(path, argument, condition);
    }),
  );
}

/** A test of arrays' elements: of their fields, or of themselves by operators. */
export function elementTest(condition: unknown): ValueTest {
  const isLogic = isDoc(condition) && Object.keys(condition).some((name) => name in LOGIC);
  const isOfFields = isLogic || (isDoc(condition) && !isOperatorDoc(condition));
  const test = isOfFields ? compileFilter(condition) : compileCondition(['0'], condition);
  return (item) => (isOfFields ? isDoc(item) && test(item) : test([item]));
}

const every =
  (tests: readonly Test[]): Test =>
  (doc) =>
    tests.every((test) => test(doc));
const some =
  (tests: readonly Test[]): Test =>
  (doc) =>
    tests.some((test) => test(doc));
const LOGIC: Readonly<Record<string, (tests: readonly Test[]) => Test>> = {
  $and: every,
  $or: some,
  $nor: (tests: readonly Test[]) => not(some(tests)),
};

/** Compiles a query filter. @throws ServerError 2 for unknown operators, 115 for those that are not supported */
export function compileFilter(filter: Doc, variables: Doc = {}): Test {
  return every(
    Object.entries(filter).map(([name, argument]): Test => {
      const logic = LOGIC[name];
      if (/^\$(jsonSchema|text|where)$/.test(name)) throw notSupported(name);
      if (name === '$comment') return () => true;
      if (name === '$expr') {
        checkExpression(argument);
        const options = optionsFor(variables);
        return (doc) => ![false, 0, null, undefined].includes(evalExpr(doc, argument, options) as boolean);
      }
      if (!logic) need(!name.startsWith('$'), 2, `unknown top level operator: ${name}`);
      if (!logic) return compileCondition(name.split('.'), argument);
      const isBranches = Array.isArray(argument) && argument.length > 0 && argument.every(isDoc);
      need(isBranches, 2, `${name} must be a nonempty array of documents`);
      return logic(argument.map((branch) => compileFilter(branch, variables)));
    }),
  );
}
