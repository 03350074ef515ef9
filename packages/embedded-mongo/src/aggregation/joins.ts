import { failedToParse, ServerError } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { leavesAt } from '../query/paths';
import { setPath } from '../update/paths';
import { compileExpression } from './expressions';
import { readByName, requireDoc, requirePipeline, type PipelineContext, type Pipelines } from './reading';
import type { Docs, Stage } from './stage';

/** A copy deep enough to set one path. */
function copyAlong(doc: Doc, path: string): Doc {
  const [part = '', ...rest] = path.split('.');
  const value = doc[part];
  return rest.length > 0 && isDoc(value) ? { ...doc, [part]: copyAlong(value, rest.join('.')) } : { ...doc };
}

/** The condition that a field has one of these values. */
const oneOf = (field: string, values: readonly unknown[]): Doc => ({
  [field]: values.length === 1 ? { $eq: values[0] } : { $in: values },
});

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
  return readByName(context, from, oneOf(foreignField, values.length === 0 ? [null] : values));
}

interface Lookup {
  from: string;
  as: string;
  keys: { local: string; foreign: string } | undefined;
  pipeline: Doc[] | undefined;
  bindings: Doc;
}

function parseLookup(argument: unknown): Lookup {
  const {
    from,
    localField,
    foreignField,
    as,
    pipeline,
    let: bindings = {},
  } = requireDoc('$lookup', argument);
  if (typeof from !== 'string' || typeof as !== 'string') {
    throw failedToParse("$lookup needs strings for 'from' and 'as'");
  }
  const isKeyed = typeof localField === 'string' && typeof foreignField === 'string';
  if (!isKeyed && pipeline === undefined) {
    throw failedToParse("$lookup requires 'pipeline', or 'localField' and 'foreignField'");
  }
  return {
    from,
    as,
    keys: isKeyed ? { local: localField, foreign: foreignField } : undefined,
    pipeline: pipeline === undefined ? undefined : requirePipeline('$lookup', pipeline),
    bindings: requireDoc('let', bindings),
  };
}

/** `$lookup`, by equal fields, by a pipeline, or both. */
export function compileLookup(argument: unknown, context: PipelineContext, pipelines: Pipelines): Stage {
  const { from, as, keys, pipeline = [], bindings } = parseLookup(argument);
  const variables = Object.entries(bindings).map(
    ([name, expression]) => [name, compileExpression(expression, context.variables)] as const,
  );
  const scope = (doc: Doc): PipelineContext => {
    const inner = { ...context.variables };
    for (const [name, compute] of variables) inner[name] = compute(doc);
    return { ...context, hint: undefined, variables: inner };
  };
  // Errors of the inner pipeline show even when there is nothing to join.
  pipelines.compile(pipeline, scope({}));
  return function* lookup(docs) {
    for (const doc of docs) {
      const inner = scope(doc);
      const found = keys
        ? pipelines.compile(pipeline, inner)(joined(inner, from, keys.foreign, doc, keys.local))
        : pipelines.run(inner, from, pipeline);
      const result = copyAlong(doc, as);
      setPath(result, as.split('.'), [...found]);
      yield result;
    }
  };
}

/** `$unionWith`: the documents of another collection after these. */
export function compileUnionWith(argument: unknown, context: PipelineContext, pipelines: Pipelines): Stage {
  const { coll, pipeline = [] }: Doc =
    typeof argument === 'string' ? { coll: argument } : requireDoc('$unionWith', argument);
  const stages = requirePipeline('$unionWith', pipeline);
  if (typeof coll !== 'string') {
    throw new ServerError(40414, "BSON field '$unionWith.coll' is missing but a required field");
  }
  pipelines.compile(stages, context);
  return function* union(docs) {
    yield* docs;
    yield* pipelines.run({ ...context, hint: undefined }, coll, stages);
  };
}

/** `$facet`: several pipelines over the same documents. */
export function compileFacet(argument: unknown, context: PipelineContext, pipelines: Pipelines): Stage {
  const facets = Object.entries(requireDoc('$facet', argument)).map(
    ([name, stages]) => [name, pipelines.compile(requirePipeline('$facet', stages), context)] as const,
  );
  return function* facet(docs) {
    const all = [...docs];
    yield Object.fromEntries(facets.map(([name, run]) => [name, [...run(all)]]));
  };
}
