import type { Theme } from '../case';
import { aggregate, casesOf, refusing } from '../commands';

/** Each expression's value, computed for one document; those named are refused by the embedded server. */
export const expressionsTheme = (
  name: string,
  values: Record<string, unknown>,
  refused: string[] = [],
): Theme => ({
  name,
  cases: refusing(
    Object.fromEntries(refused.map((each) => [each, 31325])),
    casesOf({ documents: [{ _id: 1 }] }, values, (x) => [aggregate([{ $project: { x } }])]),
  ),
});
