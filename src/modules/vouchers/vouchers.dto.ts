import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedPage, marketplacePage } from '../../common/http/marketplace-paging';
import { yuanAmount } from '../../common/money/money';
import { recordNumber, wholeNumber } from '../../common/validation/fields';
import { ENTRY_TYPES } from './voucher.schema';

export class BuyVouchersDto extends createZodDto(
  z.object({
    price: yuanAmount.meta({ description: '价格（元），须与价格表一致', example: 3.99 }),
    contact_voucher_num: wholeNumber(1, 10_000).meta({ description: '联系券数量', example: 1 }),
  }),
) {}

export class SpendVoucherDto extends createZodDto(
  z.object({
    purpose_id: recordNumber.meta({ description: '信息编号', example: 2 }),
    purpose_type: wholeNumber(1, 3)
      .optional()
      .meta({ description: '1 招聘，2 求职，3 招租；以信息本身为准', example: 1 }),
    purpose_user_id: z.unknown().optional().meta({ description: '不使用：以信息本身为准', example: 301 }),
    purpose_user_name: z.unknown().optional().meta({ description: '不使用', example: '段先生' }),
    purpose_user_phone: z.unknown().optional().meta({ description: '不使用', example: '15039021712' }),
  }),
) {}

export class VoucherRecordsDto extends createZodDto(marketplacePage.superRefine(boundedPage)) {}

const record = z.strictObject({
  id: z.int().meta({ example: 69 }),
  type: z
    .enum(ENTRY_TYPES)
    .meta({ description: 'buy 购买，cost 消费，refund 退款，gift 赠送', example: 'cost' }),
  title: z.string().meta({ example: '拨打电话' }),
  change_num: z.int().meta({ example: -1 }),
  create_at: z.string().meta({ example: '2026-01-16 14:36:01.854' }),
});

export const voucherRecords = z.strictObject({
  contact_voucher_num: z.int().meta({ description: '余额', example: 6 }),
  list: z.array(record),
  list_total: z.int().meta({ example: 15 }),
});
export type VoucherRecords = z.infer<typeof voucherRecords>;
