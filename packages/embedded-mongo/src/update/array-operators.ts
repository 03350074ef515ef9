import { badValue, failedToParse, ServerError } from '../errors';
import { compareValues, equalValues } from '../bson/compare';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isOperatorDoc, regexSource, typeOf, type Doc } from '../bson/values';
import { compileFilter } from '../query/matcher';
import { parseSort, sortDocs } from '../query/sort';
import type { UpdateOperator } from './operator';

const KEEP = undefined;

function arrayOf(current: unknown, path: string, operator: string): unknown[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current as unknown[];
  throw new ServerError(2, `${operator}: '${path}' is no array but ${typeOf(current).alias}`);
}

function wholeNumber(modifier: string, value: unknown): number {
  if (!isNumeric(value) || !Number.isInteger(toNumber(value))) {
    throw badValue(`${modifier} must be an integer, not ${typeOf(value).alias}`);
  }
  return toNumber(value);
}

const PUSH_MODIFIERS = ['$each', '$position', '$slice', '$sort'];

function sortArray(array: unknown[], by: unknown): unknown[] {
  if (isDoc(by)) {
    const fields = parseSort(by);
    return sortDocs(array, fields, (item) => (isDoc(item) ? item : {}));
  }
  const direction = isNumeric(by) ? toNumber(by) : 0;
  if (Math.abs(direction) !== 1) throw badValue('The $sort element value must be either 1 or -1');
  return [...array].sort((a, b) => compareValues(a, b) * direction);
}

export const push: UpdateOperator = (current, { path, argument }) => {
  const isModified = isDoc(argument) && '$each' in argument;
  const { $each, $position, $slice, $sort }: Doc = isModified ? argument : { $each: [argument] };
  if (isModified) {
    const unknown = Object.keys(argument).find((name) => !PUSH_MODIFIERS.includes(name));
    if (unknown) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  }
  if (!Array.isArray($each)) throw badValue(`$each in $push must be an array, not ${typeOf($each).alias}`);
  const array = [...arrayOf(current, path, '$push')];
  const position = $position === undefined ? array.length : wholeNumber('$position', $position);
  array.splice(position < 0 ? Math.max(0, array.length + position) : position, 0, ...($each as unknown[]));
  const sorted = $sort === undefined ? array : sortArray(array, $sort);
  if ($slice === undefined) return sorted;
  const slice = wholeNumber('$slice', $slice);
  return slice < 0 ? sorted.slice(slice) : sorted.slice(0, slice);
};

export const addToSet: UpdateOperator = (current, { path, argument }) => {
  const each = isDoc(argument) && '$each' in argument ? argument['$each'] : [argument];
  if (!Array.isArray(each)) throw typeMismatchEach(each);
  if (current !== undefined && !Array.isArray(current)) {
    throw badValue(`$addToSet: '${path}' is no array but ${typeOf(current).alias}`);
  }
  const array = [...arrayOf(current, path, '$addToSet')];
  for (const value of each as unknown[]) {
    if (!array.some((item) => equalValues(item, value))) array.push(value);
  }
  return array;
};

const typeMismatchEach = (each: unknown): ServerError =>
  new ServerError(14, `$each in $addToSet must be an array, not ${typeOf(each).alias}`);

/** Elements to take out: those equal to a value, or satisfying a condition. */
function pullTest(condition: unknown): (element: unknown) => boolean {
  const [first = ''] = isDoc(condition) ? Object.keys(condition) : [];
  const isValueTest = isOperatorDoc(condition) && !['$or', '$and', '$nor', '$not'].includes(first);
  if (isValueTest || regexSource(condition)) {
    const test = compileFilter({ value: condition });
    return (element) => test({ value: element });
  }
  if (isDoc(condition)) {
    const test = compileFilter(condition);
    return (element) => isDoc(element) && test(element);
  }
  return (element) => equalValues(element, condition);
}

export const pull: UpdateOperator = (current, { argument }) => {
  if (current === undefined) return KEEP;
  if (!Array.isArray(current)) throw badValue('Cannot apply $pull to a non-array value');
  const test = pullTest(argument);
  return (current as unknown[]).filter((element) => !test(element));
};

export const pullAll: UpdateOperator = (current, { argument }) => {
  if (!Array.isArray(argument))
    throw badValue('$pullAll requires an array argument but was given a ' + typeOf(argument).alias);
  if (current === undefined) return KEEP;
  if (!Array.isArray(current)) throw badValue('Cannot apply $pull to a non-array value');
  return (current as unknown[]).filter((element) => !argument.some((value) => equalValues(element, value)));
};

export const pop: UpdateOperator = (current, { path, argument }) => {
  if (!isNumeric(argument)) throw failedToParse(`Expected a number in: ${path}: ${String(argument)}`);
  const end = toNumber(argument);
  if (Math.abs(end) !== 1) throw failedToParse(`$pop expects 1 or -1, found: ${end}`);
  if (current === undefined) return KEEP;
  if (!Array.isArray(current)) {
    throw new ServerError(14, `$pop: '${path}' is no array but ${typeOf(current).alias}`);
  }
  const array = current as unknown[];
  return end === 1 ? array.slice(0, -1) : array.slice(1);
};
