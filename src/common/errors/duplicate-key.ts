import { mongo } from 'mongoose';

/**
 * The fields of the unique index that a write ran into, or null for any other error.
 * Code 11000 with keyPattern is what MongoDB answers since 4.2.
 */
export function duplicateKeyFields(error: unknown): string[] | null {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) return null;
  const pattern: unknown = error.keyPattern;
  return pattern && typeof pattern === 'object' ? Object.keys(pattern) : [];
}
