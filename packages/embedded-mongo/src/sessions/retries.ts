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

  /** Runs a write once per session, transaction number and statement. A failed one may be tried again. */
  once(session: string, number: bigint, statement: string, run: () => Promise<Doc>): Promise<Doc> {
    let remembered = this.sessions.get(session);
    if (!remembered || remembered.number < number) {
      remembered = { number, answers: new Map(), lastUsed: Date.now() };
      this.sessions.set(session, remembered);
    }
    remembered.lastUsed = Date.now();
    const { answers } = remembered;
    const known = answers.get(statement);
    if (known) return known;
    const answer = run();
    answers.set(statement, answer);
    answer.catch(() => answers.delete(statement));
    return answer;
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
