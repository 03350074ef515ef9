import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { recordId, text } from '../../common/validation/fields';
import { MESSAGE_CHANNELS, MESSAGE_STATES } from './outgoing-message.schema';

/** WeChat's identifier of a person at one app; its length is WeChat's business. */
export const openid = z
  .string()
  .regex(/^[\w-]{1,64}$/, { error: 'openid 格式不正确' })
  .meta({ example: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' });

const templateId = z
  .string()
  .regex(/^[\w-]{1,64}$/, { error: '模板编号格式不正确' })
  .meta({ description: '消息模板编号', example: 'ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY' });

/** An object that a client keeps here for itself, of a size that harms nobody. */
export function smallObject(maxCharacters: number) {
  return z
    .record(z.string().max(64), z.unknown())
    .refine((value) => isStorable(value), { error: `嵌套太深（最多 ${DEEPEST} 层）或键名不允许` })
    .refine((value) => !isStorable(value) || JSON.stringify(value).length <= maxCharacters, {
      error: `内容太长，最多 ${maxCharacters} 个字符`,
    });
}

/** MongoDB takes a hundred levels. */
const DEEPEST = 10;

/** Keys that mean something to the database, or that it cannot hold, stay out of it. */
function isStorable(value: unknown, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (depth >= DEEPEST) return false;
  return Object.entries(value).every(([key, inner]) => !/^\$|\0/.test(key) && isStorable(inner, depth + 1));
}

export class SubscribeDto extends createZodDto(
  z.object({
    advisorId: recordId,
    openid,
    templateId,
    subscribed: z.boolean().meta({ example: true }),
    subscribeData: smallObject(4000)
      .optional()
      .meta({ example: { source: 'miniprogram', subscriptionStatus: 'accept' } }),
  }),
) {}

export const subscriptionView = z.strictObject({
  _id: recordId,
  id: recordId,
  advisorId: recordId,
  openid,
  templateId: z.string(),
  subscribed: z.boolean(),
  subscribeTime: z.iso.datetime(),
});
export type SubscriptionView = z.infer<typeof subscriptionView>;

const messageValue = z.object({ value: z.union([z.string(), z.number()]).transform(String) });

export class SendMessageDto extends createZodDto(
  z.object({
    touser: openid,
    template_id: templateId,
    data: z
      .record(z.string().regex(/^[a-z_]{1,32}\d{0,3}$/), messageValue)
      .refine((data) => Object.keys(data).length >= 1 && Object.keys(data).length <= 20, {
        error: '应有 1–20 项',
      })
      .refine((data) => Object.values(data).every(({ value }) => value.length <= 200), {
        error: '每项最多 200 个字符',
      })
      .meta({ example: { thing1: { value: '客户查看了您的简历' }, time2: { value: '2026-01-16 18:30' } } }),
    page: text(1024).optional().meta({ example: 'pages/customer/detail?id=66f1a2b3c4d5e6f708192a3b' }),
    miniprogram_state: z.enum(['developer', 'trial', 'formal']).default('formal'),
  }),
) {}

export const wechatAnswer = z.strictObject({
  errcode: z.int().meta({ example: 0 }),
  errmsg: z.string().meta({ example: 'ok' }),
  msgid: z.union([z.int(), z.string()]).optional().meta({ example: 1_000_001_625 }),
});

export class ListMessagesDto extends createZodDto(
  pageQuery
    .extend({ status: z.enum(MESSAGE_STATES).optional().meta({ description: '发送状态' }) })
    .superRefine(boundedDepth),
) {}

export const messageView = z.strictObject({
  id: recordId,
  channel: z.enum(MESSAGE_CHANNELS),
  recipientId: recordId,
  recipientName: z.string().meta({ example: '李静' }),
  templateId: z.string(),
  text: z.string().meta({ example: '新客户想要联系您' }),
  status: z.enum(MESSAGE_STATES),
  attempts: z.int().meta({ example: 1 }),
  errcode: z.int().nullable().meta({ description: '微信的错误码', example: 43101 }),
  error: z.string().nullable().meta({ example: 'user refuse to accept the msg' }),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type MessageView = z.infer<typeof messageView>;
