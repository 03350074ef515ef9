import { failedToParse, typeMismatch } from '../errors';
import { decode } from '../bson/decode';
import { isDoc, type Doc } from '../bson/values';
import { find, type ReadContext } from '../query/executor';
import type { Catalog, Collection } from '../storage/catalog';
import type { Docs, Stage } from './stage';

/** What a pipeline runs with. */
export interface PipelineContext {
  read: ReadContext;
  catalog: Catalog;
  db: string;
  variables: Doc;
  hint?: unknown;
}

/** Pipelines within stages are compiled and run by whoever compiles the stages. */
export interface Pipelines {
  compile(pipeline: readonly Doc[], context: PipelineContext): Stage;
  run(context: PipelineContext, collection: string, pipeline: readonly Doc[]): Docs;
}

export interface ReadQuery {
  filter: Doc;
  sort?: Doc | undefined;
  limit?: number;
  hint?: unknown;
  /** Top-level fields that are needed; all when left out. */
  fields?: ReadonlySet<string> | undefined;
}

/** The documents of a collection that match, decoded one by one. */
export function* readDocuments(
  context: PipelineContext,
  collection: Collection,
  query: ReadQuery,
): Generator<Doc> {
  for (const { bytes } of find(context.read, collection, { ...query, variables: context.variables })) {
    yield decode(bytes, query.fields && { fields: query.fields });
  }
}

/** As {@link readDocuments}, by name; nothing when there is no such collection. */
export function readByName(context: PipelineContext, name: string, filter: Doc): Docs {
  const collection = context.catalog.find(context.db, name);
  return collection ? readDocuments(context, collection, { filter }) : [];
}

export function requireDoc(name: string, argument: unknown): Doc {
  if (isDoc(argument)) return argument;
  throw failedToParse(`the ${name} stage specification must be an object`);
}

export function requirePipeline(name: string, argument: unknown): Doc[] {
  if (!Array.isArray(argument))
    throw typeMismatch(`'pipeline' option of ${name} must be specified as an array`);
  return argument as Doc[];
}
