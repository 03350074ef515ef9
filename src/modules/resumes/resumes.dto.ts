import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { LONGEST_KEYWORD } from '../../common/search/search-terms';
import { mobile, text } from '../../common/validation/fields';
import { JOB_TYPES, ORDER_STATUSES, RESUME_STATUSES, valuesOf } from './resume.enums';
import { jobType, leadSource, name, personalFields, staffFields } from './resume.fields';

/** A form field left blank arrives as '' from one mini-program and as null from another. */
const blankAs =
  (blank: null | undefined, blanks: readonly unknown[] = ['', null]) =>
  (input: unknown) =>
    input && typeof input === 'object' && !Array.isArray(input)
      ? Object.fromEntries(
          Object.entries(input).map(([key, value]) => [key, blanks.includes(value) ? blank : value]),
        )
      : input;

const status = z.enum(RESUME_STATUSES).meta({ description: '状态', example: 'published' });
const identity = z.object({ name, phone: mobile, jobType });

export class CreateResumeDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    identity.extend({
      ...personalFields.partial().shape,
      ...staffFields.partial().shape,
      leadSource: leadSource.optional(),
      status: status.optional().meta({ description: '默认 published' }),
      createOrUpdate: z
        .boolean()
        .optional()
        .meta({ description: 'true：手机号已存在时改为更新该简历', example: false }),
    }),
  ),
) {}

const clearable = <S extends z.ZodRawShape>(shape: S) =>
  Object.fromEntries(
    Object.entries(shape).map(([key, type]) => [key, (type as z.ZodType).nullable().optional()]),
  ) as unknown as { [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>> };

export class UpdateResumeDto extends createZodDto(
  z.preprocess(
    blankAs(null),
    z.object({
      ...identity.extend({ leadSource, status }).partial().shape,
      ...clearable(personalFields.shape),
      ...clearable(staffFields.shape),
    }),
  ),
) {}

/** Whoever registers themselves is asked for more than staff are, and says nothing of what staff decide. */
export class SelfRegisterDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    identity.extend(personalFields.partial().shape).superRefine((input, context) => {
      const required = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: [field], message });
      if (!input.gender && !input.idNumber) required('gender', '性别不能为空');
      if (input.age === undefined && !input.birthDate && !input.idNumber)
        required('age', '年龄、出生日期和身份证号至少填写一项');
    }),
  ),
) {}

const listQuery = pageQuery.extend({
  keyword: text(LONGEST_KEYWORD)
    .optional()
    .meta({ description: '姓名、拼音、拼音首字母或手机号的一部分', example: 'zhang' }),
  jobType: z.enum(valuesOf(JOB_TYPES)).optional().meta({ description: '工种' }),
  orderStatus: z.enum(valuesOf(ORDER_STATUSES)).optional().meta({ description: '接单状态' }),
  maxAge: z.coerce.number().int().min(1).max(150).optional().meta({ description: '最大年龄', example: 50 }),
  nativePlace: text(50).optional().meta({ description: '籍贯，从头匹配', example: '浙江' }),
  ethnicity: text(20).optional().meta({ description: '民族', example: '汉族' }),
});
const emptyAsAbsent = blankAs(undefined, ['']);

export class ListPublicResumesDto extends createZodDto(
  z.preprocess(emptyAsAbsent, listQuery.superRefine(boundedDepth)),
) {}

export class ListResumesDto extends createZodDto(
  z.preprocess(emptyAsAbsent, listQuery.extend({ status: status.optional() }).superRefine(boundedDepth)),
) {}

export class SearchWorkersDto extends createZodDto(
  z.preprocess(
    emptyAsAbsent,
    z.object({
      phone: text(20).optional().meta({ description: '手机号的一部分；未登录时至少 4 位', example: '8000' }),
      name: text(LONGEST_KEYWORD)
        .optional()
        .meta({ description: '姓名、拼音或首字母的一部分；未登录时至少 2 个字符', example: '桂芳' }),
      limit: z.coerce.number().int().min(1).max(50).default(10).meta({ example: 10 }),
    }),
  ),
) {}

export class ValidateResumeDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    z.object({
      phone: z.string().max(100).optional().meta({ example: '13800138000' }),
      idNumber: z.string().max(100).optional().meta({ example: '11010519491231002X' }),
    }),
  ),
) {}

export class ReviewResumeDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    z
      .object({
        action: z.enum(['publish', 'reject']).meta({ description: '发布或拒绝', example: 'reject' }),
        reason: text(200).optional().meta({ description: '拒绝时必填', example: '照片不清楚，请重新提交' }),
      })
      .refine(({ action, reason }) => action === 'publish' || Boolean(reason), {
        path: ['reason'],
        error: '请填写拒绝的原因',
      }),
  ),
) {}

const LONGEST_SHARE_HOURS = 720;

export class ShareResumeDto extends createZodDto(
  z.preprocess(
    // the whole body may be left out
    (input) => blankAs(undefined)(input ?? {}),
    z.object({
      expireHours: z
        .int()
        .min(1)
        .max(LONGEST_SHARE_HOURS)
        .default(24)
        .meta({ description: '有效小时数', example: 24 }),
    }),
  ),
) {}

/** Not checked for its form: every wrong token is answered alike. */
export class ShareTokenParam extends createZodDto(
  z.object({
    token: z.string().meta({ description: '分享链接的令牌', example: 'bm9x-Sbvc1t-cfbJTF8ba6QPOSo_L7Jl' }),
  }),
) {}
