import { formatShanghaiDay } from '../common/time/shanghai';
import { checkCharacter } from '../common/validation/id-number';
import { newResume } from '../modules/resumes/resume-making';
import {
  CURRENT_STAGES,
  type EDUCATIONS,
  JOB_TYPES,
  LEAD_SOURCES,
  LEARNING_INTENTIONS,
  type MARITAL_STATUSES,
  MATERNITY_NURSE_LEVELS,
  ORDER_STATUSES,
  type ResumeStatus,
  valuesOf,
} from '../modules/resumes/resume.enums';
import type { Resume } from '../modules/resumes/resume.schema';
import type { User } from '../modules/users/user.schema';
import { address, fullName, mobileNumber, workerName } from './people';
import type { Random } from './random';
import { type Trade, TRADES } from './trades';

const DAY_MS = 86_400_000;
/** Where the workers' numbers begin in the row of phone numbers; customers' and staff's lie elsewhere. */
const WORKER_PHONES_FROM = 80_000_000;
/** No place has an area code that begins so: these identity numbers are nobody's. */
const NO_PROVINCE = '99';
/** Of one area and day there are a thousand order numbers, half of them for each sex. */
const ORDERS = 500;

const STATUSES: readonly (readonly [ResumeStatus, number])[] = [
  ['published', 80],
  ['draft', 12],
  ['archived', 8],
];
const PLACES = [
  '浙江杭州',
  '浙江衢州',
  '安徽合肥',
  '安徽阜阳',
  '江西上饶',
  '河南信阳',
  '四川达州',
  '湖北黄冈',
];
const DISTRICTS = ['西湖区', '上城区', '拱墅区', '滨江区', '萧山区', '余杭区', '临平区', '钱塘区'];
/** As they are among the agencies' workers, and not as they are listed. */
const SCHOOLING: readonly (readonly [keyof typeof EDUCATIONS, number])[] = [
  ['no', 2],
  ['primary', 18],
  ['middle', 38],
  ['secondary', 10],
  ['vocational', 6],
  ['high', 16],
  ['college', 8],
  ['bachelor', 2],
];
const MARRIED: readonly (readonly [keyof typeof MARITAL_STATUSES, number])[] = [
  ['married', 78],
  ['divorced', 12],
  ['single', 5],
  ['widowed', 5],
];

/** The worker with this index (from 0), as the service itself would have made the resume at `createdAt`. */
export function workerResume(random: Random, index: number, createdAt: Date, team: User[]): Resume {
  const status = random.weighted(STATUSES);
  const jobType = random.pick(valuesOf(JOB_TYPES));
  const gender = random.chance(0.93) ? ('female' as const) : ('male' as const);
  const years = random.int(24, 58);
  const staff = team.filter(({ role }) => role !== 'hr');
  const creator = status === 'draft' ? null : random.pick(staff)._id;
  const resume = newResume(
    {
      name: workerName(random, gender),
      phone: mobileNumber(random, WORKER_PHONES_FROM + index),
      jobType,
      status,
      leadSource: status === 'draft' ? 'self-registration' : random.pick(valuesOf(LEAD_SOURCES)),
      createdBy: creator,
      ...person(random, index, gender, years, createdAt),
      ...trade(random, jobType, years),
      ...experience(random, TRADES[jobType], createdAt),
    },
    createdAt,
  );
  return { ...resume, _id: random.objectId(createdAt) };
}

/** Most have shown their identity card; the others said how old they are. */
function person(random: Random, index: number, gender: 'female' | 'male', years: number, createdAt: Date) {
  const known = random.chance(0.8)
    ? { idNumber: idNumber(index, gender, bornFor(random, createdAt, years)) }
    : { age: years, gender };
  return {
    ...known,
    ethnicity: random.chance(0.92) ? '汉族' : random.pick(['回族', '畲族', '土家族', '苗族']),
    nativePlace: random.pick(PLACES),
    education: random.weighted(SCHOOLING),
    maritalStatus: random.weighted(MARRIED),
    currentAddress: random.chance(0.7) ? address(random) : undefined,
    emergencyContactName: random.chance(0.5) ? fullName(random) : undefined,
    medicalExamDate: random.chance(0.6)
      ? formatShanghaiDay(new Date(createdAt.getTime() - random.int(1, 200) * DAY_MS))
      : undefined,
  };
}

function trade(random: Random, jobType: keyof typeof JOB_TYPES, years: number) {
  const { skills: learnt, introductions, salary } = TRADES[jobType];
  const skills = learnt.filter(() => random.chance(0.45));
  return {
    orderStatus: random.pick(valuesOf(ORDER_STATUSES)),
    expectedSalary: random.stepped(...salary, 500),
    experienceYears: random.int(0, Math.min(18, years - 22)),
    maternityNurseLevel: jobType === 'yuexin' ? random.pick(valuesOf(MATERNITY_NURSE_LEVELS)) : undefined,
    skills: skills.length > 0 ? skills : undefined,
    selfIntroduction: random.chance(0.78) ? random.pick(introductions) : undefined,
    serviceArea: [...new Set([random.pick(DISTRICTS), random.pick(DISTRICTS)])],
    learningIntention: random.chance(0.3) ? random.pick(valuesOf(LEARNING_INTENTIONS)) : undefined,
    currentStage: random.pick(valuesOf(CURRENT_STAGES)),
  };
}

function experience(random: Random, { duties, reviews }: Trade, createdAt: Date) {
  const year = Number(formatShanghaiDay(createdAt).slice(0, 4));
  const workExperiences = Array.from({ length: random.int(0, 3) }, (_, index) => ({
    startDate: `${year - 2 * index - 2}-0${random.int(1, 6)}`,
    endDate: `${year - 2 * index - 1}-0${random.int(1, 6)}`,
    description: random.pick(duties),
    district: random.pick(DISTRICTS),
    customerReview: random.pick(reviews),
  }));
  return workExperiences.length > 0 ? { workExperiences } : {};
}

/** A day of birth that makes somebody that old on `at`. */
function bornFor(random: Random, at: Date, years: number): string {
  const daysAgo = Math.ceil(years * 365.25) + random.int(1, 360);
  return formatShanghaiDay(new Date(at.getTime() - daysAgo * DAY_MS));
}

/** Different for every index: by the area and the order number together. */
function idNumber(index: number, gender: 'female' | 'male', born: string): string {
  const area = NO_PROVINCE + String(Math.floor(index / ORDERS)).padStart(4, '0');
  const order = String(2 * (index % ORDERS) + (gender === 'male' ? 1 : 0)).padStart(3, '0');
  const digits = area + born.replaceAll('-', '') + order;
  return digits + checkCharacter(digits);
}
