import { notSupported, ServerError } from '../errors';
import { decode } from '../bson/decode';
import { double, isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, type Doc } from '../bson/values';
import { count as countMatching, find, findNear, type ReadContext } from '../query/executor';
import { EARTH_RADIUS_METRES, nearQuery } from '../query/geo';
import { compileFilter } from '../query/matcher';
import { leavesAt } from '../query/paths';
import type { Catalog, Collection } from '../storage/catalog';
import { getPath, setPath } from '../update/paths';
import { compileExpression } from './expressions';
import { stageOf } from './field-stages';
import { mingoStage } from './mingo-stages';
import { LOCAL_STAGES, type Docs, type Stage } from './stages';

export interface PipelineContext {
  read: ReadContext;
  catalog: Catalog;
  db: string;
  variables: Doc;
  hint?: unknown;
}

const REFUSED = [
  '$out',
  '$merge',
  '$changeStream',
  '$search',
  '$collStats',
  '$indexStats',
  '$currentOp',
  '$planCacheStats',
  '$listSessions',
  '$bucketAuto',
  '$graphLookup',
  '$densify',
  '$fill',
];

function read(
  context: PipelineContext,
  name: string,
  query: { filter: Doc; sort?: Doc | undefined; limit?: number },
): Docs {
  const collection = context.catalog.find(context.db, name);
  return collection ? documents(context, collection, query) : [];
}

function* documents(
  context: PipelineContext,
  collection: Collection,
  query: { filter: Doc; sort?: Doc | undefined; limit?: number; hint?: unknown },
): Generator<Doc> {
  for (const { bytes } of find(context.read, collection, { ...query, variables: context.variables }))
    yield decode(bytes);
}

function requireDoc(name: string, argument: unknown): Doc {
  if (isDoc(argument)) return argument;
  throw new ServerError(9, `the ${name} stage specification must be an object`);
}

function requirePipeline(name: string, argument: unknown): Doc[] {
  if (!Array.isArray(argument))
    throw new ServerError(14, `'pipeline' option of ${name} must be specified as an array`);
  return argument as Doc[];
}

/** Documents of the other collection whose field has one of the local field's values; missing counts as null. */
function joined(
  context: PipelineContext,
  from: string,
  foreignField: string,
  doc: Doc,
  localField: string,
): Docs {
  const values = leavesAt(doc, localField.split('.')).flatMap(({ value }): unknown[] =>
    Array.isArray(value) ? value : [value ?? null],
  );
  const local = values.length === 0 ? [null] : values;
  return read(context, from, {
    filter: { [foreignField]: local.length === 1 ? { $eq: local[0] } : { $in: local } },
  });
}

