import { evalExpr } from 'mingo/core';
import { Lazy } from 'mingo/lazy';
import { $project, $unwind } from 'mingo/operators/pipeline';
import { cloneDeep } from 'mingo/util';
import { compareValues, isDoc, isNullish, isOperatorDoc, keyOf, type Doc } from './bson';
import type { Collection } from './collection';
import { need, notSupported } from './errors';
import { checkExpression, optionsFor, type Options } from './expressions';
import { compileFilter } from './filter';
import { distanceFrom } from './geo';
import { keyValues, parseSort, sortDocs, withPath } from './paths';
import { count, find, findNear, type Query, type Source } from './query';

/** What a pipeline runs with: `view` finds a collection of the same database. */
export type Context = { source: Source; view: (name: string) => Collection; variables: Doc; hint?: unknown };

/** Documents, which must not be changed, to documents. */
type Run = (docs: readonly Doc[]) => readonly Doc[];
/** Makes a stage of its argument. @throws ServerError when that is wrong */
type Stage = (argument: Doc, options: Options, context: Context) => Run;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const copies = (docs: readonly Doc[]): ReturnType<typeof Lazy> =>
  Lazy(docs.map((doc) => cloneDeep<Doc>(doc)));

const addFields: Stage = (fields, options) => {
  checkExpression(fields);
  const set = (root: Doc): Doc =>
    Object.entries(fields).reduce<Doc>((doc, [name, value]) => {
      return withPath(doc, name.split('.'), evalExpr(root, value, options));
    }, root);
  return (docs) => docs.map(set);
};

/** mingo's, with `_id` first, then the document's fields in its order, then those that are computed. */
const project: Stage = (fields, options) => {
  const names = Object.keys(fields);
  need(names.length > 0, 51272, 'projection specification must have at least one field');
  checkExpression(fields, 31325);
  if (names.some((name) => /\.(\d|\$)/.test(name))) throw notSupported('a projection of elements of arrays');
  const ordered = (doc: Doc, result: Doc): Doc => {
    const kept = Object.keys(doc).filter((name) => !/string|object/.test(typeof fields[name]));
    const order = [...new Set(['_id', ...kept, ...names, ...Object.keys(result)])];
    return Object.fromEntries(order.filter((name) => name in result).map((name) => [name, result[name]]));
  };
  const run: Run = (docs) => $project(copies(docs), fields, options).collect<Doc>();
  run([]);
  return (docs) => run(docs).map((result, i) => ordered(docs[i] as Doc, result));
};

const replaceRoot: Stage = (argument, options) => {
  checkExpression(argument);
  return (docs) =>
    docs.map((doc) => {
      const root = evalExpr(doc, argument, options);
      need(isDoc(root), 40228, "'newRoot' expression must evaluate to an object");
      return root;
    });
};

/** Stages that turn one document into one: those an update may be made of. */
const FIELD_STAGES: Readonly<Record<string, Stage>> = {
  $project: project,
  $addFields: addFields,
  $set: addFields,
  $replaceWith: replaceRoot,
  $replaceRoot: ({ newRoot }, ...more) => replaceRoot(newRoot as Doc, ...more),
  $unset: (names, ...more) =>
    project(Object.fromEntries([names].flat().map((name) => [name, 0])) as Doc, ...more),
};

const sum = (values: unknown[]): number =>
  values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0);
const lowest = (values: unknown[], sign: 1 | -1): unknown =>
  values
    .filter((value) => !isNullish(value))
    .reduce(
      (best, value) => (isNullish(best) || compareValues(best, value) * sign > 0 ? value : best),
      null as unknown,
    );

const ACCUMULATORS: Readonly<Record<string, (values: unknown[]) => unknown>> = {
  $sum: sum,
  $avg: (values) => {
    const numbers = values.filter((value) => typeof value === 'number');
    return numbers.length > 0 ? sum(numbers) / numbers.length : null;
  },
  $min: (values) => lowest(values, 1),
  $max: (values) => lowest(values, -1),
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: (values) =>
    [...new Map(values.map((value) => [keyOf(value), value])).values()].filter(
      (value) => value !== undefined,
    ),
  $count: ({ length }) => length,
};

