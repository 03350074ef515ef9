import { z } from 'zod';
import { wholeNumber } from '../validation/fields';
import { DEEPEST_RECORD } from './paging';

/** The paging fields of every marketplace list, in its request's body. */
export const marketplacePage = z.object({
  page_num: wholeNumber(1, 1_000_000).default(1).meta({ description: '页码，从 1 开始', example: 1 }),
  page_size: wholeNumber(1, 100).default(10).meta({ description: '每页数量，最多 100', example: 10 }),
});

type MarketplacePage = z.infer<typeof marketplacePage>;

/** Refuses pages beyond the deepest record that a list shows. */
export function boundedPage({ page_num, page_size }: MarketplacePage, context: z.core.$RefinementCtx): void {
  if (page_num * page_size <= DEEPEST_RECORD) return;
  context.addIssue({
    code: 'custom',
    path: ['page_num'],
    message: `最多翻到第 ${DEEPEST_RECORD} 条，请用筛选条件缩小范围`,
  });
}

/** The documented shape of a list of `item`, under the name that the mini-program knows it by. */
export function marketplaceList<T extends z.ZodType>(item: T) {
  return z.strictObject({ list: z.array(item), total: z.int().meta({ example: 2 }) });
}
