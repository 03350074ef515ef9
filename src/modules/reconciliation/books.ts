import type { Connection, mongo, Schema } from 'mongoose';
import type { Collection } from '../../database/collections';
import { orderSchema } from '../orders/order.schema';
import { refundSchema } from '../orders/refund.schema';
import { type Difference, differenceSchema, reconciliationSchema } from './reconciliation.schema';
import type { Books } from './reconciler';

/** The collections that a reconciliation reads and writes, of a program that has no application around it. */
export function booksOf({ db }: Connection): Books {
  if (!db) throw new Error('the connection must be open');
  const of = <T extends mongo.Document>(schema: Schema<T>): Collection<T> =>
    db.collection<T>(String(schema.get('collection')));
  return {
    orders: of(orderSchema),
    refunds: of(refundSchema),
    reconciliations: of(reconciliationSchema),
    differences: of(differenceSchema),
  };
}

/** What is not resolved, oldest first. */
export function openDifferences(books: Books, day: string, most: number): Promise<Difference[]> {
  return books.differences
    .find<Difference>({ day, resolvedAt: { $exists: false } })
    .sort({ firstSeenAt: 1, _id: 1 })
    .limit(most)
    .toArray();
}
