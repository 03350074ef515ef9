import { badValue, ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, type Doc } from '../bson/values';
import type { Operator } from './operator';

/** Only false, null, missing and zero are false. */
export function truthy(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return !(isNumeric(value) && toNumber(value) === 0);
}

const list = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument]);

const choose: Operator = (argument, evaluate) => {
  const parts = isDoc(argument) ? [argument['if'], argument['then'], argument['else']] : list(argument);
  if (parts.length !== 3)
    throw new ServerError(
      16020,
      `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`,
    );
  return evaluate(truthy(evaluate(parts[0])) ? parts[1] : parts[2]);
};

const firstPresent: Operator = (argument, evaluate) => {
  let value: unknown;
  for (const item of list(argument)) {
    value = evaluate(item);
    if (!isNullish(value)) return value;
  }
  return value;
};

const branch: Operator = (argument, evaluate) => {
  if (!isDoc(argument) || !Array.isArray(argument['branches']))
    throw badValue('$switch requires an object with branches');
  const found = (argument['branches'] as Doc[]).find((item) => truthy(evaluate(item['case'])));
  if (found) return evaluate(found['then']);
  if ('default' in argument) return evaluate(argument['default']);
  throw new ServerError(
    40069,
    '$switch could not find a matching branch for an input, and no default was specified.',
  );
};

/** Truth as BSON has it. */
export const logicalOperators: Readonly<Record<string, Operator>> = {
  $and: (argument, evaluate) => list(argument).every((item) => truthy(evaluate(item))),
  $or: (argument, evaluate) => list(argument).some((item) => truthy(evaluate(item))),
  $not: (argument, evaluate) => !truthy(evaluate(argument)),
  $cond: choose,
  $ifNull: firstPresent,
  $switch: branch,
};
