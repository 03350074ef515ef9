import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedPage, marketplacePage } from '../../common/http/marketplace-paging';
import { recordNumber, text, wholeNumber } from '../../common/validation/fields';
import { cleanTag } from './job-tags';
import { BIZ_TYPES, UNLIMITED } from './job.schema';
import { photoUrls } from './photo-urls';

const MOST_TAGS = 10;
const LONGEST_TAG = 12;
const HIGHEST_SALARY = 10_000_000;

/** A mobile number, a landline with its area code, or a service number; hyphens as people write them. */
const PHONE_TO_CALL = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|[48]00-?\d{3}-?\d{4})$/;

export const bizType = wholeNumber(1, 3)
  .pipe(z.literal(BIZ_TYPES))
  .meta({ description: '1 招聘，2 求职，3 招租', example: 1 });

const areaId = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const areaName = text(64);
const longitude = z.number().min(-180).max(180).meta({ description: '经度', example: 116.397128 });
const latitude = z.number().min(-90).max(90).meta({ description: '纬度', example: 39.916527 });

const tags = z.preprocess(
  // a form in which nothing was chosen
  (value) => (value === '' || value === null ? [] : value),
  z
    .array(text(LONGEST_TAG, 1).transform(cleanTag))
    .max(MOST_TAGS)
    .transform((list) => [...new Set(list)].filter((tag) => tag !== '')),
);

const salaryMin = wholeNumber(0, HIGHEST_SALARY).meta({ description: '最低月薪（元）', example: 8000 });
const salaryMax = wholeNumber(UNLIMITED, HIGHEST_SALARY).meta({
  description: '最高月薪（元），-1 为不限',
  example: 20000,
});

const needed = z.object({
  positions: text(64, 1).meta({ description: '岗位', example: '服务员' }),
  longitude,
  latitude,
  contact: z
    .string()
    .trim()
    .regex(PHONE_TO_CALL, { error: '格式不正确，应为手机号或带区号的座机' })
    .meta({ description: '联系电话', example: '13812341234' }),
});

const described = z.object({
  address: text(512).meta({ description: '地址', example: '北京市朝阳区三里屯太古里北区 B1 层' }),
  company_name: text(64).meta({ description: '公司名称', example: '好味道餐厅' }),
  contact_person_name: text(32).meta({ description: '联系人，不填为发布者昵称', example: '段先生' }),
  description: text(2000).meta({ description: '说明', example: '能适应晚班，包吃住，月休 4 天。' }),
  photo_urls: photoUrls,
  first_area_id: areaId.meta({ description: '省级区划', example: 11 }),
  first_area_des: areaName.meta({ example: '北京市' }),
  second_area_id: areaId.meta({ description: '市级区划', example: 1101 }),
  second_area_des: areaName.meta({ example: '北京市' }),
  third_area_id: areaId.meta({ description: '区县级区划', example: 110105 }),
  third_area_des: areaName.meta({ example: '朝阳区' }),
  four_area_id: areaId.meta({ description: '街道级区划', example: 110105001 }),
  four_area_des: areaName.meta({ example: '三里屯' }),
  salary_min: salaryMin,
  salary_max: salaryMax,
  basic_protection: tags.meta({ description: '基础保障', example: ['社保', '公积金'] }),
  salary_benefits: tags.meta({ description: '薪酬福利', example: ['节日福利'] }),
  attendance_leave: tags.meta({ description: '考勤休假', example: ['双休'] }),
});

export type JobFields = z.infer<typeof needed> & Partial<z.infer<typeof described>>;

/** The edit page calls the contact person by another name than the answers do. */
const userNameIsContactPerson = (input: unknown): unknown => {
  if (input === null || typeof input !== 'object' || !('user_name' in input)) return input;
  const { user_name, ...fields } = input;
  return { contact_person_name: user_name, ...fields };
};

