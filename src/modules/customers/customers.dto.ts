import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { dayFrom, dayOrInstant, dayTo, mobile, recordId, text } from '../../common/validation/fields';
import {
  CONTRACT_STATUSES,
  EDUCATIONS,
  FOLLOW_UP_TYPES,
  LEAD_LEVELS,
  LEAD_SOURCES,
  REST_SCHEDULES,
  SERVICE_TYPES,
  STAGES,
} from './customer.enums';
import { LONGEST_KEYWORD } from '../../common/search/search-terms';

const requirement = text(50, 1).meta({ example: '不限' });

/** What a customer wants; every field may be left out, and cleared with null. */
const wishes = z.object({
  serviceType: z.enum(SERVICE_TYPES).meta({ description: '服务类型', example: '月嫂' }),
  expectedBudget: z.number().min(0).max(1_000_000).meta({ description: '预算（元）', example: 8000 }),
  address: text(200).meta({ description: '地址', example: '杭州市西湖区文三路 1 号' }),
  notes: text(2000).meta({ description: '备注', example: '需要金牌月嫂' }),
  leadLevel: z.enum(LEAD_LEVELS).meta({ description: '线索等级', example: 'A类' }),
  restSchedule: z.enum(REST_SCHEDULES).meta({ description: '休息方式', example: '单休' }),
  educationRequirement: z.enum(EDUCATIONS).meta({ description: '学历要求', example: '高中' }),
  expectedStartDate: dayOrInstant.meta({ description: '期望上户日期', example: '2026-03-01' }),
  expectedDeliveryDate: dayOrInstant.meta({ description: '预产期', example: '2026-02-20' }),
  homeArea: z.number().min(10).max(1000).meta({ description: '住房面积（平方米）', example: 120 }),
  familySize: z.int().min(1).max(20).meta({ description: '家庭人口', example: 4 }),
  serviceDays: z.int().min(0).max(3650).meta({ description: '服务天数', example: 26 }),
  ageRequirement: requirement.meta({ description: '年龄要求' }),
  genderRequirement: requirement.meta({ description: '性别要求' }),
  originRequirement: requirement.meta({ description: '籍贯要求' }),
  dealAmount: z.number().min(0).max(100_000_000).meta({ description: '成交金额（元）', example: 12800 }),
});

const contact = z.object({
  phone: mobile,
  wechatId: text(50, 1).meta({ description: '微信号', example: 'wx_zhang2026' }),
});

const name = text(20, 1).meta({ description: '客户姓名', example: '张女士' });
const leadSource = z.enum(LEAD_SOURCES).meta({ description: '线索来源', example: '小红书' });
const contractStatus = z.enum(CONTRACT_STATUSES).meta({ description: '签约状态', example: '待定' });
const status = z.enum(STAGES).meta({ description: '阶段', example: 'new' });

/** A form field left blank arrives as '' from one mini-program and as null from another. */
const blankAs =
  (blank: null | undefined, blanks: readonly unknown[] = ['', null]) =>
  (input: unknown) =>
    input && typeof input === 'object' && !Array.isArray(input)
      ? Object.fromEntries(
          Object.entries(input).map(([key, value]) => [key, blanks.includes(value) ? blank : value]),
        )
      : input;
/** Where null has a meaning of its own, or a query cannot hold one. */
const emptyAsAbsent = blankAs(undefined, ['']);

export class CreateCustomerDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    z.object({
      name,
      ...contact.partial().shape,
      ...wishes.partial().shape,
      leadSource: leadSource.default('其他'),
      contractStatus: contractStatus.default('待定'),
      status: status.default('new'),
      // an invented owner would make the example fail when it is tried out; a blank is nobody yet
      assignedTo: recordId
        .optional()
        .meta({ description: '负责人，可不填；普通员工创建的客户总是归自己', example: '' }),
    }),
  ),
) {}

const clearable = <S extends z.ZodRawShape>(shape: S) =>
  z.object(
    Object.fromEntries(
      Object.entries(shape).map(([key, type]) => [key, (type as z.ZodType).nullable().optional()]),
    ) as unknown as {
      [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>>;
    },
  ).shape;

export class UpdateCustomerDto extends createZodDto(
  z.preprocess(
    blankAs(null),
    z.object({
      ...z.object({ name, leadSource, contractStatus, status }).partial().shape,
      ...clearable(contact.shape),
      ...clearable(wishes.shape),
    }),
  ),
) {}

export const SORTS = [
  'createdAt',
  'updatedAt',
  'nextFollowUpAt',
  '-createdAt',
  '-updatedAt',
  '-nextFollowUpAt',
] as const;

export class ListCustomersDto extends createZodDto(
  z.preprocess(
    emptyAsAbsent,
    pageQuery
      .extend({
        status: z
          .enum([...STAGES, ...CONTRACT_STATUSES])
          .optional()
          .meta({ description: '阶段或签约状态' }),
        keyword: text(LONGEST_KEYWORD)
          .optional()
          .meta({ description: '姓名、拼音、拼音首字母、手机号的一部分，或客户编号', example: 'zhang' }),
        contractStatus: contractStatus.optional(),
        leadSource: leadSource.optional(),
        leadLevel: wishes.shape.leadLevel.optional(),
        serviceType: wishes.shape.serviceType.optional(),
        assignedTo: recordId.optional(),
        createdFrom: dayFrom.optional(),
        createdTo: dayTo.optional(),
        followUpFrom: dayFrom.optional(),
        followUpTo: dayTo.optional(),
        sort: z.enum(SORTS).default('-updatedAt').meta({ description: '前加 - 为降序' }),
      })
      .superRefine(boundedDepth),
  ),
) {}

export class AssignCustomerDto extends createZodDto(
  z.preprocess(
    blankAs(undefined),
    z.object({
      assignedTo: recordId.meta({ description: '新负责人的员工编号' }),
      reason: text(200).optional().meta({ description: '分配原因', example: '客户要求更换顾问' }),
    }),
  ),
) {}

export class CreateFollowUpDto extends createZodDto(
  z.preprocess(
    emptyAsAbsent,
    z.object({
      content: text(2000, 1).meta({ description: '跟进内容', example: '已联系客户，客户表示下周可以面试' }),
      nextFollowUpDate: dayOrInstant
        .nullish()
        .meta({ description: '下次跟进日期；null 为取消', example: '2026-01-20' }),
      status: status.optional(),
      type: z.enum(FOLLOW_UP_TYPES).default('other').meta({ description: '跟进方式', example: 'phone' }),
    }),
  ),
) {}

export class PageDto extends createZodDto(z.preprocess(emptyAsAbsent, pageQuery.superRefine(boundedDepth))) {}
