import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { runAgainOnDuplicate } from './transactions';

interface Sequence {
  _id: string;
  last: number;
}

/** Numbers that are never given twice, whatever number of instances ask. A number whose record failed leaves a gap. */
@Injectable()
export class Sequences {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** The next number, from 1; looked up by _id. Outside of any transaction, where it would be a point of conflict. */
  async next(name: string, amount = 1): Promise<number> {
    const counter = await this.counters().findOneAndUpdate(
      { _id: name },
      { $inc: { last: amount } },
      { upsert: true, returnDocument: 'after' },
    );
    if (!counter) throw new Error(`sequence ${name} gave no number`);
    return counter.last - amount + 1;
  }

  /** Makes transactions that must not run side by side meet: each writes the same record, so one of them runs again. */
  async contend(name: string, session: ClientSession): Promise<void> {
    await this.counters()
      .updateOne({ _id: name }, { $inc: { last: 1 } }, { upsert: true, session })
      .catch((error: unknown) => runAgainOnDuplicate(error));
  }

  /**
   * The next number, within the transaction: given in the order in which transactions commit, so that whoever reads
   * `last` sees everything that was done under it and the numbers before. Transactions that ask meet; one runs again.
   */
  async advance(name: string, session: ClientSession): Promise<number> {
    const counter = await this.counters()
      .findOneAndUpdate(
        { _id: name },
        { $inc: { last: 1 } },
        { upsert: true, returnDocument: 'after', session },
      )
      .catch((error: unknown) => runAgainOnDuplicate(error));
    if (!counter) throw new Error(`sequence ${name} gave no number`);
    return counter.last;
  }

  /** The last number given by `advance`, as no failover can take it back; 0 before the first. */
  async last(name: string): Promise<number> {
    const counter = await this.counters().findOne({ _id: name }, { readConcern: { level: 'majority' } });
    return counter?.last ?? 0;
  }

  private counters() {
    return this.connection.collection<Sequence>('sequences');
  }
}
