import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { type ClientSession, type Connection, mongo } from 'mongoose';
import { duplicateKeyFields } from '../common/errors/duplicate-key';
import { Settings } from '../config/settings';
import { LocalTurns } from './local-turns';
import { longestCallMs } from './time-limits';

type Afterwards = () => void | Promise<void>;

/** Runs what belongs together as one transaction. */
@Injectable()
export class Transactions {
  /** By session: what waits for the commit. */
  private readonly waiting = new WeakMap<ClientSession, Afterwards[]>();
  private readonly turns = new LocalTurns();
  /** By session: the turns that it has, with what ends them. */
  private readonly held = new WeakMap<ClientSession, Map<string, () => void>>();

  private readonly longestMs: number;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    settings: Settings,
  ) {
    this.longestMs = longestCallMs(settings);
  }

  /**
   * Runs `work` in a transaction, or as part of the caller's own when one is open already.
   * The driver runs `work` again when it lost against a concurrent writer, so it must touch nothing but the database.
   * @throws {mongo.MongoOperationTimeoutError} when it takes too long; it is undone then, unless its commit is under way
   */
  async run<T>(
    caller: { session?: ClientSession },
    work: (session: ClientSession) => Promise<T>,
  ): Promise<T> {
    if (caller.session) return work(caller.session);
    const time: Time = { isOver: false };
    let timer: NodeJS.Timeout | undefined;
    // the driver itself goes on for two minutes and more, with each call as long as a call may take
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        time.isOver = true;
        reject(tooLate());
      }, this.longestMs);
    });
    return Promise.race([this.runToItsEnd(work, time), late]).finally(() => clearTimeout(timer));
  }

  private async runToItsEnd<T>(work: (session: ClientSession) => Promise<T>, time: Time): Promise<T> {
    const session = await this.connection.startSession();
    try {
      const result = await session.withTransaction(
        async () => {
          if (time.isOver) throw tooLate();
          this.waiting.set(session, []);
          const done = await work(session);
          // the caller has been told that it was not done
          if (time.isOver) throw tooLate();
          return done;
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' }, maxCommitTimeMS: 10_000 },
      );
      this.endTurns(session);
      for (const afterwards of this.waiting.get(session) ?? []) await afterwards();
      return result;
    } finally {
      this.endTurns(session);
      await session.endSession();
    }
  }

  /**
   * Waits until the transactions of this process that said the same before have ended. For those that write one and
   * the same record: the database would have all but one of them run again, and again. It is kept until the
   * transaction ends for good, however often it has to run.
   */
  async inTurn(name: string, session: ClientSession): Promise<void> {
    const held = this.held.get(session) ?? new Map<string, () => void>();
    this.held.set(session, held);
    if (!held.has(name)) held.set(name, await this.turns.take(name));
  }

  private endTurns(session: ClientSession): void {
    for (const leave of this.held.get(session)?.values() ?? []) leave();
    this.held.delete(session);
  }

  /** Runs `afterwards` once the transaction has been committed, and not at all if it is undone. */
  afterCommit(session: ClientSession, afterwards: Afterwards): void {
    this.waiting.get(session)?.push(afterwards);
  }
}

/** Whether a transaction's time has run out. */
interface Time {
  isOver: boolean;
}

function tooLate(): Error {
  return new mongo.MongoOperationTimeoutError('the transaction has taken too long');
}

/**
 * For a duplicate key that somebody else's transaction has just made: labelled so, it has the driver run the whole
 * transaction again, on what the other one has left. Within a transaction nothing more can be done after such an error.
 * Any other error is thrown as it is.
 * @param field only a duplicate of this one; without it, of any
 */
export function runAgainOnDuplicate(error: unknown, field?: string): never {
  const fields = duplicateKeyFields(error);
  const met = fields && (field === undefined || fields.includes(field));
  if (met && error instanceof mongo.MongoServerError) error.addErrorLabel('TransientTransactionError');
  throw error;
}
