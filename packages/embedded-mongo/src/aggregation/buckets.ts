import { notSupported, ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import { parseSort, sortDocs } from '../query/sort';
import { compileExpression } from './expressions';
import { compileGroup } from './group';
import type { Docs, Stage } from './stage';

interface Bucket {
  groupBy: unknown;
  boundaries: unknown[];
  output: Doc;
  default?: unknown;
}

const COUNT: Doc = { count: { $sum: 1 } };

function parseBucket(argument: unknown): Bucket {
  if (!isDoc(argument)) throw new ServerError(40201, 'Argument to $bucket stage must be an object');
  const { groupBy, boundaries, output = COUNT } = argument;
  if (groupBy === undefined || !Array.isArray(boundaries)) {
    throw new ServerError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  if (boundaries.length < 2) {
    throw new ServerError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  }
  if (boundaries.some((value, i) => i > 0 && compareValues(boundaries[i - 1], value) >= 0)) {
    throw new ServerError(40194, "The 'boundaries' option to $bucket must be sorted");
  }
  return { ...argument, groupBy, boundaries: boundaries as unknown[], output: output as Doc };
}

/** Rewrites an expression's field paths to read from `doc`, where the document has been put. */
function onDoc<T>(expression: T): T {
  if (typeof expression === 'string' && /^\$[^$]/.test(expression)) return `$doc.${expression.slice(1)}` as T;
  if (expression === '$$ROOT') return '$doc' as T;
  if (Array.isArray(expression)) return expression.map(onDoc) as T;
  if (!isDoc(expression) || '$literal' in expression) return expression;
  return Object.fromEntries(Object.entries(expression).map(([name, value]) => [name, onDoc(value)])) as T;
}

/** `$bucket`: a value belongs to the highest boundary not above it; the last boundary is exclusive. */
export function compileBucket(argument: unknown, variables: Doc): Stage {
  const { groupBy, boundaries, output, ...rest } = parseBucket(argument);
  const valueOf = compileExpression(groupBy, variables);
  const group = compileGroup({ _id: '$key', ...onDoc(output) }, variables);
  const keyed = function* (docs: Docs): Generator<Doc> {
    for (const doc of docs) {
      const value = valueOf(doc);
      const above = boundaries.findIndex((boundary) => compareValues(value, boundary) < 0);
      if (above > 0) yield { key: boundaries[above - 1], doc };
      else if ('default' in rest) yield { key: rest.default, doc };
      else
        throw new ServerError(
          7158303,
          'found a value outside of the boundaries, and no default was specified',
        );
    }
  };
  return function* bucket(docs) {
    yield* sortDocs([...group(keyed(docs))], parseSort({ _id: 1 }), (doc) => doc);
  };
}

/** `$bucketAuto`: as many buckets as asked for, of about equal size; equal values stay together. */
export function compileBucketAuto(argument: unknown, variables: Doc): Stage {
  if (!isDoc(argument)) throw new ServerError(40240, 'The argument to $bucketAuto must be an object');
  const { groupBy, buckets, output = COUNT, granularity } = argument;
  if (granularity !== undefined) throw notSupported('the granularity of $bucketAuto');
  if (!isNumeric(buckets) || !Number.isInteger(toNumber(buckets)) || toNumber(buckets) < 1) {
    throw new ServerError(40243, "The $bucketAuto 'buckets' field must be a whole number greater than 0");
  }
  const valueOf = compileExpression(groupBy, variables);
  const group = compileGroup({ _id: null, ...onDoc(output as Doc) }, variables);
  return function* bucketAuto(docs) {
    const rows = [...docs].map((doc) => ({ value: valueOf(doc) ?? null, doc }));
    rows.sort((a, b) => compareValues(a.value, b.value));
    const size = Math.max(1, Math.round(rows.length / toNumber(buckets)));
    for (let start = 0, made = 1; start < rows.length; made += 1) {
      let end = made === toNumber(buckets) ? rows.length : Math.min(rows.length, start + size);
      while (end < rows.length && compareValues(rows[end - 1]?.value, rows[end]?.value) === 0) end += 1;
      const [row] = group(rows.slice(start, end));
      const max = end < rows.length ? rows[end]?.value : rows.at(-1)?.value;
      yield { ...row, _id: { min: rows[start]?.value, max } };
      start = end;
    }
  };
}