export class CreateJobDto extends createZodDto(
  z.preprocess(
    userNameIsContactPerson,
    needed
      .extend({ ...described.partial().shape, biz_type: bizType.default(1) })
      .superRefine(({ salary_min = 0, salary_max = UNLIMITED }, context) => {
        if (salary_max !== UNLIMITED && salary_max < salary_min)
          context.addIssue({ code: 'custom', path: ['salary_max'], message: '最高月薪不能低于最低月薪' });
      }),
  ),
) {}

/** Only what is sent is changed. */
export class UpdateJobDto extends createZodDto(
  z.preprocess(
    userNameIsContactPerson,
    needed.partial().extend({ ...described.partial().shape, id: recordNumber }),
  ),
) {}

export class JobIdDto extends createZodDto(z.object({ job_id: recordNumber })) {}

export class MyJobsDto extends createZodDto(
  marketplacePage.extend({ biz_type: bizType.optional() }).superRefine(boundedPage),
) {}

export const QUERY_TYPES = { recommended: 1, nearby: 2, newest: 3 } as const;

const filter = z.object({
  biz_type: bizType.optional(),
  positions: text(64).optional().meta({ description: '岗位的一部分', example: '厨师' }),
  salary_min: salaryMin.optional(),
  salary_max: salaryMax.optional(),
  basic_protection: tags.optional().meta({ description: '基础保障，须全部具备', example: ['社保'] }),
  salary_benefits: tags.optional().meta({ description: '薪酬福利，须全部具备' }),
  attendance_leave: tags.optional().meta({ description: '考勤休假，须全部具备' }),
  first_area_id: areaId.optional().meta({ description: '省级区划' }),
  second_area_id: areaId.optional().meta({ description: '市级区划' }),
  third_area_id: areaId.optional().meta({ description: '区县级区划' }),
  four_area_id: areaId.optional().meta({ description: '街道级区划' }),
  longitude: longitude.optional().meta({ description: '附近：经度' }),
  latitude: latitude.optional().meta({ description: '附近：纬度' }),
});
export type JobFilter = z.infer<typeof filter>;

/** What stands empty in a form of filters is no filter. */
const withoutBlanks = (input: unknown): unknown =>
  input && typeof input === 'object' && !Array.isArray(input)
    ? Object.fromEntries(Object.entries(input).filter(([, value]) => value !== '' && value !== null))
    : (input ?? {});

export class ListJobsDto extends createZodDto(
  marketplacePage
    .extend({
      request_id: z
        .union([z.string().trim().max(128), z.number().transform(String)])
        .default('')
        .meta({
          description:
            '一次浏览的编号：翻页时不变，各页取自同一时刻；刷新列表时换一个。请用随机的 16 位以上；更短的可能与别人相同，' +
            '所以只在同一个人（会员，未登录时为网络地址）之内有效，翻页之间登录或换网络后重新取一次',
          example: '1234567',
        }),
      query_type: wholeNumber(1, 3)
        .pipe(z.literal([1, 2, 3]))
        .default(1)
        .meta({ description: '1 推荐，2 附近，3 最新', example: 1 }),
      biz_type: bizType.optional(),
      filter: z.preprocess(withoutBlanks, filter).default({}),
    })
    .superRefine(boundedPage)
    .superRefine(({ query_type, filter: { longitude: x, latitude: y } }, context) => {
      if (query_type !== QUERY_TYPES.nearby) return;
      if (x === undefined)
        context.addIssue({ code: 'custom', path: ['filter', 'longitude'], message: '查看附近需要经度' });
      if (y === undefined)
        context.addIssue({ code: 'custom', path: ['filter', 'latitude'], message: '查看附近需要纬度' });
    })
    .superRefine(({ filter: { salary_min: low = 0, salary_max: high = UNLIMITED } }, context) => {
      if (high !== UNLIMITED && high < low)
        context.addIssue({
          code: 'custom',
          path: ['filter', 'salary_max'],
          message: '最高月薪不能低于最低月薪',
        });
    }),
) {}
