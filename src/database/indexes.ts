import { type Connection, type IndexDefinition, type IndexOptions, mongo } from 'mongoose';

const NAMESPACE_EXISTS = 48;

/**
 * Creates every collection and index that the schemas declare; those that exist already cost one call a collection.
 * On a connection of its own without a time limit: an index over a large collection takes longer than any request may.
 */
export async function ensureIndexes(connection: Connection, uri: string): Promise<void> {
  const client = await mongo.MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });
  try {
    const db = client.db(connection.name);
    for (const { collection, schema } of Object.values(connection.models)) {
      await db.createCollection(collection.collectionName).catch(unlessThere);
      const indexes = schema.indexes().map(([key, options]) => described(key, options));
      if (indexes.length > 0) await db.collection(collection.collectionName).createIndexes(indexes);
    }
  } finally {
    await client.close();
  }
}

/** Mongoose's way of writing an index down, in the driver's. */
function described(
  key: IndexDefinition,
  { background: _ignored, ...options }: IndexOptions,
): mongo.IndexDescription {
  return { ...options, key: key as mongo.IndexDescription['key'] } as mongo.IndexDescription;
}

function unlessThere(error: unknown): void {
  if (!(error instanceof mongo.MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
}
