import { ServerError } from '../errors';
import type { Doc } from '../bson/values';

interface Remembered {
  number: bigint;
  answers: Map<string, Promise<Doc>>;
  lastUsed: number;
}

/** Sessions a driver has not used for so long will not retry any more (logicalSessionTimeoutMinutes). */
export const SESSION_LIMIT_MS = 30 * 60_000;

/** Answers of the last retryable write of every session, given again when the driver repeats the write. */
export class RetryableWrites {
  private readonly sessions = new Map<string, Remembered>();

  /**
   * Runs a write once per session, number and statements. A failed one may be tried again.
   * @throws ServerError 225 for a number older than the session's last
   */
  once(
    session: string,
    number: bigint,
    write: string,
    run: () => Promise<Doc>,
  ): Promise<{ answer: Doc; isRetry: boolean }> {
    const { answers } = this.advance(session, number);
    const known = answers.get(write);
    if (known) return known.then((answer) => ({ answer, isRetry: true }));
    const running = run();
    answers.set(write, running);
    // The caller sees the failure; here it only means that the write may be tried again.
    running.catch(() => answers.delete(write));
    return running.then((answer) => ({ answer, isRetry: false }));
  }

  /** Notes that a session has got to a number. */
  advance(session: string, number: bigint): Remembered {
    const present = this.sessions.get(session);
    if (present && present.number > number) {
      throw new ServerError(
        225,
        `Retryable write with txnNumber ${number} is prohibited on session because a newer one ${present.number} has already started.`,
      );
    }
    const remembered =
      present?.number === number
        ? present
        : { number, answers: new Map<string, Promise<Doc>>(), lastUsed: 0 };
    remembered.lastUsed = Date.now();
    this.sessions.set(session, remembered);
    return remembered;
  }

  forget(session: string): void {
    this.sessions.delete(session);
  }

  forgetIdle(now: number): void {
    for (const [session, { lastUsed }] of this.sessions) {
      if (now - lastUsed > SESSION_LIMIT_MS) this.sessions.delete(session);
    }
  }
}
