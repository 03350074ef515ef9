import {
  type ContractStatus,
  EDUCATIONS,
  type LEAD_LEVELS,
  type LEAD_SOURCES,
  REST_SCHEDULES,
  type SERVICE_TYPES,
  type Stage,
} from '../modules/customers/customer.enums';
import type { Customer } from '../modules/customers/customer.schema';
import type { Random } from './random';

type Weighted<T> = readonly (readonly [T, number])[];
type ServiceType = (typeof SERVICE_TYPES)[number];
type LeadLevel = (typeof LEAD_LEVELS)[number];

const DAY_MS = 86_400_000;

/** How far a customer has come: contract status and stage, as they occur together. */
export const PROGRESS: Weighted<readonly [ContractStatus, Stage]> = [
  [['待定', 'new'], 24],
  [['待定', 'contacted'], 20],
  [['匹配中', 'matching'], 15],
  [['已面试', 'interviewing'], 9],
  [['已签约', 'signed'], 14],
  [['流失客户', 'lost'], 14],
  [['退款中', 'signed'], 1],
  [['已退款', 'lost'], 3],
];

export const SOURCES: Weighted<(typeof LEAD_SOURCES)[number]> = [
  ['小红书', 20],
  ['美团', 16],
  ['抖音', 14],
  ['转介绍', 12],
  ['其他', 8],
  ['线索购买', 5],
  ['快手', 4],
  ['杭州同馨', 3],
  ['握个手平台', 3],
  ['孕妈联盟', 3],
  ['妈妈网', 3],
  ['宝宝树', 2],
  ['莲心', 2],
  ['美家', 2],
  ['天机鹿', 1],
  ['高阁', 1],
  ['星星', 1],
  ['犀牛', 1],
];

const LEVELS: Weighted<LeadLevel> = [
  ['O类', 5],
  ['A类', 20],
  ['B类', 35],
  ['C类', 25],
  ['D类', 15],
];

const SERVICES: Weighted<ServiceType> = [
  ['月嫂', 30],
  ['住家育儿嫂', 18],
  ['住家保姆', 14],
  ['白班育儿', 9],
  ['白班保姆', 8],
  ['保洁', 7],
  ['小时工', 6],
  ['住家护老', 6],
  ['养宠', 2],
];

/** Yuan a month (保洁, 小时工: an order), and days of service. */
const TERMS: Record<ServiceType, { budget: [number, number, number]; days: readonly number[] }> = {
  月嫂: { budget: [9000, 22000, 500], days: [26, 26, 42, 52] },
  住家育儿嫂: { budget: [7000, 13000, 500], days: [90, 180, 365] },
  保洁: { budget: [150, 900, 50], days: [1, 2, 4] },
  住家保姆: { budget: [6000, 10000, 500], days: [180, 365] },
  养宠: { budget: [300, 3000, 100], days: [3, 7, 15] },
  小时工: { budget: [40, 600, 20], days: [1, 12, 30] },
  白班育儿: { budget: [5500, 9000, 500], days: [90, 180, 365] },
  白班保姆: { budget: [5000, 8000, 500], days: [90, 180, 365] },
  住家护老: { budget: [6000, 11000, 500], days: [180, 365] },
};

const AGES = ['不限', '30-45岁', '35-50岁', '40-55岁', '45岁以下'];
const ORIGINS = ['不限', '浙江', '江苏', '安徽', '江西', '四川', '不要同乡'];
const NOTES = [
  '需要金牌月嫂',
  '家里有两只猫，介意请提前说明',
  '希望会做辅食',
  '二胎，大宝上幼儿园',
  '双胞胎，预算可谈',
  '老人行动不便，需要有护理经验',
  '只要周末，时间固定',
  '希望普通话标准',
  '要求有健康证和无犯罪记录证明',
  '面试安排在晚上七点后',
];

export function leadLevel(random: Random, stage: Stage): LeadLevel {
  return stage === 'lost'
    ? random.weighted([
        ['流失', 3],
        ['D类', 1],
      ] as const)
    : random.weighted(LEVELS);
}

/** What a customer wants of a service; of those who only asked once, little is known. */
export function wishes(
  random: Random,
  createdAt: Date,
  [contractStatus, stage]: readonly [ContractStatus, Stage],
): Partial<Customer> {
  if (stage === 'new' && random.chance(0.3)) return {};
  const serviceType = random.weighted(SERVICES);
  const { budget, days } = TERMS[serviceType];
  const expectedBudget = random.stepped(...budget);
  const born = serviceType === '月嫂' ? daysAfter(random, createdAt, 20, 200) : undefined;
  return {
    serviceType,
    expectedBudget,
    serviceDays: random.pick(days),
    expectedStartDate: born ?? (random.chance(0.7) ? daysAfter(random, createdAt, 3, 60) : undefined),
    expectedDeliveryDate: born,
    restSchedule: maybe(random, 0.8, () => random.pick(REST_SCHEDULES)),
    educationRequirement: maybe(random, 0.4, () => random.pick(EDUCATIONS)),
    homeArea: maybe(random, 0.6, () => random.stepped(60, 260, 5)),
    familySize: maybe(random, 0.6, () => random.int(2, 7)),
    ageRequirement: maybe(random, 0.5, () => random.pick(AGES)),
    genderRequirement: maybe(random, 0.5, () =>
      random.weighted([
        ['女', 8],
        ['不限', 2],
      ] as const),
    ),
    originRequirement: maybe(random, 0.3, () => random.pick(ORIGINS)),
    notes: maybe(random, 0.55, () => random.pick(NOTES)),
    dealAmount: contractStatus === '已签约' || contractStatus === '退款中' ? expectedBudget : undefined,
  };
}

function maybe<T>(random: Random, probability: number, make: () => T): T | undefined {
  return random.chance(probability) ? make() : undefined;
}

/** A day, as its first moment in Shanghai: what the service makes of `YYYY-MM-DD`. */
function daysAfter(random: Random, from: Date, low: number, high: number): Date {
  const day = Math.floor(from.getTime() / DAY_MS) + random.int(low, high);
  return new Date(day * DAY_MS - 8 * 3_600_000);
}
