import { ServerError } from '../errors';
import { Overlay, type OverlayContext } from '../storage/overlay';

/** A transaction that does nothing for so long is aborted, so that it cannot hold others up. */
export const IDLE_LIMIT_MS = 60_000;

/** Writes of plain commands wait at most so long for a transaction that has written the same document. */
export const BLOCKED_LIMIT_MS = 10_000;

type State = 'open' | 'committed' | 'aborted';

interface Transaction {
  number: bigint;
  overlay: Overlay;
  state: State;
  lastUsed: number;
}

const noSuchTransaction = (number: bigint, why: string): ServerError =>
  new ServerError(251, `no transaction ${number} in progress. ${why}`, {
    labels: ['TransientTransactionError'],
  });

/** The multi-document transactions of all sessions: at most one per session. */
export class Transactions {
  private readonly bySession = new Map<string, Transaction>();

  constructor(private readonly context: OverlayContext) {}

  /** Begins a session's transaction; an older one that was left open is aborted. */
  start(session: string, number: bigint): Overlay {
    const present = this.bySession.get(session);
    if (present && present.number > number) {
      throw new ServerError(225, `a newer transaction ${present.number} has already started`);
    }
    if (present?.state === 'open') this.finish(present, 'aborted');
    const overlay = new Overlay(this.context, this.context.store.snapshot());
    this.bySession.set(session, { number, overlay, state: 'open', lastUsed: Date.now() });
    return overlay;
  }

  /** The open transaction a statement belongs to. @throws ServerError 251 when there is none */
  resume(session: string, number: bigint): Overlay {
    const transaction = this.bySession.get(session);
    if (!transaction || transaction.number !== number) throw noSuchTransaction(number, 'It is unknown.');
    if (transaction.state === 'committed') {
      throw new ServerError(256, `Transaction ${number} has been committed.`);
    }
    if (transaction.state === 'aborted')
      throw noSuchTransaction(number, `Transaction ${number} has been aborted.`);
    transaction.lastUsed = Date.now();
    return transaction.overlay;
  }

  /** Commits; committing again what has been committed succeeds. @throws ServerError 112 on a conflict */
  async commit(session: string, number: bigint): Promise<void> {
    const transaction = this.bySession.get(session);
    if (transaction?.number === number && transaction.state === 'committed') return;
    const overlay = this.resume(session, number);
    const open = transaction as Transaction;
    try {
      await this.context.store.write(() => overlay.apply());
      this.finish(open, 'committed');
    } catch (error) {
      this.finish(open, 'aborted');
      throw error;
    }
  }

  abort(session: string, number: bigint): void {
    this.resume(session, number);
    this.finish(this.bySession.get(session) as Transaction, 'aborted');
  }

  /** A failed statement ends its transaction, as in the real server. */
  fail(session: string, number: bigint): void {
    const transaction = this.bySession.get(session);
    if (transaction?.number === number && transaction.state === 'open') this.finish(transaction, 'aborted');
  }

  endSession(session: string): void {
    const transaction = this.bySession.get(session);
    if (transaction?.state === 'open') this.finish(transaction, 'aborted');
    this.bySession.delete(session);
  }

  /** Ends a transaction whose connection closed at the given time, unless it has gone on over another one. */
  abandon(session: string, closedAt: number): void {
    const transaction = this.bySession.get(session);
    if (transaction?.state === 'open' && transaction.lastUsed <= closedAt)
      this.finish(transaction, 'aborted');
  }

  abortIdle(now: number): void {
    for (const transaction of this.bySession.values()) {
      if (transaction.state === 'open' && now - transaction.lastUsed > IDLE_LIMIT_MS)
        this.finish(transaction, 'aborted');
    }
  }

  endAll(): void {
    for (const session of this.bySession.keys()) this.endSession(session);
  }

  private finish(transaction: Transaction, state: State): void {
    transaction.state = state;
    transaction.overlay.dispose();
  }
}
