import type { mongo } from 'mongoose';
import type { Collection } from './collections';

interface PageRequest<T> {
  filter: mongo.Filter<T>;
  sort: Record<string, 1 | -1>;
  page: number;
  pageSize: number;
  projection?: mongo.Document;
}

/** One page of what the filter finds, and how much it finds in all: two calls, side by side. */
export async function findPage<T extends mongo.Document>(
  collection: Collection<T>,
  { filter, sort, page, pageSize, projection }: PageRequest<T>,
): Promise<{ rows: T[]; total: number }> {
  const [rows, total] = await Promise.all([
    collection
      .find<T>(filter, { projection })
      .sort(sort)
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .toArray(),
    countOf(collection, filter),
  ]);
  return { rows, total };
}

/** Of a whole collection the server keeps the number; counting would read all of it. */
function countOf<T extends mongo.Document>(
  collection: Collection<T>,
  filter: mongo.Filter<T>,
): Promise<number> {
  return Object.keys(filter).length === 0
    ? collection.estimatedDocumentCount()
    : collection.countDocuments(filter);
}
