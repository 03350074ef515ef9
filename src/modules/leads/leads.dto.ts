import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { recordId, text } from '../../common/validation/fields';
import { openid, smallObject } from '../messages/messages.dto';
import { ACTION_TYPES } from './customer-action.schema';

export class CustomerActionDto extends createZodDto(
  z.object({
    customerId: openid.meta({ description: '客户的 openid' }),
    advisorId: recordId.meta({ description: '顾问（员工）编号' }),
    actionType: z.enum(ACTION_TYPES).meta({ example: 'view_resume' }),
    actionData: smallObject(4000)
      .optional()
      .meta({ example: { resumeId: '66f1a2b3c4d5e6f708192a3b' } }),
    customerName: text(20).optional().meta({ example: '张三' }),
    // whatever it is: what is no mobile number is only not used
    customerPhone: z
      .unknown()
      .optional()
      .transform((value) =>
        typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '',
      )
      .meta({ description: '不是 11 位手机号时，只记录行为', example: '13800138000' }),
  }),
) {}

export const customerActionAnswer = z.strictObject({
  actionId: recordId,
  customerCreated: z.boolean().meta({ description: '是否新建了客户线索' }),
  customerId: recordId.optional().meta({ description: '新建的客户；已有的客户不返回任何信息' }),
  action: z.strictObject({
    _id: recordId,
    id: recordId,
    customerId: z.string(),
    advisorId: recordId,
    actionType: z.enum(ACTION_TYPES),
    customerRecordId: recordId.optional(),
    notified: z.boolean().meta({ description: '是否已通知顾问；通知在记录之后发出' }),
  }),
  customer: z
    .strictObject({
      _id: recordId,
      id: recordId,
      name: z.string().meta({ example: '张三' }),
      phone: z.string().meta({ example: '13800138000' }),
      leadSource: z.string().meta({ example: '其他' }),
      customerId: z.string().meta({ example: 'CUS00000000042' }),
    })
    .optional(),
});
export type CustomerActionAnswer = z.infer<typeof customerActionAnswer>;
