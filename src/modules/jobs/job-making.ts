import { JOB_STATUS } from './job-status';
import { type Job, UNLIMITED } from './job.schema';
import type { BizType } from './job.schema';
import type { JobFields } from './jobs.dto';

/** What a job holds under which name of the API. */
const FIELDS = {
  positions: 'positions',
  longitude: 'longitude',
  latitude: 'latitude',
  contact: 'contact',
  address: 'address',
  company_name: 'companyName',
  contact_person_name: 'contactPersonName',
  description: 'description',
  photo_urls: 'photoUrls',
  first_area_id: 'firstAreaId',
  first_area_des: 'firstAreaDes',
  second_area_id: 'secondAreaId',
  second_area_des: 'secondAreaDes',
  third_area_id: 'thirdAreaId',
  third_area_des: 'thirdAreaDes',
  four_area_id: 'fourAreaId',
  four_area_des: 'fourAreaDes',
  salary_min: 'salaryMin',
  salary_max: 'salaryMax',
  basic_protection: 'basicProtection',
  salary_benefits: 'salaryBenefits',
  attendance_leave: 'attendanceLeave',
} as const satisfies Record<keyof JobFields, keyof Job>;

/** Those by which a list finds or filters. */
const OF_LISTS: ReadonlySet<string> = new Set<keyof JobFields>([
  'positions',
  'longitude',
  'latitude',
  'first_area_id',
  'second_area_id',
  'third_area_id',
  'four_area_id',
  'salary_min',
  'salary_max',
  'basic_protection',
  'salary_benefits',
  'attendance_leave',
]);

/** Whether a change makes another version of what the lists know. */
export function matterToLists(input: Partial<JobFields>): boolean {
  return Object.entries(input).some(([name, value]) => value !== undefined && OF_LISTS.has(name));
}

export function newJob(id: number, memberId: number, input: JobFields & { biz_type: BizType }): Job {
  const now = new Date();
  const { biz_type: bizType, ...fields } = input;
  return {
    _id: id,
    memberId,
    bizType,
    positions: '',
    companyName: '',
    contactPersonName: '',
    contact: '',
    description: '',
    photoUrls: [],
    photoFiles: [],
    firstAreaId: 0,
    firstAreaDes: '',
    secondAreaId: 0,
    secondAreaDes: '',
    thirdAreaId: 0,
    thirdAreaDes: '',
    fourAreaId: 0,
    fourAreaDes: '',
    address: '',
    longitude: 0,
    latitude: 0,
    salaryMin: 0,
    salaryMax: UNLIMITED,
    basicProtection: [],
    salaryBenefits: [],
    attendanceLeave: [],
    ...fieldsOf(fields),
    status: JOB_STATUS.active,
    lastRefreshAt: now,
    topStartsAt: null,
    topEndsAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

export function changedJob(job: Job, input: Partial<JobFields>): Job {
  return { ...job, ...fieldsOf(input), updatedAt: new Date() };
}

function fieldsOf(input: Partial<JobFields>): Partial<Job> {
  const names = Object.keys(FIELDS) as (keyof JobFields)[];
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined).map((name) => [FIELDS[name], input[name]]),
  );
}
