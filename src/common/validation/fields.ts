import { isValidObjectId } from 'mongoose';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { endOfShanghaiDay, parseShanghaiDate } from '../time/shanghai';

/** A mainland mobile number: 11 digits, 13–19. */
export const MOBILE = /^1[3-9]\d{9}$/;

export const mobile = z
  .string()
  .trim()
  .regex(MOBILE, { error: '格式不正确，应为 11 位手机号' })
  .meta({ description: '11 位手机号', example: '13800138000' });

/** A record's key: 24 hexadecimal digits. */
export const recordId = z
  .string()
  .refine((value) => value.length === 24 && isValidObjectId(value), { error: '编号格式不正确' })
  .meta({ example: '66f1a2b3c4d5e6f708192a3b' });

/** A whole number; mini-programs send what stood in an input as digits in quotes. */
export const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );

/** A number given to a record of the marketplace. */
export const recordNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER).meta({ example: 1234 });

/** Text that is trimmed before it is measured. */
export const text = (max: number, min = 0) => z.string().trim().min(min).max(max);

const DAY_FORMAT = { description: 'YYYY-MM-DD（北京时间）', example: '2026-01-20' };

/** A Shanghai day `YYYY-MM-DD` (its first moment) or an ISO 8601 instant. */
export const dayOrInstant = z.string().transform(toDate).meta(DAY_FORMAT);

/** The first moment of a Shanghai day: the inclusive start of a date filter. */
export const dayFrom = z.string().transform(toDate).meta(DAY_FORMAT);

/** The moment after a Shanghai day's end, so that a filter includes the day: an exclusive end. */
export const dayTo = z
  .string()
  .transform((value, context) => {
    const date = parseShanghaiDate(value) ?? refused(context);
    return value.length === DAY_LENGTH && date !== z.NEVER ? endOfShanghaiDay(date) : date;
  })
  .meta(DAY_FORMAT);

const DAY_LENGTH = 'YYYY-MM-DD'.length;

function toDate(value: string, context: z.core.$RefinementCtx<string>): Date {
  return parseShanghaiDate(value) ?? refused(context);
}

function refused(context: z.core.$RefinementCtx<string>): never {
  context.addIssue({ code: 'custom', message: '日期格式不正确，应为 YYYY-MM-DD' });
  return z.NEVER;
}

/** The `:id` of a route. */
export class IdParam extends createZodDto(z.object({ id: recordId })) {}
