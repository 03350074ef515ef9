import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { yuanAmount } from '../../common/money/money';
import { text } from '../../common/validation/fields';
import { SKU_TYPES } from './sku-types';

const code = z
  .string()
  .regex(/^[A-Za-z0-9_-]{2,32}$/, { error: '商品编码应为 2–32 位字母、数字、下划线或连字符' })
  .meta({ description: '商品编码，创建后不能修改', example: 'voucher_20' });
// a backtick would part a line of WeChat Pay's bill
const title = text(40, 1)
  .regex(/^[^`\p{Cc}]*$/u, { error: '名称不能包含反引号或控制字符' })
  .meta({ description: '名称，买家在微信支付中看到', example: '联系券 20 张' });
const price = yuanAmount
  .refine((fen) => fen >= 1 && fen <= 10_000_000, { error: '价格应为 0.01–100000 元' })
  .meta({ description: '价格（元）', example: 66 });
const order = z.int().min(0).max(9999).meta({ description: '排序，小的在前', example: 50 });
const topHour = z.int().min(1).max(8760).meta({ description: '置顶小时数', example: 48 });
const contactVoucherNum = z.int().min(1).max(10_000).meta({ description: '联系券张数', example: 20 });

export class CreateSkuDto extends createZodDto(
  z
    .object({
      skuCode: code,
      type: z.enum(SKU_TYPES).meta({ example: 'voucher' }),
      title,
      price,
      topHour: topHour.optional(),
      contactVoucherNum: contactVoucherNum.optional(),
      order: order.default(100),
      active: z.boolean().default(true),
    })
    .superRefine(({ type, topHour: hours, contactVoucherNum: count }, context) => {
      const complain = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (type === 'top' && hours === undefined) complain('topHour', '置顶需要填写小时数');
      if (type === 'voucher' && count === undefined) complain('contactVoucherNum', '联系券需要填写张数');
      if (type !== 'top' && hours !== undefined) complain('topHour', '只有置顶可以填写小时数');
      if (type !== 'voucher' && count !== undefined) complain('contactVoucherNum', '只有联系券可以填写张数');
    }),
) {}

/** What a thing is stays: another size is another thing. */
export class UpdateSkuDto extends createZodDto(
  z.object({ title, price, order, active: z.boolean() }).partial(),
) {}

export class ListSkusDto extends createZodDto(pageQuery.superRefine(boundedDepth)) {}

export class SkuCodeParam extends createZodDto(z.object({ id: code })) {}
