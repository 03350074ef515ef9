import { ServerError } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { compileAddFields, compileProjection, compileUnset, type Projection } from '../query/projection';
import { compileExpression } from './expressions';

/** Name and argument of a pipeline's stage. @throws ServerError 40323 unless it has exactly one field */
export function stageOf(stage: unknown): [string, unknown] {
  const entries = isDoc(stage) ? Object.entries(stage) : [];
  if (entries.length !== 1) {
    throw new ServerError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  return entries[0] as [string, unknown];
}

function requireDoc(name: string, argument: unknown): Doc {
  if (isDoc(argument)) return argument;
  throw new ServerError(40272, `${name} specification stage must be an object`);
}

function unset(argument: unknown): Projection {
  const paths = Array.isArray(argument) ? argument : [argument];
  if (paths.length === 0 || !paths.every((path): path is string => typeof path === 'string' && path !== '')) {
    throw new ServerError(31002, '$unset takes a string or an array of strings');
  }
  return compileUnset(paths);
}

function replaceWith(expression: unknown, variables?: Doc): Projection {
  const compute = compileExpression(expression, variables);
  return (doc) => {
    const value = compute(doc);
    if (!isDoc(value)) {
      throw new ServerError(40228, `'newRoot' must evaluate to an object, not ${String(value)}`);
    }
    return value;
  };
}

function addFields(name: string): (argument: unknown, variables?: Doc) => Projection {
  return (argument, variables) => compileAddFields(requireDoc(name, argument), variables);
}

/** Stages that turn one document into one. */
export const fieldStages: Readonly<Record<string, (argument: unknown, variables?: Doc) => Projection>> = {
  $addFields: addFields('$addFields'),
  $set: addFields('$set'),
  $unset: unset,
  $project: (argument, variables) => {
    const specification = requireDoc('$project', argument);
    if (Object.keys(specification).length === 0) {
      throw new ServerError(51272, '$project must have at least one field');
    }
    return compileProjection(specification, { variables, aggregation: true });
  },
  $replaceRoot: (argument, variables) => {
    const { newRoot } = requireDoc('$replaceRoot', argument);
    if (newRoot === undefined)
      throw new ServerError(40231, 'no newRoot specified for the $replaceRoot stage');
    return replaceWith(newRoot, variables);
  },
  $replaceWith: replaceWith,
};
