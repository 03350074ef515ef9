import { isNumeric, toNumber } from '../bson/numbers';
import { isOperatorDoc, ObjectId, type Doc } from '../bson/values';
import type { Collection } from '../storage/catalog';
import { matching, type ReadContext } from './executor';
import { compileFilter } from './matcher';
import { choosePlan, type IndexPlan } from './planner';

/** How many documents match. Whole ranges of an index that answers the filter exactly are only counted. */
export function count(
  context: ReadContext,
  collection: Collection,
  filter: Doc,
  variables?: Doc,
  hint?: unknown,
): number {
  if (Object.keys(filter).length === 0 && !context.overlay) return collection.count;
  let total = 0;
  const plan = choosePlan(collection, { filter, sort: [], hint });
  const exact = plan === 'scan' || context.overlay ? undefined : exactRanges(plan, filter);
  if (exact) {
    for (const range of exact)
      total += context.store.entries.getKeysCount({ start: range.start, end: range.end });
    context.counters.keysExamined += total;
    return total;
  }
  const test = compileFilter(filter, { variables });
  for (const found of matching(context, collection, plan, filter, test)) total += found ? 1 : 0;
  return total;
}

/**
 * The plan's ranges, if they hold exactly what the filter asks for: equalities on the index's first fields. A key of
 * null stands for null and for missing, as the equality does.
 */
function exactRanges(plan: IndexPlan, filter: Doc): IndexPlan['ranges'] | undefined {
  const { index, ranges, equalities } = plan;
  if (index.multikey.size > 0 || index.partialFilter || index.sparse) return undefined;
  const first = Object.keys(index.key).slice(0, equalities);
  const asked = Object.entries(filter);
  const isExact =
    asked.length === equalities && asked.every(([name, value]) => first.includes(name) && isEquality(value));
  return isExact ? ranges : undefined;
}

const isScalar = (value: unknown): boolean =>
  value === null ||
  ['string', 'boolean'].includes(typeof value) ||
  value instanceof Date ||
  value instanceof ObjectId ||
  (isNumeric(value) && !Number.isNaN(toNumber(value)));

/** A value, or `$eq` or `$in` of values, and nothing else. */
function isEquality(condition: unknown): boolean {
  if (!isOperatorDoc(condition)) return isScalar(condition);
  const [[operator, argument] = [], ...more] = Object.entries(condition);
  if (more.length > 0) return false;
  return operator === '$eq'
    ? isScalar(argument)
    : operator === '$in' && Array.isArray(argument) && argument.every(isScalar);
}