const group: Stage = ({ _id: key, ...fields }, options) => {
  need(key !== undefined, 15955, 'a group specification must include an _id');
  checkExpression(key);
  const columns = Object.entries(fields).map(([field, column]) => {
    const [[name = '', argument] = []] = isOperatorDoc(column) ? Object.entries(column) : [];
    const accumulate = ACCUMULATORS[name];
    need(accumulate, name === '' ? 40234 : 15952, `unknown group operator '${name}'`);
    checkExpression(argument);
    return (members: Doc[]) =>
      [field, accumulate(members.map((doc) => evalExpr(doc, argument, options)))] as const;
  });
  return (docs) => {
    const groups = new Map<string, { _id: unknown; members: Doc[] }>();
    for (const doc of docs) {
      const _id: unknown = evalExpr(doc, key, options) ?? null;
      const one = groups.get(keyOf(_id)) ?? { _id, members: [] };
      if (one.members.push(doc) === 1) groups.set(keyOf(_id), one);
    }
    const columnsOf = (members: Doc[]): Doc => Object.fromEntries(columns.map((column) => column(members)));
    return Array.from(groups.values(), ({ _id, members }) => ({ _id, ...columnsOf(members) }));
  };
};

const sort: Stage = (order) => {
  const fields = parseSort(order);
  need(fields.length > 0, 15976, '$sort stage must have at least one sort key');
  return (docs) => sortDocs(docs, fields, (doc) => doc);
};

/** A value belongs to the highest boundary not above it; the last boundary is exclusive. */
const bucket: Stage = (argument, options, context) => {
  const { groupBy, boundaries: limits, default: other, output = { count: { $sum: 1 } } } = argument;
  const isSorted =
    Array.isArray(limits) && limits.every((one, i) => !i || compareValues(limits[i - 1], one) < 0);
  need(isSorted, 40194, "The 'boundaries' option to $bucket must be sorted");
  checkExpression(groupBy);
  const keyed = (doc: Doc): Doc => {
    const value = evalExpr(doc, groupBy, options);
    const above = limits.findIndex((limit) => compareValues(value, limit) < 0);
    need(above > 0 || other !== undefined, 7158303, '$bucket found no bucket for a value');
    return { ...doc, ' key': above > 0 ? (limits[above - 1] as unknown) : other };
  };
  const grouped = group({ _id: '$ key', ...(output as Doc) }, options, context);
  return (docs) => sortDocs(grouped(docs.map(keyed)), parseSort({ _id: 1 }), (doc) => doc);
};

/** By equal fields, by a pipeline, or both. */
const lookup: Stage = (argument, options, context) => {
  const { from, as, localField, foreignField, pipeline = [], let: bindings = {} } = argument;
  need(isText(from) && isText(as), 9, '$lookup takes from and as');
  compile(pipeline, context);
  return (docs) =>
    docs.map((doc) => {
      const isEqual = isText(localField) && isText(foreignField);
      const values = isEqual ? keyValues(doc, localField.split('.')) : [];
      const match = isEqual ? [{ $match: { [foreignField]: { $in: values } } }] : [];
      const variables = { ...context.variables, ...(evalExpr(doc, bindings, options) as Doc) };
      const found = runPipeline({ ...context, hint: undefined, variables }, from, [
        ...match,
        ...(pipeline as Doc[]),
      ]);
      return withPath(doc, as.split('.'), found);
    });
};

const STAGES: Readonly<Record<string, Stage>> = {
  ...FIELD_STAGES,
  $bucket: bucket,
  $group: group,
  $lookup: lookup,
  $sort: sort,
  $count: (name: unknown) => {
    need(isText(name) && !/^\$|\./.test(name), 40156, 'the count field must be a name');
    return (docs) => (docs.length > 0 ? [{ [name]: docs.length }] : []);
  },
  $facet: (facets, _options, context) => {
    const runs = Object.entries(facets).map(
      ([name, pipeline]) => [name, compile(pipeline, context)] as const,
    );
    return (docs) => [Object.fromEntries(runs.map(([name, run]) => [name, run(docs)]))];
  },
  $limit: (limit: unknown) => {
    need(isWhole(limit) && limit > 0, 15958, 'the limit must be positive');
    return (docs) => docs.slice(0, limit);
  },
  $match: (filter, _options, { variables }) => {
    need(isDoc(filter), 15959, 'the match filter must be an expression in an object');
    const test = compileFilter(filter, variables);
    return (docs) => docs.filter(test);
  },
  $skip: (skip: unknown) => {
    need(isWhole(skip), 5107200, 'invalid argument to $skip stage');
    return (docs) => docs.slice(skip);
  },
  $sortByCount: (by, options, context) => {
    const grouped = group({ _id: by, count: { $sum: 1 } }, options, context);
    return (docs) => sortDocs(grouped(docs), parseSort({ count: -1 }), (doc) => doc);
  },
  $unwind: (argument, options) => {
    const path = isDoc(argument) ? argument['path'] : argument;
    need(isText(path) && path.startsWith('$'), 28818, 'the path of $unwind should be prefixed with a $');
    return (docs) => $unwind(copies(docs), argument as never, options).collect<Doc>();
  },
};

