import type { Connection } from 'mongoose';

/** Creates every collection and index that the schemas declare; those that exist already cost one call each. */
export async function ensureIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
  }
}
