import { Injectable } from '@nestjs/common';
import type { ClientSession, Types } from 'mongoose';

type Mover = (from: Types.ObjectId, to: Types.ObjectId, session: ClientSession) => Promise<void>;

/**
 * What an account that gives way leaves to the one that takes its place. Features that keep something under an
 * account's id register here how to move it; the accounts themselves know none of them.
 */
@Injectable()
export class AccountBelongings {
  private readonly movers: Mover[] = [];

  register(mover: Mover): void {
    this.movers.push(mover);
  }

  /** One after the other, since they share the transaction. */
  async move(from: Types.ObjectId, to: Types.ObjectId, session: ClientSession): Promise<void> {
    for (const mover of this.movers) await mover(from, to, session);
  }
}
