import type { TestApp } from './app';

/** How many records a database has when its plans are looked at; loading 100,000 into an emulated server takes minutes. */
export const EXPLAINED_RECORDS = Number(process.env['EXPLAIN_RECORDS'] ?? 100_000);

export type Command = Record<string, unknown>;

export interface Explained {
  /** find, aggregate or count */
  command: string;
  collection: string;
  returned: number;
  /** the rows that its page passes over */
  skipped: number;
  documentsExamined: number;
  keysExamined: number;
  stages: string[];
}

interface Execution {
  nReturned: number;
  totalDocsExamined: number;
  totalKeysExamined: number;
}

const READS = new Set(['find', 'aggregate', 'count']);
/** What the driver adds to a command for its session, which another run of it must not repeat. */
const SESSION_FIELDS = new Set([
  'lsid',
  '$clusterTime',
  '$db',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'maxTimeMS',
]);

/** The reads that the service sends to collections whose names begin so, while `work` runs. */
export async function readsOf(
  app: TestApp,
  collections: string,
  work: () => Promise<unknown>,
): Promise<Command[]> {
  const commands: Command[] = [];
  const note = ({ commandName, command }: { commandName: string; command: Command }) => {
    const theirs = String(command[commandName]).startsWith(collections);
    if (READS.has(commandName) && theirs) commands.push(command);
  };
  app.connection.getClient().on('commandStarted', note);
  await work();
  app.connection.getClient().off('commandStarted', note);
  return commands;
}

/** Has MongoDB run a command of the service again, as it was sent, and tell what that took. */
export async function explain(app: TestApp, sent: Command): Promise<Explained> {
  const command = Object.fromEntries(Object.entries(sent).filter(([field]) => !SESSION_FIELDS.has(field)));
  const report = await app.connection.db!.command({ explain: command, verbosity: 'executionStats' });
  const name = Object.keys(command).find((field) => READS.has(field))!;
  const executions = valuesOf(report, 'executionStats') as Execution[];
  if (executions.length === 0) throw new Error(`nothing was executed: ${JSON.stringify(report)}`);
  return {
    command: name,
    collection: String(command[name]),
    returned: executions[0]!.nReturned,
    skipped: Number(command['skip'] ?? valuesOf(command['pipeline'], '$skip')[0] ?? 0),
    documentsExamined: executions.reduce((sum, { totalDocsExamined }) => sum + totalDocsExamined, 0),
    keysExamined: executions.reduce((sum, { totalKeysExamined }) => sum + totalKeysExamined, 0),
    stages: (valuesOf(report, 'stage') as string[]).map(String),
  };
}

/**
 * No scan of a collection, no more than three documents for each one that a list returns, and none to count.
 * @param read documents that it may read all the same
 */
export function expectBounded(explained: Explained, read = 0): void {
  const { stages, documentsExamined, returned, skipped, command } = explained;
  expect(stages).not.toContain('COLLSCAN');
  const bound = command === 'find' ? 3 * returned + skipped : 0;
  expect(documentsExamined).toBeLessThanOrEqual(Math.max(bound, read));
}

/** The same of every command that a request sent. */
export async function expectAllBounded(app: TestApp, commands: readonly Command[]): Promise<void> {
  expect(commands.length).toBeGreaterThan(0);
  for (const sent of commands) expectBounded(await explain(app, sent));
}

/** Keys that are seen before the first that fits and after the last. */
const SPARE_KEYS = 10;

/**
 * What a list walks at most when its index holds nothing but what is asked for: no filter stands behind the sort key.
 */
export function walkOf({ returned, skipped }: Explained): number {
  return 3 * (returned + skipped) + SPARE_KEYS;
}

/** Every value under `key`, however deep. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    const deeper = valuesOf(value, key);
    return name === key ? [value].concat(deeper) : deeper;
  });
}
