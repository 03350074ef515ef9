import { Long, UUID, type Document } from 'bson';
import { C } from './commands';
import type { Case, Step } from './case';
import { normalise, type Recorded } from './normalise';
import type { WireClient } from './wire-client';

interface Answers {
  /** As they came. */
  raw: Document[];
  /** As they are compared; those of unchecked steps are null. */
  recorded: Recorded[];
}

let databases = 0;

/** Runs a case on a fresh database, which is dropped afterwards; throws when its fixture is refused. */
export async function runCase(client: WireClient, { steps, ...fixture }: Case): Promise<Answers> {
  const database = `compat_${process.pid}_${++databases}`;
  const sessions = new Map<string, { id: UUID }>();
  const context = { database, cursorIds: new Set<string>() };
  const raw: Document[] = [];
  const recorded: Recorded[] = [];
  try {
    await prepare(client, database, fixture);
    for (const step of steps) {
      const answer = await client.command(step.admin ? 'admin' : database, commandOf(step, raw, sessions));
      raw.push(answer);
      recorded.push(step.unchecked ? null : normalise(answer, context, step.unordered));
    }
    return { raw, recorded };
  } finally {
    // A transaction left open would keep the database from being dropped.
    if (sessions.size > 0) await client.command('admin', { killSessions: [...sessions.values()] });
    await client.command(database, { dropDatabase: 1 });
  }
}

async function prepare(client: WireClient, database: string, fixture: Omit<Case, 'steps'>): Promise<void> {
  const { documents, indexes, others = {} } = fixture;
  const commands: Document[] = Object.entries({ ...others, ...(documents && { [C]: documents }) })
    .filter(([, each]) => each.length > 0)
    .map(([insert, each]) => ({ insert, documents: each }));
  if (indexes) commands.unshift({ createIndexes: C, indexes });
  for (const command of commands) {
    const answer = await client.command(database, command);
    if (Number(answer.ok) !== 1 || answer.writeErrors) {
      throw new Error(`fixture of "${fixture.name}" refused: ${JSON.stringify(answer)}`);
    }
  }
}

function commandOf(step: Step, earlier: Document[], sessions: Map<string, { id: UUID }>): Document {
  const command = typeof step.command === 'function' ? step.command(earlier) : step.command;
  if (!step.in) return command;
  const { session, txnNumber, kind } = step.in;
  const lsid = sessions.get(session) ?? { id: new UUID() };
  sessions.set(session, lsid);
  return {
    ...command,
    lsid,
    txnNumber: Long.fromNumber(txnNumber),
    ...(kind !== 'retryable' && { autocommit: false }),
    ...(kind === 'start' && { startTransaction: true }),
  };
}

/** The code with which an answer refuses: the command's or its first write error's; undefined when it doesn't. */
export function refusalOf(answer: Document | undefined): number | undefined {
  const code: unknown = Number(answer?.ok) === 1 ? answer?.writeErrors?.[0]?.code : answer?.code;
  return code === undefined ? undefined : Number(code);
}
