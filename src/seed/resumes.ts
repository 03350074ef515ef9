import { formatShanghaiDay } from '../common/time/shanghai';
import { checkCharacter } from '../common/validation/id-number';
import { newResume } from '../modules/resumes/resume-making';
import {
  CURRENT_STAGES,
  EDUCATIONS,
  JOB_TYPES,
  LEAD_SOURCES,
  LEARNING_INTENTIONS,
  MARITAL_STATUSES,
  MATERNITY_NURSE_LEVELS,
  ORDER_STATUSES,
  type ResumeStatus,
  SKILLS,
  valuesOf,
} from '../modules/resumes/resume.enums';
import type { Resume } from '../modules/resumes/resume.schema';
import type { User } from '../modules/users/user.schema';
import { address, fullName, mobileNumber } from './people';
import type { Random } from './random';

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
const INTRODUCTIONS = [
  '从事家政工作多年，做事细心，和雇主相处融洽。',
  '擅长月子餐和新生儿护理，有耐心，普通话标准。',
  '喜欢孩子，会做辅食和早教，熟悉科学育儿。',
  '干活利落，会收纳整理，能做家常菜和面食。',
  '有照顾失能老人的经验，会基础护理和康复按摩。',
];
const DUTIES = [
  '照顾新生儿和产妇，做月子餐',
  '带一岁宝宝，做辅食，陪玩',
  '三口之家做饭保洁',
  '照顾老人起居，陪同就医',
];
const REVIEWS = ['阿姨很细心，强烈推荐', '做饭好吃，宝宝喜欢她', '人勤快，守时', '专业，沟通顺畅'];

/** The worker with this index (from 0), as the service itself would have made the resume at `createdAt`. */
export function workerResume(random: Random, index: number, createdAt: Date, team: User[]): Resume {
  const status = random.weighted(STATUSES);
  const jobType = random.pick(valuesOf(JOB_TYPES));
  const staff = team.filter(({ role }) => role !== 'hr');
  const creator = status === 'draft' ? null : random.pick(staff)._id;
  const resume = newResume(
    {
      name: fullName(random),
      phone: mobileNumber(random, WORKER_PHONES_FROM + index),
      jobType,
      status,
      leadSource: status === 'draft' ? 'self-registration' : random.pick(valuesOf(LEAD_SOURCES)),
      createdBy: creator,
      ...person(random, index, createdAt),
      ...trade(random, jobType),
      ...experience(random, createdAt),
    },
    createdAt,
  );
  return { ...resume, _id: random.objectId(createdAt) };
}

/** Most have shown their identity card; the others said how old they are. */
function person(random: Random, index: number, createdAt: Date) {
  const gender = random.chance(0.93) ? ('female' as const) : ('male' as const);
  const years = random.int(24, 58);
  const known = random.chance(0.8)
    ? { idNumber: idNumber(index, gender, bornFor(random, createdAt, years)) }
    : { age: years, gender };
  return {
    ...known,
    ethnicity: random.chance(0.92) ? '汉族' : random.pick(['回族', '畲族', '土家族', '苗族']),
    nativePlace: random.pick(PLACES),
    education: random.pick(valuesOf(EDUCATIONS)),
    maritalStatus: random.pick(valuesOf(MARITAL_STATUSES)),
    currentAddress: random.chance(0.7) ? address(random) : undefined,
    emergencyContactName: random.chance(0.5) ? fullName(random) : undefined,
    medicalExamDate: random.chance(0.6)
      ? formatShanghaiDay(new Date(createdAt.getTime() - random.int(1, 200) * DAY_MS))
      : undefined,
  };
}

function trade(random: Random, jobType: string) {
  const skills = valuesOf(SKILLS).filter(() => random.chance(0.18));
  return {
    orderStatus: random.pick(valuesOf(ORDER_STATUSES)),
    expectedSalary: random.stepped(4500, 18_000, 500),
    experienceYears: random.int(0, 18),
    maternityNurseLevel: jobType === 'yuexin' ? random.pick(valuesOf(MATERNITY_NURSE_LEVELS)) : undefined,
    skills: skills.length > 0 ? skills : undefined,
    selfIntroduction: random.chance(0.78) ? random.pick(INTRODUCTIONS) : undefined,
    serviceArea: [...new Set([random.pick(DISTRICTS), random.pick(DISTRICTS)])],
    learningIntention: random.chance(0.3) ? random.pick(valuesOf(LEARNING_INTENTIONS)) : undefined,
    currentStage: random.pick(valuesOf(CURRENT_STAGES)),
  };
}

function experience(random: Random, createdAt: Date) {
  const year = Number(formatShanghaiDay(createdAt).slice(0, 4));
  const workExperiences = Array.from({ length: random.int(0, 3) }, (_, index) => ({
    startDate: `${year - 2 * index - 2}-0${random.int(1, 6)}`,
    endDate: `${year - 2 * index - 1}-0${random.int(1, 6)}`,
    description: random.pick(DUTIES),
    district: random.pick(DISTRICTS),
    customerReview: random.pick(REVIEWS),
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
