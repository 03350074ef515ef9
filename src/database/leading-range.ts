import { mongo } from 'mongoose';

/**
 * MongoDB compares the fields behind an index's first one within the index only when the first one is in the filter
 * too: a range that every value lies in, null among them, puts it there. A filter that asks for nothing needs none.
 */
export function withLeadingRange<T>(filter: mongo.Filter<T>, field: keyof T & string): mongo.Filter<T> {
  if (Object.keys(filter).length === 0 || field in filter) return filter;
  return { ...filter, [field]: { $gte: new mongo.MinKey() } };
}
