/** JSON as a document for people has it: with comments to the end of the line, and commas before a closing bracket. */
export function parseDocumented(text: string): unknown {
  const bare = text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_whole, quoted?: string) => quoted ?? '');
  return JSON.parse(
    bare.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_whole, quoted?: string) => quoted ?? ''),
  );
}

/**
 * How an answer differs from a documented one in its fields and their types, by path; of a list, the first entry tells
 * what each is. Values may differ, except those that say what kind of answer it is.
 * @param more fields that an answer may carry besides, wherever they stand
 */
export function differencesFrom(
  documented: unknown,
  given: unknown,
  more: string[] = [],
  path = '',
): string[] {
  if (Array.isArray(documented)) {
    if (!Array.isArray(given)) return [`${path}: ${kindOf(given)} instead of a list`];
    return given.flatMap((item, i) => differencesFrom(documented[0], item, more, `${path}[${i}]`));
  }
  if (kindOf(documented) !== kindOf(given)) return [`${path}: ${kindOf(given)}, not ${kindOf(documented)}`];
  if (documented === null || typeof documented !== 'object') {
    const says = ['.code', '.message'].includes(path);
    return says && documented !== given ? [`${path}: ${String(given)}, not ${String(documented)}`] : [];
  }
  const [expected, got] = [documented, given] as Record<string, unknown>[];
  const missing = Object.keys(expected!).filter((name) => !(name in got!));
  const unknown = Object.keys(got!).filter((name) => !(name in expected!) && !more.includes(name));
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...unknown.map((name) => `${path}.${name}: not documented`),
    ...Object.keys(expected!)
      .filter((name) => name in got!)
      .flatMap((name) => differencesFrom(expected![name], got![name], more, `${path}.${name}`)),
  ];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
