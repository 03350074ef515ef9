import type { Theme } from '../case';
import { aggregate, casesOf } from '../commands';

/** Each expression's value, computed for one document. */
export const expressionsTheme = (name: string, values: Record<string, unknown>): Theme => ({
  name,
  cases: casesOf({ documents: [{ _id: 1 }] }, values, (x) => [aggregate([{ $project: { x } }])]),
});
