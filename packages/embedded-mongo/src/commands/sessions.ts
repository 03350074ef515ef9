import { ServerError } from '../errors';
import { Binary, isDoc, type Doc } from '../bson/values';
import { optionalArray, type Answer, type Command } from './command';

/** The name by which a session is known here. @throws ServerError 72 for a malformed one */
export function sessionId(lsid: unknown): string {
  const id = isDoc(lsid) ? lsid['id'] : undefined;
  if (!(id instanceof Binary)) throw new ServerError(72, 'lsid.id must be a UUID');
  return Buffer.from(id.value()).toString('hex');
}

function requireTransaction({ session, txnNumber, body }: Command): { session: string; txnNumber: bigint } {
  if (session === undefined || txnNumber === undefined || body['autocommit'] !== false) {
    throw new ServerError(125, 'commitTransaction and abortTransaction must be run within a transaction');
  }
  return { session, txnNumber };
}

export async function commitTransactionCommand(command: Command): Promise<Answer> {
  const { session, txnNumber } = requireTransaction(command);
  await command.engine.transactions.commit(session, txnNumber);
  return { ok: 1 };
}

export function abortTransactionCommand(command: Command): Answer {
  const { session, txnNumber } = requireTransaction(command);
  command.engine.transactions.abort(session, txnNumber);
  return { ok: 1 };
}

export function endSessionsCommand({ engine, body, name }: Command): Answer {
  for (const lsid of (optionalArray(body, name) ?? []) as Doc[]) {
    const id = sessionId(lsid);
    engine.transactions.endSession(id);
    engine.retries.forget(id);
  }
  return { ok: 1 };
}

/** Sessions need no keeping alive here: only what they left behind expires. */
export const refreshSessionsCommand = (): Answer => ({ ok: 1 });