function lookup(argument: unknown, context: PipelineContext): Stage {
  const {
    from,
    localField,
    foreignField,
    as,
    pipeline,
    let: bindings = {},
  } = requireDoc('$lookup', argument);
  if (typeof from !== 'string' || typeof as !== 'string') {
    throw new ServerError(9, "$lookup needs strings for 'from' and 'as'");
  }
  if ((typeof localField !== 'string' || typeof foreignField !== 'string') && pipeline === undefined) {
    throw new ServerError(
      9,
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const stages = pipeline === undefined ? undefined : requirePipeline('$lookup', pipeline);
  const variables = Object.entries(requireDoc('let', bindings)).map(
    ([name, expression]) => [name, compileExpression(expression, context.variables)] as const,
  );
  if (stages) compilePipeline(stages, context);
  return function* join(docs) {
    for (const doc of docs) {
      const inner = { ...context, hint: undefined, variables: { ...context.variables } };
      for (const [name, compute] of variables) inner.variables[name] = compute(doc);
      const isKeyed = typeof localField === 'string' && typeof foreignField === 'string';
      const found = isKeyed ? joined(inner, from, foreignField, doc, localField) : undefined;
      const result = structuredCopy(doc, as);
      setPath(result, as.split('.'), [...pipelineOver(inner, from, found, stages ?? [])]);
      yield result;
    }
  };
}

function pipelineOver(
  context: PipelineContext,
  from: string,
  found: Docs | undefined,
  stages: readonly Doc[],
): Docs {
  if (found) return compilePipeline(stages, context)(found);
  return runPipeline(context, from, stages);
}

/** A copy deep enough to set one path. */
function structuredCopy(doc: Doc, path: string): Doc {
  const [part, ...rest] = path.split('.');
  const value = doc[part as string];
  return rest.length > 0 && isDoc(value)
    ? { ...doc, [part as string]: structuredCopy(value, rest.join('.')) }
    : { ...doc };
}

function unionWith(argument: unknown, context: PipelineContext): Stage {
  const { coll, pipeline = [] }: Doc =
    typeof argument === 'string' ? { coll: argument } : requireDoc('$unionWith', argument);
  const stages = requirePipeline('$unionWith', pipeline);
  if (typeof coll !== 'string')
    throw new ServerError(40414, "BSON field '$unionWith.coll' is missing but a required field");
  compilePipeline(stages, context);
  return function* union(docs) {
    yield* docs;
    yield* runPipeline({ ...context, hint: undefined }, coll, stages);
  };
}

function facet(argument: unknown, context: PipelineContext): Stage {
  const facets = Object.entries(requireDoc('$facet', argument)).map(
    ([name, stages]) => [name, compilePipeline(requirePipeline('$facet', stages), context)] as const,
  );
  return function* split(docs) {
    const all = [...docs];
    const result: Doc = {};
    for (const [name, run] of facets) result[name] = [...run(all)];
    yield result;
  };
}

function* geoNear(argument: unknown, context: PipelineContext, name: string): Generator<Doc> {
  const options = requireDoc('$geoNear', argument);
  const collection = context.catalog.find(context.db, name);
  if (!collection) return;
  const geo = collection.indexes.filter((index) => index.kind === 'geo');
  const key = options['key'] ?? (geo.length === 1 ? Object.keys(geo[0]?.key ?? {})[0] : undefined);
  if (typeof key !== 'string')
    throw new ServerError(27, '$geoNear requires a 2d or 2dsphere index, but none were found');
  const {
    near,
    distanceField,
    minDistance,
    maxDistance,
    includeLocs,
    distanceMultiplier,
    query = {},
  } = options;
  const isSphere = isDoc(near) && 'type' in near;
  const condition = isSphere
    ? { $nearSphere: { $geometry: near, $minDistance: minDistance, $maxDistance: maxDistance } }
    : {
        [options['spherical'] === true ? '$nearSphere' : '$near']: near,
        $minDistance: minDistance,
        $maxDistance: maxDistance,
      };
  const factor = isNumeric(distanceMultiplier) ? toNumber(distanceMultiplier) : 1;
  const filter = requireDoc('$geoNear query', query);
  for (const { doc, distance } of findNear(
    context.read,
    collection,
    nearQuery(key, condition),
    filter,
    context.variables,
  )) {
    if (typeof distanceField === 'string') setPath(doc, distanceField.split('.'), double(distance * factor));
    if (typeof includeLocs === 'string') setPath(doc, includeLocs.split('.'), getPath(doc, key.split('.')));
    yield doc;
  }
}

export { EARTH_RADIUS_METRES };

const READING_STAGES: Readonly<Record<string, (argument: unknown, context: PipelineContext) => Stage>> = {
  $lookup: lookup,
  $unionWith: unionWith,
  $facet: facet,
};

function compileStage(stage: Doc, context: PipelineContext): Stage {
  const [name, argument] = stageOf(stage);
  if (REFUSED.includes(name)) throw notSupported(`the stage ${name}`);
  if (name === '$geoNear') throw new ServerError(40603, '$geoNear was not the first stage in the pipeline');
  const local = LOCAL_STAGES[name];
  if (local) return local(argument, context.variables);
  const reading = READING_STAGES[name];
  if (reading) return reading(argument, context);
  const other = mingoStage(name, argument, context.variables);
  if (other) return other;
  throw new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

/** Compiles a pipeline's stages. @throws ServerError 40324 for an unknown stage */
export function compilePipeline(pipeline: readonly Doc[], context: PipelineContext): Stage {
  const stages = pipeline.map((stage) => compileStage(stage, context));
  return (docs) => stages.reduce<Docs>((current, stage) => stage(current), docs);
}

interface Pushed {
  filter: Doc;
  sort: Doc | undefined;
  limit: number;
  /** Stages that the reading itself takes care of. */
  consumed: number;
}

/** `$match`, `$sort` and `$limit` at the beginning become the query, so that indexes serve them. */
function pushDown(pipeline: readonly Doc[]): Pushed {
  const pushed: Pushed = { filter: {}, sort: undefined, limit: Infinity, consumed: 0 };
  const conditions: Doc[] = [];
  for (const stage of pipeline) {
    const [name, argument] = stageOf(stage);
    if (name === '$match' && isDoc(argument) && !pushed.sort) conditions.push(argument);
    else if (name === '$sort' && isDoc(argument) && !pushed.sort && Object.keys(argument).length > 0)
      pushed.sort = argument;
    else break;
    pushed.consumed += 1;
  }
  if (conditions.length === 1) pushed.filter = conditions[0] as Doc;
  else if (conditions.length > 1) pushed.filter = { $and: conditions };
  return pushed;
}

/** `$match` followed by the `$group` that drivers count with. */
function isCount(pipeline: readonly Doc[]): string | undefined {
  const group = pipeline.at(-1)?.['$group'];
  if (!isDoc(group) || pipeline.length > 2) return undefined;
  const [id, field, ...more] = Object.entries(group);
  if (!id || !field || more.length > 0 || id[0] !== '_id' || isDoc(id[1]) || String(id[1]).startsWith('$'))
    return undefined;
  const sum = isDoc(field[1]) ? field[1]['$sum'] : undefined;
  return sum === 1 ? field[0] : undefined;
}

/** Runs a pipeline over a collection, or over nothing when there is no such collection. */
export function runPipeline(context: PipelineContext, name: string, pipeline: readonly Doc[]): Docs {
  const first = pipeline[0];
  if (first && '$geoNear' in first) {
    return compilePipeline(pipeline.slice(1), context)(geoNear(first['$geoNear'], context, name));
  }
  const rest = compilePipeline(pipeline, context);
  const collection = context.catalog.find(context.db, name);
  if (!collection) return rest([]);
  const { filter, sort, consumed } = pushDown(pipeline);
  const counted = isCount(pipeline);
  if (counted !== undefined && consumed === pipeline.length - 1 && !sort)
    return countRow(context, collection, filter, counted, pipeline);
  compileFilter(filter, { variables: context.variables });
  const source = documents(context, collection, { filter, sort, hint: context.hint });
  return compilePipeline(pipeline.slice(consumed), context)(source);
}

function* countRow(
  context: PipelineContext,
  collection: Collection,
  filter: Doc,
  field: string,
  pipeline: readonly Doc[],
): Generator<Doc> {
  const total = countMatching(context.read, collection, filter, context.variables, context.hint);
  const id = (pipeline.at(-1)?.['$group'] as Doc)['_id'];
  if (total > 0) yield { _id: isNullish(id) ? null : id, [field]: total };
}
