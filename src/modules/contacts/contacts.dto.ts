import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedPage, marketplaceList, marketplacePage } from '../../common/http/marketplace-paging';
import { wholeNumber } from '../../common/validation/fields';

export class ContactHistoryDto extends createZodDto(
  marketplacePage
    .extend({
      biz_type: wholeNumber(1, 3)
        .optional()
        .meta({ description: '1 招聘，2 求职，3 招租；不填为全部', example: 1 }),
    })
    .superRefine(boundedPage),
) {}

const contactView = z.strictObject({
  id: z.int().meta({ example: 2 }),
  positions: z.string().meta({ example: '保洁' }),
  address: z.string().meta({ example: '上海市黄浦区南京东路 100 号' }),
  purpose_user_id: z.int().meta({ example: 2 }),
  purpose_user_name: z.string().meta({ example: '段先生' }),
  purpose_user_phone: z.string().meta({ example: '15039021712' }),
  create_at: z.string().meta({ example: '2026-01-16 14:36:01.882' }),
});
export type ContactView = z.infer<typeof contactView>;

export const contactList = marketplaceList(contactView);
export type ContactList = z.infer<typeof contactList>;
