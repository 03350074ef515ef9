import { ServerError } from '../errors';
import type { Doc } from '../bson/values';

interface Remembered {
  number: bigint;
  answer?: Promise<Doc>;
  lastUsed: number;
}

/** Sessions a driver has not used for so long will not retry any more (logicalSessionTimeoutMinutes). */
export const SESSION_LIMIT_MS = 30 * 60_000;

/** Answers of the last retryable write of every session, given again when the driver repeats the write. */
export class RetryableWrites {
  private readonly sessions = new Map<string, Remembered>();

  /**
   * Runs a write once per session and number. A failed one may be tried again.
   * @throws ServerError 225 for a number older than the session's last
   */
  once(session: string, number: bigint, run: () => Promise<Doc>): Promise<Doc> {
    const remembered = this.advance(session, number);
    if (!remembered.answer) {
      remembered.answer = run();
      // The caller sees the failure; here it only means that the write may be tried again.
      remembered.answer.catch(() => delete remembered.answer);
    }
    return remembered.answer;
  }

  /** Notes that a session has got to a number. */
  advance(session: string, number: bigint): Remembered {
    const present = this.sessions.get(session);
    if (present && present.number > number) {
      throw new ServerError(225, `txnNumber ${number} is older than the session's ${present.number}`);
    }
    const remembered: Remembered = present?.number === number ? present : { number, lastUsed: 0 };
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