/** Makes one of several stages. @throws ServerError 40323 or 40324 for what is no stage */
function compile(pipeline: unknown, context: Context, stages = STAGES, unknown = 40324): Run {
  const options = optionsFor(context.variables);
  need(Array.isArray(pipeline), 40169, 'a pipeline must be an array');
  const runs = pipeline.map((each: unknown) => {
    const [[name = '', argument] = [], ...more] = isDoc(each) ? Object.entries(each) : [];
    need(name !== '' && more.length === 0, 40323, 'a stage must contain exactly one field');
    need(name !== '$geoNear', 40603, '$geoNear was not the first stage in the pipeline');
    const stage = stages[name];
    need(stage, unknown, `Unrecognized pipeline stage name: '${name}'`);
    return stage(argument as Doc, options, context);
  });
  return (docs) => runs.reduce((all, run) => run(all), docs);
}

/** Compiles stages that an update may be made of. @throws ServerError 72 for others */
export const compileFieldStages = (pipeline: unknown, variables: Doc): Run =>
  compile(pipeline, { variables } as Context, FIELD_STAGES, 72);

/** Applies a projection of find. @throws ServerError 115 for operators that have another meaning there than in stages */
export function projected(docs: readonly Doc[], fields: Doc = {}): readonly Doc[] {
  if (/"\$(slice|elemMatch|meta)"/.test(JSON.stringify(fields))) throw notSupported('such a projection');
  return Object.keys(fields).length === 0 ? docs : compileFieldStages([{ $project: fields }], {})(docs);
}

function geoNear({ source, variables }: Context, collection: Collection, options: Doc): Doc[] {
  const { distanceField, key, query = {}, distanceMultiplier = 1, includeLocs } = options;
  if (includeLocs) throw notSupported('includeLocs');
  const fields = collection.indexes.filter(({ isGeo }) => isGeo).flatMap((index) => index.fields);
  const path = key ?? (fields.length === 1 ? fields[0] : undefined);
  need(isText(path) && isText(distanceField), 27, '$geoNear needs a distanceField, and an index or a key');
  const found = findNear(source, collection, path, distanceFrom(options), {
    filter: query as Doc,
    variables,
  });
  return found.map(({ doc, distance }) => {
    return withPath(doc, distanceField.split('.'), distance * Number(distanceMultiplier));
  });
}

/** The field of the count when a `$group` is the one that drivers count with. */
function countField({ _id: key, ...fields }: Doc = {}): string | undefined {
  const [[field, column] = [], ...more] = Object.entries(fields);
  const isConstant = (typeof key === 'number' || key === null) && more.length === 0;
  return isConstant && isDoc(column) && column['$sum'] === 1 ? field : undefined;
}

/** Runs a pipeline over a collection, or over nothing when there is no such collection. */
export function runPipeline(context: Context, name: string, pipeline: readonly Doc[]): readonly Doc[] {
  const [{ source, variables, hint }, collection, rest] = [context, context.view(name), [...pipeline]];
  const take = (stage: string): Doc | undefined =>
    Object.keys(rest[0] ?? {}).join() === stage && isDoc(rest[0]?.[stage])
      ? (rest.shift()?.[stage] as Doc)
      : undefined;
  const near = take('$geoNear');
  if (near) return compile(rest, context)(geoNear(context, collection, near));
  // Stages at the beginning that are a query are run as one, so that indexes serve them.
  const query: Query = { filter: take('$match') ?? {}, sort: take('$sort'), variables, hint };
  const run = compile(rest, context);
  const { $limit: limit = Infinity, $group } = rest[0] ?? {};
  const field = rest.length === 1 ? countField($group as Doc | undefined) : undefined;
  if (field !== undefined) {
    const total = count(source, collection, query);
    return total > 0 ? [{ _id: ($group as Doc)['_id'], [field]: total }] : [];
  }
  return run(Array.from(find(source, collection, { ...query, limit: Number(limit) }), ({ doc }) => doc));
}
