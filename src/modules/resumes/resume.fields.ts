import { z } from 'zod';
import { dayOrInstant, mobile, text } from '../../common/validation/fields';
import { readIdNumber } from '../../common/validation/id-number';
import { formatShanghaiDay } from '../../common/time/shanghai';
import { OLDEST, YOUNGEST } from './age';
import {
  CURRENT_STAGES,
  EDUCATIONS,
  GENDERS,
  JOB_TYPES,
  LEAD_SOURCES,
  LEARNING_INTENTIONS,
  MARITAL_STATUSES,
  MATERNITY_NURSE_LEVELS,
  ORDER_STATUSES,
  RELIGIONS,
  SKILLS,
  valuesOf,
  ZODIAC_SIGNS,
  ZODIACS,
} from './resume.enums';

/** A day of the calendar; an instant means the Shanghai day that it lies in. */
const day = dayOrInstant.transform((date) => formatShanghaiDay(date));
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
/** Pickers of months send `YYYY-MM`. */
const dayOrMonth = z.union([z.string().regex(MONTH), day], {
  error: '日期格式不正确，应为 YYYY-MM-DD 或 YYYY-MM',
});

/** One of the values; a refusal says what they mean, as no screen shows them. */
const choice = <L extends Readonly<Record<string, string>>>(labels: L) =>
  z.enum(valuesOf(labels), {
    error: ({ input }) =>
      input === undefined || input === null ? '不能为空' : `应为以下之一：${explained(labels)}`,
  });
const explained = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([value, label]) => `${value}（${label}）`)
    .join('、');
const described = (type: z.ZodString, description: string, example: string) =>
  type.meta({ description, example });

/** Checked here once, for creating, changing and validating alike. */
export const idNumber = z
  .string()
  .transform((written, context) => {
    const read = readIdNumber(written);
    if (read.valid) return read.number;
    context.addIssue({ code: 'custom', message: '身份证号不正确' });
    return z.NEVER;
  })
  .meta({ description: '18 位身份证号，例如 11010519491231002X', example: '' });

/** What a form sends back for a field without a value is kept as absent. */
const told = <T extends object>(item: T): { [K in keyof T]: NonNullable<T[K]> | Extract<T[K], undefined> } =>
  Object.fromEntries(
    Object.entries(item).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  ) as never;

const workExperience = z
  .object({
    startDate: dayOrMonth.meta({ description: 'YYYY-MM 或 YYYY-MM-DD' }),
    endDate: dayOrMonth.nullish().meta({ description: '至今可不填' }),
    description: text(1000),
    orderNumber: text(50).nullish(),
    district: text(50).nullish(),
    customerName: text(20).nullish(),
    customerReview: text(1000).nullish(),
    photos: z
      .array(z.url({ protocol: /^https?$/, error: '照片地址不正确' }).max(500))
      .max(20)
      .nullish(),
  })
  .superRefine(({ startDate, endDate }, context) => {
    // a month and a day of it are told apart by the month alone
    if (!endDate || endDate.slice(0, 7) >= startDate.slice(0, 7)) return;
    context.addIssue({ code: 'custom', path: ['endDate'], message: '结束日期不能早于开始日期' });
  })
  .transform(told);

const availability = z
  .object({ date: day, status: text(20, 1), remarks: text(200).nullish() })
  .transform(told);

const distinct = (values: unknown[]) => new Set(values).size === values.length;

const WORK_EXPERIENCE = {
  startDate: '2023-03',
  endDate: '2024-06',
  description: '照顾双胞胎，负责辅食和早教',
  district: '西湖区',
};

/**
 * What anybody may say of themselves; every field may be left out. Facts that must agree have blank examples but for
 * the age, so that the example of the whole can be sent as it is in any year.
 */
