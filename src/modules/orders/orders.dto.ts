import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { dayFrom, dayTo, text, wholeNumber } from '../../common/validation/fields';
import { SKU_TYPES } from '../skus/sku-types';
import { ORDER_NO } from './order-numbers';
import { REFUND_STATUSES } from './refund.schema';

const orderNo = z
  .string()
  .trim()
  .regex(ORDER_NO, { error: '订单号格式不正确' })
  .meta({ description: '订单号', example: 'CV202601101520151234' });

export class OrderStatusDto extends createZodDto(z.object({ order_no: orderNo })) {}

export class ListOrdersDto extends createZodDto(
  pageQuery
    .extend({
      status: z.coerce
        .number()
        .pipe(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]))
        .optional()
        .meta({ description: '1 待支付，2 已支付，3 已取消，4 已退款', example: 2 }),
      type: z.enum(SKU_TYPES).optional().meta({ example: 'voucher' }),
      memberId: wholeNumber(1, Number.MAX_SAFE_INTEGER)
        .optional()
        .meta({ description: '会员编号', example: 298 }),
      orderNo: orderNo.optional(),
      refundStatus: z.enum(REFUND_STATUSES).optional().meta({ description: '退款状态', example: 'abnormal' }),
      from: dayFrom.optional().meta({ description: '下单日期从', example: '2026-01-01' }),
      to: dayTo.optional().meta({ description: '下单日期到（含）', example: '2026-01-31' }),
    })
    .superRefine(boundedDepth),
) {}

export class RefundOrderDto extends createZodDto(
  z.object({
    reason: text(80, 1).meta({ description: '退款原因，买家在微信中看到', example: '误购' }),
  }),
) {}

/** The `:id` of an order: its number as a record, or its order number. */
export class OrderIdParam extends createZodDto(
  z.object({
    id: z
      .string()
      .regex(/^([1-9]\d{0,15}|(TOP|CV|REF)\d{18})$/, { error: '订单编号格式不正确' })
      .meta({ description: '订单编号或订单号', example: '90001' }),
  }),
) {}
