/**
 * Equality with a string, for a field whose index holds strings only (`partialFilterExpression: {$type: 'string'}`).
 * Without the type beside the value, MongoDB does not see that such an index holds the answer, and reads everything.
 */
export function theString(value: string) {
  return { $eq: value, $type: 'string' } as const;
}
