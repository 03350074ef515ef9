import { badValue, ServerError } from '../errors';
import type { Doc } from '../bson/values';
import { fieldStages, stageOf } from './field-stages';
import { LOCAL_STAGES } from './stages';

const ALLOWED = ['$addFields', '$set', '$unset', '$project', '$replaceRoot', '$replaceWith'];

/** Compiles an update written as a pipeline: only stages that turn one document into one are allowed. */
export function compileUpdatePipeline(
  pipeline: readonly Doc[],
  variables: Doc = {},
): (doc: Doc, now: Date) => Doc {
  const stages = pipeline.map((stage) => {
    const [name, argument] = stageOf(stage);
    if (!ALLOWED.includes(name)) {
      if (!(name in LOCAL_STAGES))
        throw new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`);
      throw new ServerError(72, `${name} is not allowed to be used within an update`);
    }
    return { compile: fieldStages[name], argument, name };
  });
  return (doc, now) =>
    stages.reduce((current, { compile, argument, name }) => {
      if (!compile) throw badValue(`${name} is not allowed to be used within an update`);
      return compile(argument, { ...variables, NOW: now })(current);
    }, doc);
}
