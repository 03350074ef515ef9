import { Aggregator } from 'mingo/aggregator';
import type { Doc } from '../bson/values';
import { asServerError, mingoOptions } from './mingo-context';
import type { Stage } from './stages';

/** Stages that are mingo's own. */
const TAKEN: readonly string[] = ['$setWindowFields', '$redact', '$documents'];

/** A stage of mingo; undefined when there is none of that name, or none that is trusted. */
export function mingoStage(name: string, argument: unknown, variables: Doc): Stage | undefined {
  if (!TAKEN.includes(name)) return undefined;
  return function* run(docs) {
    let rows: Doc[];
    try {
      rows = new Aggregator([{ [name]: argument } as Doc], mingoOptions(variables)).run<Doc>([...docs]);
    } catch (error) {
      throw asServerError(error);
    }
    yield* rows;
  };
}
