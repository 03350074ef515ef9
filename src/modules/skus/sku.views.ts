import { z } from 'zod';
import { yuanOf } from '../../common/money/money';
import type { Sku } from './sku.schema';
import { SKU_TYPES } from './sku-types';

const price = z.number().meta({ description: '价格（元）', example: 5 });
const type = z
  .enum(SKU_TYPES)
  .meta({ description: 'top 置顶，refresh 刷新，voucher 联系券', example: 'top' });

/** As the marketplace's mini-program reads it. */
export const skuItem = z.strictObject({
  sku_code: z.string().meta({ example: 'top_72' }),
  type,
  title: z.string().meta({ example: '置顶 72 小时' }),
  price,
  top_hour: z.int().optional().meta({ description: '置顶小时数', example: 72 }),
  contact_voucher_num: z.int().optional().meta({ description: '联系券张数', example: 10 }),
});

export function toItem(sku: Sku): z.infer<typeof skuItem> {
  return {
    sku_code: sku._id,
    type: sku.type,
    title: sku.title,
    price: yuanOf(sku.price),
    ...(sku.topHour === undefined ? {} : { top_hour: sku.topHour }),
    ...(sku.voucherNum === undefined ? {} : { contact_voucher_num: sku.voucherNum }),
  };
}

/** As administrators see it. */
export const skuView = z.strictObject({
  id: z.string().meta({ example: 'top_72' }),
  skuCode: z.string().meta({ example: 'top_72' }),
  type,
  title: z.string().meta({ example: '置顶 72 小时' }),
  price,
  topHour: z.int().nullable().meta({ example: 72 }),
  contactVoucherNum: z.int().nullable().meta({ example: null }),
  active: z.boolean().meta({ description: '是否在售' }),
  order: z.int().meta({ description: '排序，小的在前', example: 20 }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export function toView(sku: Sku): z.infer<typeof skuView> {
  return {
    id: sku._id,
    skuCode: sku._id,
    type: sku.type,
    title: sku.title,
    price: yuanOf(sku.price),
    topHour: sku.topHour ?? null,
    contactVoucherNum: sku.voucherNum ?? null,
    active: sku.active,
    order: sku.order,
    createdAt: sku.createdAt.toISOString(),
    updatedAt: sku.updatedAt.toISOString(),
  };
}
