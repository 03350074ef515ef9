import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { type ClientSession, type Connection, mongo } from 'mongoose';
import { duplicateKeyFields } from '../common/errors/duplicate-key';

type Afterwards = () => void | Promise<void>;

/** Runs what belongs together as one transaction. */
@Injectable()
export class Transactions {
  /** By session: what waits for the commit. */
  private readonly waiting = new WeakMap<ClientSession, Afterwards[]>();

  constructor(@InjectConnection() private readonly connection: Connection) {}

  /**
   * Runs `work` in a transaction, or as part of the caller's own when one is open already.
   * The driver runs `work` again when it lost against a concurrent writer, so it must touch nothing but the database.
   */
  async run<T>(
    caller: { session?: ClientSession },
    work: (session: ClientSession) => Promise<T>,
  ): Promise<T> {
    if (caller.session) return work(caller.session);
    const session = await this.connection.startSession();
    try {
      const result = await session.withTransaction(
        () => {
          this.waiting.set(session, []);
          return work(session);
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' }, maxCommitTimeMS: 10_000 },
      );
      for (const afterwards of this.waiting.get(session) ?? []) await afterwards();
      return result;
    } finally {
      await session.endSession();
    }
  }

  /** Runs `afterwards` once the transaction has been committed, and not at all if it is undone. */
  afterCommit(session: ClientSession, afterwards: Afterwards): void {
    this.waiting.get(session)?.push(afterwards);
  }
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
