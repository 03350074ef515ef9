import { compareValues } from '../bson/compare';
import { isNumeric, toNumber } from '../bson/numbers';
import {
  isDoc,
  isNullish,
  isOperatorDoc,
  MaxKey,
  MinKey,
  regexSource,
  typeOf,
  TypeOrder,
  type Doc,
} from '../bson/values';
import { afterPrefix, encodeField } from '../storage/key-encoding';
import { literalPrefix } from './regex';

/** Encoded keys from `start` (inclusive) to `end` (exclusive) of one field, in the index's direction. */
export interface Interval {
  start: Buffer;
  end: Buffer;
}

/** What a filter says about one field, as far as an index can use it. */
export interface FieldBounds {
  /** Single values: equality and `$in`. */
  points?: unknown[];
  lower?: unknown;
  upper?: unknown;
  /** The filter demands a value: sparse indexes may serve it. */
  exists: boolean;
}

const indexable = (value: unknown): boolean =>
  !Array.isArray(value) && !regexSource(value) && !(isNumeric(value) && Number.isNaN(toNumber(value)));

function comparisonBounds(operator: string, value: unknown): FieldBounds | undefined {
  if (isNullish(value) || value instanceof MinKey || value instanceof MaxKey || !indexable(value))
    return undefined;
  if (isDoc(value)) return undefined;
  return operator === '$gt' || operator === '$gte'
    ? { lower: value, exists: true }
    : { upper: value, exists: true };
}

function pointBounds(values: unknown[]): FieldBounds | undefined {
  if (!values.every(indexable)) return undefined;
  return { points: values, exists: values.every((value) => !isNullish(value)) };
}

function regexBounds(value: unknown, options: unknown): FieldBounds | undefined {
  const source = typeof value === 'string' ? { pattern: value, options: '' } : regexSource(value);
  const prefix =
    source && literalPrefix(source.pattern, source.options + (typeof options === 'string' ? options : ''));
  if (prefix === undefined) return undefined;
  const last = [...prefix].at(-1) as string;
  const next = String.fromCodePoint((last.codePointAt(0) as number) + 1);
  return { lower: prefix, upper: prefix.slice(0, -last.length) + next, exists: true };
}

function operatorBounds(name: string, argument: unknown, siblings: Doc): FieldBounds | undefined {
  switch (name) {
    case '$eq':
      return pointBounds([argument]);
    case '$in':
      return Array.isArray(argument) ? pointBounds(argument) : undefined;
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return comparisonBounds(name, argument);
    case '$regex':
      return regexBounds(argument, siblings['$options']);
    case '$exists':
      return argument === true ? { exists: true } : undefined;
    default:
      return undefined;
  }
}

const narrower = (a: unknown, b: unknown, sign: number): unknown =>
  a === undefined ? b : b === undefined ? a : compareValues(a, b) * sign > 0 ? a : b;

function merge(a: FieldBounds | undefined, b: FieldBounds): FieldBounds {
  if (!a) return b;
  const points =
    a.points && b.points
      ? a.points.length <= b.points.length
        ? a.points
        : b.points
      : (a.points ?? b.points);
  return {
    ...(points ? { points } : {}),
    lower: narrower(a.lower, b.lower, 1),
    upper: narrower(a.upper, b.upper, -1),
    exists: a.exists || b.exists,
  };
}

/**
 * The bounds a filter's conjunction puts on each field. They may be wider than the filter, never narrower: the filter
 * itself is always applied to what the index yields.
 */
export function filterBounds(filter: Doc, into = new Map<string, FieldBounds>()): Map<string, FieldBounds> {
  const add = (path: string, bounds: FieldBounds | undefined): void => {
    if (bounds) into.set(path, merge(into.get(path), bounds));
  };
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      (condition as Doc[]).forEach((branch) => filterBounds(branch, into));
    } else if (name.startsWith('$')) {
      continue;
    } else if (isOperatorDoc(condition)) {
      for (const [operator, argument] of Object.entries(condition))
        add(name, operatorBounds(operator, argument, condition));
    } else if (regexSource(condition)) {
      add(name, regexBounds(condition, ''));
    } else {
      add(name, pointBounds([condition]));
    }
  }
  return into;
}

const typeRange = (value: unknown): { low: Buffer; high: Buffer } => {
  const order: TypeOrder = typeOf(value).order;
  return { low: Buffer.from([order]), high: Buffer.from([order + 1]) };
};

function ascendingRange({ lower, upper }: FieldBounds): Interval {
  const { low, high } = typeRange(lower ?? upper);
  return {
    start: lower === undefined ? low : encodeField(lower, 1),
    // Inclusive: the filter decides about the end itself.
    end: upper === undefined ? high : (afterPrefix(encodeField(upper, 1)) ?? high),
  };
}

const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => ~byte & 0xff));

/** A descending field's keys are inverted bit by bit, and its intervals run the other way. */
function descendingRange(bounds: FieldBounds): Interval {
  const { low, high } = typeRange(bounds.lower ?? bounds.upper);
  const start =
    bounds.upper === undefined ? flip(Buffer.from([(high[0] as number) - 1])) : encodeField(bounds.upper, -1);
  const end =
    bounds.lower === undefined ? afterPrefix(flip(low)) : afterPrefix(encodeField(bounds.lower, -1));
  return { start, end: end ?? Buffer.from([0xff]) };
}

/** The intervals of one field, in the order of the index; undefined when the field is not bounded. */
export function intervals(bounds: FieldBounds, direction: 1 | -1): Interval[] | undefined {
  if (bounds.points) {
    const keys = bounds.points
      .map((value) => encodeField(value ?? null, direction))
      .sort((a, b) => Buffer.compare(a, b));
    const distinct = keys.filter((key, i) => i === 0 || !key.equals(keys[i - 1] as Buffer));
    return distinct.map((key) => ({ start: key, end: afterPrefix(key) ?? key }));
  }
  if (bounds.lower === undefined && bounds.upper === undefined) return undefined;
  return [direction === 1 ? ascendingRange(bounds) : descendingRange(bounds)];
}
