import { failedToParse, notSupported, ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import { parseSort, sortDocs } from '../query/sort';
import { encodeValue } from '../storage/key-encoding';
import { setPath } from '../update/paths';
import { ACCUMULATORS, type Accumulator } from './accumulators';
import { compileExpression } from './expressions';
import type { Stage } from './stage';

/** Computes a field for one document of a sorted partition. */
type Column = (partition: readonly Doc[], at: number) => unknown;

/** First and last position of a window around a document. */
type Bounds = (at: number, length: number) => [number, number];

function bound(value: unknown, edge: number): (at: number) => number {
  if (value === 'unbounded') return () => edge;
  if (value === 'current') return (at) => at;
  if (isNumeric(value) && Number.isInteger(toNumber(value))) return (at) => at + toNumber(value);
  throw failedToParse(`Numeric document-based bounds must be an integer, 'unbounded' or 'current'`);
}

function parseBounds(window: unknown): Bounds {
  if (window === undefined) return (_at, length) => [0, length - 1];
  const documents = isDoc(window) ? window['documents'] : undefined;
  if (!Array.isArray(documents)) throw notSupported('a window that is not given in documents');
  const lower = bound(documents[0], 0);
  const upper = bound(documents[1], Infinity);
  return (at, length) => [Math.max(0, lower(at)), Math.min(length - 1, upper(at))];
}

/** Positions by the sort: equal documents share one. */
function rank(name: string, sort: Doc | undefined): Column | undefined {
  if (name === '$documentNumber') return (_partition, at) => at + 1;
  if (name !== '$rank' && name !== '$denseRank') return undefined;
  const [field] = Object.keys(sort ?? {});
  if (field === undefined)
    throw new ServerError(5371601, `${name} must be specified with a top level sortBy expression`);
  const keyOf = compileExpression(`$${field}`);
  return (partition, at) => {
    let position = 1;
    for (let i = 1; i <= at; i++) {
      if (compareValues(keyOf(partition[i] as Doc) ?? null, keyOf(partition[i - 1] as Doc) ?? null) === 0)
        continue;
      position = name === '$rank' ? i + 1 : position + 1;
    }
    return position;
  };
}

function shift(argument: unknown, variables: Doc): Column {
  if (!isDoc(argument)) throw failedToParse('$shift requires an object');
  const valueOf = compileExpression(argument['output'], variables);
  const otherwise = compileExpression(argument['default'] ?? null, variables);
  const by = toNumber(argument['by'] as number);
  return (partition, at) => {
    const doc = partition[at + by];
    return doc ? valueOf(doc) : otherwise({});
  };
}

function column(specification: unknown, sort: Doc | undefined, variables: Doc): Column {
  if (!isDoc(specification)) throw failedToParse("the fields of 'output' must be objects");
  const { window, ...operators } = specification;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(operators);
  if (more.length > 0) throw failedToParse('a window function must be specified alone');
  const ranked = rank(name, sort);
  if (ranked) return ranked;
  if (name === '$shift') return shift(argument, variables);
  const make = name === '$count' ? ACCUMULATORS['$sum'] : ACCUMULATORS[name];
  if (!make) throw notSupported(`the window function ${name}`);
  const valueOf = name === '$count' ? (): unknown => 1 : compileExpression(argument, variables);
  const bounds = parseBounds(window);
  return (partition, at) => {
    const accumulator: Accumulator = make();
    const [from, to] = bounds(at, partition.length);
    for (let i = from; i <= to; i++) accumulator.add(valueOf(partition[i] as Doc));
    return accumulator.result();
  };
}

/** `$setWindowFields` with windows given in documents. */
export function compileWindowFields(argument: unknown, variables: Doc): Stage {
  if (!isDoc(argument) || !isDoc(argument['output']))
    throw failedToParse("$setWindowFields needs an object with 'output'");
  const sort = argument['sortBy'] as Doc | undefined;
  const order = parseSort(sort ?? {});
  const partitionOf = compileExpression(argument['partitionBy'] ?? null, variables);
  const columns = Object.entries(argument['output']).map(
    ([path, specification]) => [path.split('.'), column(specification, sort, variables)] as const,
  );
  return function* windows(docs) {
    const partitions = new Map<string, Doc[]>();
    for (const doc of docs) {
      const key = encodeValue(partitionOf(doc) ?? null).toString('latin1');
      partitions.set(key, [...(partitions.get(key) ?? []), doc]);
    }
    for (const rows of partitions.values()) {
      const partition = sortDocs(rows, order, (doc) => doc);
      for (const [at, doc] of partition.entries()) {
        const result: Doc = { ...doc };
        for (const [path, compute] of columns) setPath(result, path, compute(partition, at) ?? null);
        yield result;
      }
    }
  };
}
