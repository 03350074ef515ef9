import { ServerError } from '../errors';
import { double, isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, type Doc } from '../bson/values';
import { count as countMatching } from '../query/count';
import { findNear } from '../query/executor';
import { nearQuery } from '../query/geo';
import { compileFilter } from '../query/matcher';
import type { Collection } from '../storage/catalog';
import { getPath, setPath } from '../update/paths';
import { fieldsOf } from './expressions';
import { stageOf } from './field-stages';
import { compileFacet, compileLookup, compileUnionWith } from './joins';
import { readDocuments, requireDoc, type PipelineContext, type Pipelines } from './reading';
import type { Docs, Stage } from './stage';
import { LOCAL_STAGES } from './stages';

function* geoNear(argument: unknown, context: PipelineContext, name: string): Generator<Doc> {
  const options = requireDoc('$geoNear', argument);
  const collection = context.catalog.find(context.db, name);
  if (!collection) return;
  const geo = collection.indexes.filter((index) => index.kind === 'geo');
  const key = options['key'] ?? (geo.length === 1 ? Object.keys(geo[0]?.key ?? {})[0] : undefined);
  if (typeof key !== 'string')
    throw new ServerError(27, '$geoNear requires a 2d or 2dsphere index, but none were found');
  const { near, distanceField, includeLocs, distanceMultiplier, query = {} } = options;
  const limits = { $minDistance: options['minDistance'], $maxDistance: options['maxDistance'] };
  const factor = isNumeric(distanceMultiplier) ? toNumber(distanceMultiplier) : 1;
  const filter = requireDoc('$geoNear query', query);
  for (const { doc, distance } of findNear(
    context.read,
    collection,
    nearQuery(key, { $near: { $geometry: near, ...limits } }),
    filter,
    context.variables,
  )) {
    if (typeof distanceField === 'string') setPath(doc, distanceField.split('.'), double(distance * factor));
    if (typeof includeLocs === 'string') setPath(doc, includeLocs.split('.'), getPath(doc, key.split('.')));
    yield doc;
  }
}

type CompileReading = (argument: unknown, context: PipelineContext, pipelines: Pipelines) => Stage;

const READING_STAGES: Readonly<Record<string, CompileReading>> = {
  $lookup: compileLookup,
  $unionWith: compileUnionWith,
  $facet: compileFacet,
};

const PIPELINES: Pipelines = { compile: compilePipeline, run: runPipeline };

function compileStage(stage: Doc, context: PipelineContext): Stage {
  const [name, argument] = stageOf(stage);
  if (name === '$geoNear') throw new ServerError(40603, '$geoNear was not the first stage in the pipeline');
  const local = LOCAL_STAGES[name];
  if (local) return local(argument, context.variables);
  const reading = READING_STAGES[name];
  if (reading) return reading(argument, context, PIPELINES);
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
  /** Stages that the reading itself takes care of. */
  consumed: number;
}

/** `$match` and `$sort` at the beginning become the query, so that indexes serve them. */
function pushDown(pipeline: readonly Doc[]): Pushed {
  const conditions: Doc[] = [];
  let sort: Doc | undefined;
  let consumed = 0;
  for (const stage of pipeline) {
    const [name, argument] = stageOf(stage);
    if (!isDoc(argument) || sort) break;
    if (name === '$match') conditions.push(argument);
    else if (name === '$sort') sort = argument;
    else break;
    consumed += 1;
  }
  const [only = {}] = conditions;
  return { filter: conditions.length > 1 ? { $and: conditions } : only, sort, consumed };
}

/** Field of the count when a pipeline is the `$match` and `$group` that drivers count with. */
function countField(pipeline: readonly Doc[]): string | undefined {
  const group = pipeline.at(-1)?.['$group'];
  if (!isDoc(group) || pipeline.length > 2) return undefined;
  const [id, field, ...more] = Object.entries(group);
  if (!id || !field || more.length > 0 || id[0] !== '_id') return undefined;
  if (isDoc(id[1]) || String(id[1]).startsWith('$')) return undefined;
  return isDoc(field[1]) && field[1]['$sum'] === 1 ? field[0] : undefined;
}

function* countRow(
  context: PipelineContext,
  collection: Collection,
  filter: Doc,
  field: string,
  group: Doc,
): Generator<Doc> {
  const total = countMatching(context.read, collection, filter, context.variables, context.hint);
  if (total > 0) yield { _id: isNullish(group['_id']) ? null : group['_id'], [field]: total };
}

/** Runs a pipeline over a collection, or over nothing when there is no such collection. */
export function runPipeline(context: PipelineContext, name: string, pipeline: readonly Doc[]): Docs {
  const first = pipeline[0];
  if (first && '$geoNear' in first) {
    return compilePipeline(pipeline.slice(1), context)(geoNear(first['$geoNear'], context, name));
  }
  // Compiled whole at first, for the errors of stages that an early end would hide.
  const whole = compilePipeline(pipeline, context);
  const collection = context.catalog.find(context.db, name);
  if (!collection) return whole([]);
  const { filter, sort, consumed } = pushDown(pipeline);
  const field = countField(pipeline);
  if (field !== undefined && !sort && consumed === pipeline.length - 1) {
    return countRow(context, collection, filter, field, pipeline.at(-1)?.['$group'] as Doc);
  }
  compileFilter(filter, { variables: context.variables });
  const group = pipeline[consumed]?.['$group'];
  const fields = group === undefined ? undefined : fieldsOf(group);
  const source = readDocuments(context, collection, { filter, sort, hint: context.hint, fields });
  return compilePipeline(pipeline.slice(consumed), context)(source);
}
