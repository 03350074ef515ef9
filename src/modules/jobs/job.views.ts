import { z } from 'zod';
import { formatShanghaiTime } from '../../common/time/shanghai';
import { JOB_STATUS } from './job-status';
import { BIZ_TYPES, isTopped, type Job } from './job.schema';

const time = z.string().meta({ example: '2026-01-15 23:21:12.697' });

export const jobView = z.strictObject({
  id: z.int().meta({ example: 5 }),
  user_id: z.int().meta({ example: 298 }),
  biz_type: z.literal(BIZ_TYPES).meta({ example: 1 }),
  positions: z.string().meta({ example: '保洁' }),
  company_name: z.string(),
  longitude: z.number().meta({ example: 121.473701 }),
  latitude: z.number().meta({ example: 31.230416 }),
  address: z.string().meta({ example: '上海市黄浦区南京东路 100 号' }),
  contact: z.string().meta({ example: '13800138000' }),
  contact_person_name: z.string().meta({ example: '段先生' }),
  description: z.string().meta({ example: '包吃住，月休 4 天。' }),
  photo_urls: z.array(z.string()),
  status: z.int().meta({ example: 1, description: '1 生效，2 用户关闭，3 下架' }),
  first_area_id: z.int().meta({ example: 31 }),
  first_area_des: z.string().meta({ example: '上海市' }),
  second_area_id: z.int().meta({ example: 3101 }),
  second_area_des: z.string().meta({ example: '上海市辖区' }),
  third_area_id: z.int().meta({ example: 310101 }),
  third_area_des: z.string().meta({ example: '黄浦区' }),
  four_area_id: z.int().meta({ example: 310101001 }),
  four_area_des: z.string().meta({ example: '南京东路街道' }),
  salary_min: z.int().meta({ example: 6000 }),
  salary_max: z.int().meta({ example: 8000, description: '-1 为不限' }),
  basic_protection: z.array(z.string()),
  salary_benefits: z.array(z.string()),
  attendance_leave: z.array(z.string()),
  create_at: time,
  update_at: time,
  is_top: z.literal([0, 1]).meta({ example: 0 }),
  top_start_time: z.string().meta({ example: '', description: '未置顶时为空' }),
  top_end_time: z.string().meta({ example: '' }),
  last_refresh_time: time,
});
export type JobView = z.infer<typeof jobView>;

export const listedJob = jobView.extend({
  distance: z.number().optional().meta({ description: '附近列表：距离（米）', example: 812.4 }),
});
export type ListedJob = z.infer<typeof listedJob>;
export const jobList = z.strictObject({ jobs: z.array(listedJob), total: z.int().meta({ example: 5 }) });
export type JobList = z.infer<typeof jobList>;

/** As its owner sees it. */
export const ownJob = jobView.extend({
  take_down_reason: z.string().optional().meta({ description: '下架原因，只有发布者能看到' }),
});
export type OwnJob = z.infer<typeof ownJob>;

/** What shows a job's place in a list, which may be that of a moment ago. */
export interface Standing {
  topped: boolean;
  refreshedAt: Date;
}

/** The fields that an answer shows; the rest of a job is the service's own. */
export const VIEW_FIELDS = { photoFiles: 0, freeRefreshDay: 0 } as const;

export function standingOf(job: Job, now = new Date()): Standing {
  return { topped: isTopped(job, now), refreshedAt: job.lastRefreshAt };
}

export function toJobView(job: Job, { topped, refreshedAt }: Standing): JobView {
  return {
    id: job._id,
    user_id: job.memberId,
    biz_type: job.bizType,
    positions: job.positions,
    company_name: job.companyName,
    longitude: job.longitude,
    latitude: job.latitude,
    address: job.address,
    contact: job.contact,
    contact_person_name: job.contactPersonName,
    description: job.description,
    photo_urls: job.photoUrls,
    status: job.status,
    first_area_id: job.firstAreaId,
    first_area_des: job.firstAreaDes,
    second_area_id: job.secondAreaId,
    second_area_des: job.secondAreaDes,
    third_area_id: job.thirdAreaId,
    third_area_des: job.thirdAreaDes,
    four_area_id: job.fourAreaId,
    four_area_des: job.fourAreaDes,
    salary_min: job.salaryMin,
    salary_max: job.salaryMax,
    basic_protection: job.basicProtection,
    salary_benefits: job.salaryBenefits,
    attendance_leave: job.attendanceLeave,
    create_at: formatShanghaiTime(job.createdAt),
    update_at: formatShanghaiTime(job.updatedAt),
    is_top: topped ? 1 : 0,
    top_start_time: topped ? formatShanghaiTime(job.topStartsAt) : '',
    top_end_time: topped ? formatShanghaiTime(job.topEndsAt) : '',
    last_refresh_time: formatShanghaiTime(refreshedAt),
  };
}

export function toOwnJob(job: Job, now = new Date()): OwnJob {
  const view = toJobView(job, standingOf(job, now));
  if (job.status !== JOB_STATUS.takenDown || !job.takenDown) return view;
  return Object.assign(view, { take_down_reason: job.takenDown.reason });
}
