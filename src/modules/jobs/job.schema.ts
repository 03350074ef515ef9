import { Schema, type Types } from 'mongoose';
import type { JobStatus } from './job-status';

export const JOB = 'Job';

/** 1 a business looks for people, 2 somebody looks for work, 3 premises to let. */
export const BIZ_TYPES = [1, 2, 3] as const;
export type BizType = (typeof BIZ_TYPES)[number];

/** In `salaryMax`: no upper end. */
export const UNLIMITED = -1;

export interface TakeDown {
  reason: string;
  at: Date;
  by: Types.ObjectId;
}

/** What a member has posted. */
export interface Job {
  /** from a sequence */
  _id: number;
  memberId: number;
  bizType: BizType;
  positions: string;
  companyName: string;
  contactPersonName: string;
  /** the phone to call */
  contact: string;
  description: string;
  photoUrls: string[];
  /** ids of those photos that were uploaded here by the owner */
  photoFiles: string[];
  firstAreaId: number;
  firstAreaDes: string;
  secondAreaId: number;
  secondAreaDes: string;
  thirdAreaId: number;
  thirdAreaDes: string;
  fourAreaId: number;
  fourAreaDes: string;
  address: string;
  /** degrees */
  longitude: number;
  latitude: number;
  /** yuan a month; `salaryMax` may be UNLIMITED */
  salaryMin: number;
  salaryMax: number;
  basicProtection: string[];
  salaryBenefits: string[];
  attendanceLeave: string[];
  status: JobStatus;
  takenDown?: TakeDown;
  /** its place among the recommended: when it was posted, or last refreshed */
  lastRefreshAt: Date;
  /** the Shanghai day, YYYY-MM-DD, of the last refresh that cost nothing */
  freeRefreshDay?: string;
  topStartsAt: Date | null;
  topEndsAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const JOBS_BY_STATUS = 'jobs_by_status';

export const jobSchema = new Schema<Job>(
  {
    _id: { type: Number, required: true },
    memberId: { type: Number, required: true },
    status: { type: Number, required: true },
  },
  { collection: 'marketplace_jobs', versionKey: false, strict: false },
)
  // POST /jobs/my, newest first; of all kinds, one run through each
  .index({ memberId: 1, bizType: 1, createdAt: -1, _id: -1, status: 1 })
  // how many active ones a member has
  .index({ memberId: 1, status: 1 })
  // POST /collect/my: which of these jobs can be seen
  .index({ _id: 1, status: 1 }, { name: JOBS_BY_STATUS });

export function isTopped({ topEndsAt }: Pick<Job, 'topEndsAt'>, now: Date): boolean {
  return topEndsAt !== null && topEndsAt > now;
}
