import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { SkuType } from '../skus/sku-types';
import type { Order } from './order.schema';
import type { TakenBack } from './refund.schema';

/** What a refund is worth, and what it takes back for it. */
export interface Revoked {
  /** fen, at most the order's amount */
  amount: number;
  takenBack: TakenBack;
}

/** What is given for a payment. All of it happens within the transaction that changes the order. */
export interface Benefit {
  /** false where it cannot be given any more: the money goes back */
  grant(order: Order, session: ClientSession): Promise<boolean>;
  /**
   * Takes back what can be taken back.
   * @throws {AppError} CONFLICT where nothing is left that a refund could be given for
   */
  revoke(order: Order, session: ClientSession): Promise<Revoked>;
  /** Gives it again, after a refund that did not come about. */
  restore(order: Order, takenBack: TakenBack, session: ClientSession): Promise<void>;
}

/** What each kind of order gives; the features that give it say so here. */
@Injectable()
export class Benefits {
  private readonly byType = new Map<SkuType, Benefit>();

  /** Features say so in onModuleInit. */
  register(type: SkuType, benefit: Benefit): void {
    this.byType.set(type, benefit);
  }

  of({ type }: Pick<Order, 'type'>): Benefit {
    const benefit = this.byType.get(type);
    if (!benefit) throw new Error(`no benefit is registered for ${type}`);
    return benefit;
  }
}
