import { ServerError } from '../errors';
import { compareValues } from '../bson/compare';
import { isDoc, type Doc } from '../bson/values';
import { parseSort, sortDocs } from '../query/sort';
import { compileExpression } from './expressions';
import { compileGroup } from './group';
import type { Docs, Stage } from './stage';

/** Rewrites an expression's field paths to read from `doc`, where the document has been put. */
function onDoc<T>(expression: T): T {
  if (typeof expression === 'string' && /^\$[^$]/.test(expression)) return `$doc.${expression.slice(1)}` as T;
  if (expression === '$$ROOT') return '$doc' as T;
  if (Array.isArray(expression)) return expression.map(onDoc) as T;
  if (!isDoc(expression) || '$literal' in expression) return expression;
  return Object.fromEntries(Object.entries(expression).map(([name, value]) => [name, onDoc(value)])) as T;
}

function checkBoundaries(boundaries: unknown): asserts boundaries is unknown[] {
  if (!Array.isArray(boundaries)) throw new ServerError(40198, '$bucket requires groupBy and boundaries');
  if (boundaries.length < 2) throw new ServerError(40192, '$bucket needs at least 2 boundaries');
  if (boundaries.some((value, i) => i > 0 && compareValues(boundaries[i - 1], value) >= 0)) {
    throw new ServerError(40194, "The 'boundaries' option to $bucket must be sorted");
  }
}

/** `$bucket`: a value belongs to the highest boundary not above it; the last boundary is exclusive. */
export function compileBucket(argument: unknown, variables: Doc): Stage {
  if (!isDoc(argument)) throw new ServerError(40201, 'Argument to $bucket stage must be an object');
  const { groupBy, boundaries, output = { count: { $sum: 1 } }, ...rest } = argument;
  checkBoundaries(boundaries);
  const valueOf = compileExpression(groupBy, variables);
  const group = compileGroup({ _id: '$key', ...onDoc(output as Doc) }, variables);
  const keyed = function* (docs: Docs): Generator<Doc> {
    for (const doc of docs) {
      const value = valueOf(doc);
      const above = boundaries.findIndex((boundary) => compareValues(value, boundary) < 0);
      if (above > 0) yield { key: boundaries[above - 1], doc };
      else if ('default' in rest) yield { key: rest['default'], doc };
      else throw new ServerError(7158303, '$bucket found a value outside of the boundaries, and no default');
    }
  };
  return (docs) => sortDocs([...group(keyed(docs))], parseSort({ _id: 1 }), (doc) => doc);
}
