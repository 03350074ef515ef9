import { Binary } from 'bson';
import { isDoc, type Doc } from './bson';
import type { Database } from './database';
import { need, transient } from './errors';
import { Writes } from './writes';

/** What is not used for so long is forgotten: sessions, and cursors. */
export const IDLE_MS = 10 * 60_000;

/** The name by which a session is known here. @throws ServerError 72 for a malformed one */
export function sessionOf(lsid: unknown): string {
  const id = isDoc(lsid) ? lsid['id'] : undefined;
  need(id instanceof Binary, 72, 'lsid.id must be a UUID');
  return Buffer.from(id.value()).toString('hex');
}

/** A session's last transaction, or retryable write, by the number it has. */
type Last = { number: number; lastUsed: number; writes: Writes; state: string; answer?: Promise<Doc> };

export class Sessions {
  private readonly bySession = new Map<string, Last>();

  constructor(private readonly database: Database) {}

  /** What the session has under a number, if it is its last. @throws ServerError 225 for an older one */
  private last(session: string, number: number): Last | undefined {
    const last = this.bySession.get(session);
    need(!last || last.number <= number, 225, `${number} is older than ${last?.number}`);
    if (last) last.lastUsed = Date.now();
    return last?.number === number ? last : undefined;
  }

  private begin(session: string, number: number): Last {
    this.last(session, number);
    const begun = { number, lastUsed: Date.now(), writes: new Writes(this.database, true), state: 'open' };
    this.bySession.set(session, begun);
    return begun;
  }

  /** Runs a write once, and answers it again when it is repeated; a failed one may be tried again. */
  once(session: string, number: number, run: () => Promise<Doc>): Promise<Doc> {
    const write = this.last(session, number) ?? this.begin(session, number);
    write.answer ??= run();
    write.answer.catch(() => delete write.answer);
    return write.answer;
  }

  /**
   * Runs a command of a transaction; if it fails, so has the transaction. One that was left open before is given up.
   * @throws ServerError 251 when the transaction is not open, 256 when it is committed, 112 on a conflict
   */
  async within(
    session: string,
    number: number,
    name: string,
    isFirst: boolean,
    run: (writes: Writes) => Promise<Doc>,
  ): Promise<Doc> {
    const transaction = isFirst ? this.begin(session, number) : this.last(session, number);
    const [isCommit, isCommitted] = [name === 'commitTransaction', transaction?.state === 'committed'];
    if (isCommitted && isCommit) return { ok: 1 };
    need(!isCommitted, 256, `Transaction ${number} has been committed.`);
    if (transaction?.state !== 'open') throw transient(251, `Transaction ${number} is not in progress.`);
    const { writes } = transaction;
    if (name.endsWith('Transaction')) transaction.state = 'aborted';
    if (name === 'abortTransaction') return { ok: 1 };
    try {
      const answer = isCommit ? await this.database.write(() => writes.apply()) : await run(writes);
      if (isCommit) transaction.state = 'committed';
      else if ('writeErrors' in answer) transaction.state = 'aborted';
      return answer;
    } catch (error) {
      transaction.state = 'aborted';
      throw error;
    }
  }

  end(session: string): void {
    this.bySession.delete(session);
  }

  forgetIdle(now: number): void {
    for (const [session, { lastUsed }] of this.bySession) if (now - lastUsed > IDLE_MS) this.end(session);
  }
}
