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
  RESUME_STATUSES,
  SKILLS,
  ZODIAC_SIGNS,
  ZODIACS,
} from '../../src/modules/resumes/resume.enums';

type Case = [field: string, value: unknown, answered?: unknown];

const length = (count: number): string => '字'.repeat(count);
const CHOICES: Record<string, readonly string[]> = {
  gender: Object.keys(GENDERS),
  jobType: Object.keys(JOB_TYPES),
  education: Object.keys(EDUCATIONS),
  maternityNurseLevel: Object.keys(MATERNITY_NURSE_LEVELS),
  maritalStatus: Object.keys(MARITAL_STATUSES),
  religion: Object.keys(RELIGIONS),
  zodiac: Object.keys(ZODIACS),
  zodiacSign: Object.keys(ZODIAC_SIGNS),
  orderStatus: Object.keys(ORDER_STATUSES),
  leadSource: Object.keys(LEAD_SOURCES),
  learningIntention: Object.keys(LEARNING_INTENTIONS),
  currentStage: Object.keys(CURRENT_STAGES),
  status: RESUME_STATUSES,
};

const experience = {
  startDate: '2020-03',
  endDate: '2021-05-31',
  description: length(1000),
  orderNumber: 'DD-1',
  district: '西湖区',
  customerName: '王女士',
  customerReview: '很好',
  photos: ['https://img.example.cn/1.jpg'],
};

/** Every field at the ends of what it takes, every choice of every list; what the answer holds where it differs. */
const ACCEPTED: Case[] = [
  ['name', '张桂'],
  ['name', length(20)],
  ['name', '  张桂芳  ', '张桂芳'],
  ['age', 18],
  ['age', 80],
  ['wechat', 'w'.repeat(50)],
  ['expectedSalary', 0],
  ['expectedSalary', 8000.5],
  ['skills', []],
  ['skills', Object.keys(SKILLS)],
  ['selfIntroduction', length(1000)],
  ['internalEvaluation', length(2000)],
  ['remarks', length(2000)],
  ['ethnicity', '汉族'],
  ['nativePlace', length(50)],
  ['experienceYears', 0],
  ['experienceYears', 60],
  ['currentAddress', length(200)],
  ['hukouAddress', length(200)],
  ['serviceArea', ['西湖区', '拱墅区']],
  ['emergencyContactName', '王建国'],
  ['emergencyContactPhone', '13900139000'],
  ['medicalExamDate', '2026-01-10'],
  ['medicalExamDate', '2026-01-10T18:00:00.000Z', '2026-01-11'],
  ['workExperiences', [experience]],
  [
    'workExperiences',
    [{ startDate: '2024-01-31', description: '至今' }],
    [
      {
        startDate: '2024-01-31',
        endDate: null,
        description: '至今',
        orderNumber: null,
        district: null,
        customerName: null,
        customerReview: null,
        photos: [],
      },
    ],
  ],
  ['availabilityCalendar', [{ date: '2026-12-01', status: 'available', remarks: '全天' }]],
  ...Object.entries(CHOICES).flatMap(([field, values]) => values.map((value): Case => [field, value])),
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

/** One step beyond each end, another type, and words that no list has; the field as the answer names it. */
export const REFUSED: [field: string, value: unknown, named?: string][] = [
  ['name', '张'],
  ['name', length(21)],
  ['name', 42],
  ['phone', '1380013800'],
  ['phone', '12800138000'],
  ['phone', 13_800_138_000],
  ['phone', { $gt: '' }],
  ['age', 17],
  ['age', 81],
  ['age', 40.5],
  ['age', '40'],
  ['wechat', 'w'.repeat(51)],
  ['expectedSalary', -1],
  ['expectedSalary', '8000'],
  ['skills', 'chanhou'],
  ['skills', ['没有这一项'], 'skills.0'],
  ['skills', ['chanhou', 'chanhou']],
  ['selfIntroduction', length(1001)],
  ['nativePlace', length(51)],
  ['experienceYears', -1],
  ['experienceYears', 61],
  ['currentAddress', length(201)],
  ['hukouAddress', length(201)],
  ['serviceArea', ['西湖区', '西湖区']],
  ['serviceArea', [''], 'serviceArea.0'],
  ['emergencyContactPhone', '0571'],
  ['medicalExamDate', '2026-02-30'],
  ['birthDate', '1990-04-31'],
  ['birthDate', '2999-01-01'],
  ['idNumber', '110101199001011234'],
  ['idNumber', { $ne: null }],
  ['workExperiences', [{ startDate: '2020-13', description: '' }], 'workExperiences.0.startDate'],
  [
    'workExperiences',
    [{ startDate: '2020-03', endDate: '2020-02', description: '' }],
    'workExperiences.0.endDate',
  ],
  [
    'workExperiences',
    [{ startDate: '2020-03', description: '', photos: ['javascript:alert(1)'] }],
    'workExperiences.0.photos.0',
  ],
  ['availabilityCalendar', [{ date: '2026-04-31', status: 'x' }], 'availabilityCalendar.0.date'],
  [
    'availabilityCalendar',
    [
      { date: '2026-12-01', status: 'x' },
      { date: '2026-12-01', status: 'y' },
    ],
  ],
  ...Object.keys(CHOICES).map((field): [string, unknown] => [field, '没有这一项']),
];
