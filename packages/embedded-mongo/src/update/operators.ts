import { badValue, ServerError, typeMismatch } from '../errors';
import { compareValues, equalValues } from '../bson/compare';
import { arithmetic, isNumeric } from '../bson/numbers';
import { isDoc, Timestamp, typeOf } from '../bson/values';
import { addToSet, pop, pull, pullAll, push } from './array-operators';
import type { UpdateOperator } from './operator';

/** Tells a field to stay as it is. */
export const UNCHANGED = Symbol('unchanged');

function accumulate(name: string, operation: 'add' | 'multiply'): UpdateOperator {
  return (current, { path, argument }) => {
    if (!isNumeric(argument))
      throw typeMismatch(`Cannot ${name} with non-numeric argument: {${path}: ${String(argument)}}`);
    if (current === undefined) {
      return operation === 'add' ? argument : arithmetic('multiply', argument, 0);
    }
    if (!isNumeric(current)) {
      throw typeMismatch(`Cannot apply ${name} to '${path}' of type ${typeOf(current).alias}`);
    }
    const result = arithmetic(operation, current, argument);
    if (result === undefined)
      throw badValue(`Failed to apply ${name} operations to current value for ${path}`);
    return result;
  };
}

const extreme =
  (sign: 1 | -1): UpdateOperator =>
  (current, { argument }) =>
    current === undefined || compareValues(argument, current) * sign > 0 ? argument : UNCHANGED;

const currentDate: UpdateOperator = (_current, { argument, now }) => {
  if (typeof argument === 'boolean') return now;
  const type = isDoc(argument) ? argument['$type'] : undefined;
  if (type === 'date') return now;
  if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw badValue(
    isDoc(argument)
      ? "The '$type' string field is required to be 'date' or 'timestamp'"
      : `${typeOf(argument).alias} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression`,
  );
};

/** The operators that change one field each. `$unset` and `$rename` remove, and are not among them. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: (current, { argument }) =>
    current !== undefined &&
    equalValues(current, argument) &&
    typeOf(current).number === typeOf(argument).number &&
    !isDoc(current) &&
    !Array.isArray(current)
      ? UNCHANGED
      : argument,
  $setOnInsert: (_current, { argument }) => argument,
  $inc: accumulate('$inc', 'add'),
  $mul: accumulate('$mul', 'multiply'),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
};

export const unknownOperator = (name: string): ServerError => new ServerError(9, `Unknown modifier: ${name}`);
