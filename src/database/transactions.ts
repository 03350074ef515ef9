import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { ClientSession, Connection } from 'mongoose';

/** Runs what belongs together as one transaction. */
@Injectable()
export class Transactions {
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
      return await session.withTransaction(work, {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority' },
        maxCommitTimeMS: 10_000,
      });
    } finally {
      await session.endSession();
    }
  }
}
