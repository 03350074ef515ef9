import { ServerError } from '../errors';
import { isDoc, type Doc } from '../bson/values';
import { compileExpression } from './expressions';
import type { Stage } from './stage';

/** `$redact`: keeps, drops or searches documents and those within them. */
export function compileRedact(argument: unknown, variables: Doc): Stage {
  const decide = compileExpression(argument, variables);

  function redactValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(redactValue).filter((item) => item !== undefined);
    return isDoc(value) ? redact(value) : value;
  }

  function redact(doc: Doc): Doc | undefined {
    const decision = decide(doc);
    if (decision === '$$KEEP') return doc;
    if (decision === '$$PRUNE') return undefined;
    if (decision !== '$$DESCEND') {
      throw new ServerError(17053, '$redact must return $$KEEP, $$PRUNE or $$DESCEND');
    }
    const result: Doc = {};
    for (const [name, value] of Object.entries(doc)) {
      const kept = redactValue(value);
      if (kept !== undefined) result[name] = kept;
    }
    return result;
  }

  return function* redacted(docs) {
    for (const doc of docs) {
      const kept = redact(doc);
      if (kept) yield kept;
    }
  };
}
