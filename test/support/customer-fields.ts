import {
  CONTRACT_STATUSES,
  EDUCATIONS,
  LEAD_LEVELS,
  LEAD_SOURCES,
  REST_SCHEDULES,
  SERVICE_TYPES,
  STAGES,
} from '../../src/modules/customers/customer.enums';

type Case = [field: string, value: unknown, answered?: unknown];

const length = (count: number): string => '字'.repeat(count);
const each = (field: string, values: readonly string[]): Case[] => values.map((value) => [field, value]);

const CHOICES: Record<string, readonly string[]> = {
  serviceType: SERVICE_TYPES,
  leadSource: LEAD_SOURCES,
  leadLevel: LEAD_LEVELS,
  contractStatus: CONTRACT_STATUSES,
  status: STAGES,
  restSchedule: REST_SCHEDULES,
  educationRequirement: EDUCATIONS,
};

/** Every field at the ends of what it takes, every choice of every list; what the answer holds where it differs. */
const ACCEPTED: Case[] = [
  ['name', '张'],
  ['name', length(20)],
  ['name', '  张女士  ', '张女士'],
  ['wechatId', 'w'],
  ['wechatId', 'w'.repeat(50)],
  ['expectedBudget', 0],
  ['expectedBudget', 1_000_000],
  ['expectedBudget', 8000.5],
  ['address', length(200)],
  ['notes', length(2000)],
  ['homeArea', 10],
  ['homeArea', 1000],
  ['familySize', 1],
  ['familySize', 20],
  ['serviceDays', 0],
  ['serviceDays', 3650],
  ['ageRequirement', '30-45岁'],
  ['genderRequirement', '女'],
  ['originRequirement', '浙江'],
  ['dealAmount', 0],
  ['dealAmount', 12_800],
  ['expectedStartDate', '2026-03-01', '2026-02-28T16:00:00.000Z'],
  ['expectedStartDate', '2026-03-01T08:00:00.000Z'],
  ['expectedDeliveryDate', '2024-02-29', '2024-02-28T16:00:00.000Z'],
  ...Object.entries(CHOICES).flatMap(([field, values]) => each(field, values)),
];

interface Round {
  input: Record<string, unknown>;
  answered: Record<string, unknown>;
}

/** The accepted cases as few requests: the n-th one of every field goes into the n-th. */
export const ACCEPTED_TOGETHER: Round[] = ACCEPTED.reduce<Round[]>(
  (rounds, [field, value, answered = value]) => {
    let round = rounds.find(({ input }) => !(field in input));
    if (!round) rounds.push((round = { input: {}, answered: {} }));
    round.input[field] = value;
    round.answered[field] = answered;
    return rounds;
  },
  [],
);

/** One step beyond each end, another type, and words that no list has. */
export const REFUSED: Case[] = [
  ['name', length(21)],
  ['name', 42],
  ['phone', '1380013800'],
  ['phone', '138001380000'],
  ['phone', '12800138000'],
  ['phone', '+8613800138000'],
  ['phone', 13_800_138_000],
  ['phone', { $gt: '' }],
  ['wechatId', 'w'.repeat(51)],
  ['wechatId', ['wx']],
  ['expectedBudget', -1],
  ['expectedBudget', 1_000_001],
  ['expectedBudget', '8000'],
  ['address', length(201)],
  ['notes', length(2001)],
  ['homeArea', 9.9],
  ['homeArea', 1001],
  ['familySize', 0],
  ['familySize', 21],
  ['familySize', 2.5],
  ['serviceDays', -1],
  ['serviceDays', 3651],
  ['serviceDays', 1.5],
  ['dealAmount', -0.01],
  ['dealAmount', true],
  ['expectedStartDate', '2026-04-31'],
  ['expectedStartDate', 1_767_225_600_000],
  ['expectedDeliveryDate', '明天'],
  ...Object.keys(CHOICES).map((field): Case => [field, '没有这一项']),
  ['status', 'NEW'],
];