export const personalFields = z.object({
  gender: choice(GENDERS).meta({ description: '性别', example: 'female' }),
  age: z.int().min(YOUNGEST).max(OLDEST).meta({ description: '年龄', example: 42 }),
  birthDate: day.meta({ description: '出生日期，例如 1984-05-20', example: '' }),
  idNumber,
  zodiac: choice(ZODIACS).meta({ description: '属相，可由出生日期得出', example: '' }),
  zodiacSign: choice(ZODIAC_SIGNS).meta({ description: '星座，可由出生日期得出', example: '' }),
  wechat: described(text(50, 1), '微信号', 'wx_auntie2026'),
  expectedSalary: z.number().min(0).max(1_000_000).meta({ description: '期望薪资（元/月）', example: 8000 }),
  maternityNurseLevel: choice(MATERNITY_NURSE_LEVELS).meta({ description: '月嫂等级', example: 'gold' }),
  education: choice(EDUCATIONS).meta({ description: '学历', example: 'high' }),
  skills: z
    .array(choice(SKILLS))
    .refine(distinct, { error: '技能不能重复' })
    .meta({ description: '技能', example: ['chanhou', 'yuezican'] }),
  selfIntroduction: described(text(1000), '自我介绍', '从事月嫂工作八年，擅长月子餐和新生儿护理。'),
  ethnicity: described(text(20), '民族', '汉族'),
  nativePlace: described(text(50), '籍贯', '浙江杭州'),
  experienceYears: z.number().min(0).max(60).meta({ description: '工作年限', example: 8 }),
  maritalStatus: choice(MARITAL_STATUSES).meta({ description: '婚姻状况', example: 'married' }),
  religion: choice(RELIGIONS).meta({ description: '宗教信仰', example: 'none' }),
  currentAddress: described(text(200), '现居地址', '杭州市西湖区文三路 1 号'),
  hukouAddress: described(text(200), '户籍地址', '浙江省杭州市淳安县'),
  serviceArea: z
    .array(text(50, 1))
    .max(30)
    .refine(distinct, { error: '服务区域不能重复' })
    .meta({ description: '服务区域', example: ['西湖区', '拱墅区'] }),
  orderStatus: choice(ORDER_STATUSES).meta({ description: '接单状态', example: 'accepting' }),
  emergencyContactName: described(text(20), '紧急联系人', '王建国'),
  emergencyContactPhone: mobile.meta({ description: '紧急联系人电话', example: '13900139000' }),
  medicalExamDate: day.meta({ description: '体检日期', example: '2026-01-10' }),
  learningIntention: choice(LEARNING_INTENTIONS).meta({ description: '学习意向', example: 'yuesao' }),
  currentStage: choice(CURRENT_STAGES).meta({ description: '目前阶段', example: 'experienced-certified' }),
  workExperiences: z
    .array(workExperience)
    .max(50)
    .meta({ description: '工作经历', example: [WORK_EXPERIENCE] }),
  availabilityCalendar: z
    .array(availability)
    .max(400)
    .refine((days) => distinct(days.map(({ date }) => date)), { error: '档期日期不能重复' })
    .meta({ description: '档期', example: [{ date: '2026-12-01', status: 'available' }] }),
});

/** What staff write about somebody. */
export const staffFields = z.object({
  internalEvaluation: described(text(2000), '内部评价', '沟通好，守时'),
  remarks: described(text(2000), '备注', '只接西湖区的单'),
});

export const name = text(20, 2).meta({ description: '姓名', example: '张桂芳' });
export const jobType = choice(JOB_TYPES).meta({ description: '工种', example: 'yuexin' });
export const leadSource = choice(LEAD_SOURCES).meta({ description: '线索来源', example: 'referral' });

/** The fields that may be absent, as they are stored. Facts are kept as resume-facts has them. */
export type ResumeFields = Partial<
  Omit<
    z.output<typeof personalFields>,
    'age' | 'gender' | 'birthDate' | 'idNumber' | 'zodiac' | 'zodiacSign'
  > &
    z.output<typeof staffFields>
>;
