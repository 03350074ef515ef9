import type { mongo } from 'mongoose';
import type { Collection } from './collections';

interface PageRequest<T> {
  filter: mongo.Filter<T>;
  sort: Record<string, 1 | -1>;
  page: number;
  pageSize: number;
  projection?: mongo.Document;
  /** the index to use, where the database might guess wrong */
  hint?: mongo.Hint;
}

/** One page of what the filter finds, and how much it finds in all: two calls, side by side. */
export async function findPage<T extends mongo.Document>(
  collection: Collection<T>,
  { filter, sort, page, pageSize, projection, hint }: PageRequest<T>,
): Promise<{ rows: T[]; total: number }> {
  const [rows, total] = await Promise.all([
    collection
      .find<T>(filter, { projection, hint })
      .sort(sort)
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .toArray(),
    countOf(collection, filter, hint),
  ]);
  return { rows, total };
}

/** Of a whole collection the server keeps the number; counting would read all of it. */
function countOf<T extends mongo.Document>(
  collection: Collection<T>,
  filter: mongo.Filter<T>,
  hint?: mongo.Hint,
): Promise<number> {
  return Object.keys(filter).length === 0
    ? collection.estimatedDocumentCount()
    : collection.countDocuments(filter, { hint });
}
