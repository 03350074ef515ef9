import { Lazy } from 'mingo/lazy';
import * as pipelineOperators from 'mingo/operators/pipeline';
import type { Doc } from '../bson/values';
import { asServerError, mingoOptions } from './expressions';
import type { Stage } from './stages';

/** Stages that are mingo's own. Those that read other collections get them whole. */
const TAKEN = [
  '$bucketAuto',
  '$setWindowFields',
  '$graphLookup',
  '$redact',
  '$densify',
  '$fill',
  '$documents',
] as const;

type MingoStage = (
  source: unknown,
  argument: unknown,
  options: unknown,
) => Iterable<Doc> & { collect(): Doc[] };

/** A stage of mingo; undefined when there is none of that name, or none that is trusted. */
export function mingoStage(
  name: string,
  argument: unknown,
  variables: Doc,
  collection: (name: string) => Doc[],
): Stage | undefined {
  if (!(TAKEN as readonly string[]).includes(name)) return undefined;
  const operator = (pipelineOperators as unknown as Record<string, MingoStage>)[name] as MingoStage;
  return function* run(docs) {
    try {
      const options = mingoOptions(variables, { collectionResolver: collection });
      yield* operator(Lazy([...docs] as never), argument, options).collect();
    } catch (error) {
      throw asServerError(error);
    }
  };
}
