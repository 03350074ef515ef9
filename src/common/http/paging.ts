import { z } from 'zod';

/** How far a list can be turned: `skip` costs the database one index key per record passed over. */
export const DEEPEST_RECORD = 10_000;

/** The paging fields of every CRM list. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1).meta({ description: '页码', example: 1 }),
  pageSize: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .meta({ description: '每页数量，最多 100', example: 10 }),
});

/** Refuses pages beyond {@link DEEPEST_RECORD}. */
export function boundedDepth(
  query: { page: number; pageSize: number },
  context: z.core.$RefinementCtx,
): void {
  if (query.page * query.pageSize <= DEEPEST_RECORD) return;
  context.addIssue({
    code: 'custom',
    path: ['page'],
    message: `最多翻到第 ${DEEPEST_RECORD} 条，请用筛选条件缩小范围`,
  });
}

export interface Page<T> {
  list: T[];
  total: number;
  page: number;
  pageSize: number;
  totalPages: number;
  hasMore: boolean;
}

export function pageOf<T>(
  list: T[],
  total: number,
  { page, pageSize }: { page: number; pageSize: number },
): Page<T> {
  return {
    list,
    total,
    page,
    pageSize,
    totalPages: Math.ceil(total / pageSize),
    hasMore: page * pageSize < total,
  };
}

/** The documented shape of a page of `item`. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({
    list: z.array(item),
    total: z.int().meta({ example: 42 }),
    page: z.int().meta({ example: 1 }),
    pageSize: z.int().meta({ example: 10 }),
    totalPages: z.int().meta({ example: 5 }),
    hasMore: z.boolean(),
  });
}
