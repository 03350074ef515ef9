import { Schema, type Types } from 'mongoose';
import type { FileReference } from '../files/file-reference';
import type { KnownFacts } from './resume-facts';
import type { ResumeFields } from './resume.fields';
import type { ResumeStatus } from './resume.enums';

export const RESUME = 'Resume';

/** One file each; another one replaces it. */
export const SINGLE_FILES = ['idCardFront', 'idCardBack', 'selfIntroductionVideo'] as const;
export const FILE_LISTS = [
  'personalPhotos',
  'certificates',
  'medicalReports',
  'confinementMealPhotos',
  'cookingPhotos',
  'complementaryFoodPhotos',
  'positiveReviewPhotos',
] as const;

type ResumeFiles = { [K in (typeof SINGLE_FILES)[number]]?: FileReference } & {
  [K in (typeof FILE_LISTS)[number]]?: FileReference[];
};

export interface Review {
  action: 'publish' | 'reject';
  reason: string;
  reviewedBy: Types.ObjectId;
  reviewedAt: Date;
}

export interface Resume extends ResumeFields, KnownFacts, ResumeFiles {
  _id: Types.ObjectId;
  name: string;
  phone: string;
  jobType: string;
  status: ResumeStatus;
  leadSource: string;
  /** what staff made of a self-registration */
  review?: Review;
  /** null: the person registered themselves */
  createdBy: Types.ObjectId | null;
  /** whether there is a selfIntroduction, so that counting them reads no text */
  introduced: boolean;
  /** a share that meets an archiving writes it, so that one of the two waits for the other */
  shareCount?: number;
  /** every part of the name, its pinyin and the phone by which the person can be found */
  searchTerms: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** What a list can be filtered by; standing behind the sort key, compared within the index (ADR 6). */
const FILTERS = { jobType: 1, orderStatus: 1, bornOn: 1, nativePlace: 1, ethnicity: 1 } as const;

/** Index names, as queries give them to the database as hints. */
export const RESUME_INDEXES = {
  all: 'all',
  status: 'status',
  jobType: 'job_type',
  keyword: 'keyword',
  introduced: 'introduced',
} as const;

export const resumeSchema = new Schema<Resume>(
  {
    name: { type: String, required: true },
    phone: { type: String, required: true },
    status: { type: String, required: true },
    searchTerms: [String],
  },
  { collection: 'resumes', versionKey: false, strict: false, timestamps: true },
)
  // no phone twice; validate; createOrUpdate finds whom it means
  .index({ phone: 1 }, { unique: true })
  // no identity number twice; validate. By $exists, which an equality implies: with $type the planner would not take it
  .index({ idNumber: 1 }, { unique: true, partialFilterExpression: { idNumber: { $exists: true } } })
  // GET miniprogram/list of every status; stats: of the last seven days
  .index({ createdAt: -1, _id: -1, status: 1, ...FILTERS }, { name: RESUME_INDEXES.all })
  // GET public/list, which is published ones; GET miniprogram/list?status
  .index({ status: 1, createdAt: -1, _id: -1, ...FILTERS }, { name: RESUME_INDEXES.status })
  // the same of one job, which is how most people look
  .index(
    { jobType: 1, status: 1, createdAt: -1, _id: -1, ...without('jobType') },
    { name: RESUME_INDEXES.jobType },
  )
  // GET public/list, miniprogram/list?keyword; search-workers; the phone is compared
  // within the index when a name comes with part of a phone
  .index(
    { searchTerms: 1, createdAt: -1, _id: -1, status: 1, ...FILTERS, phone: 1 },
    { name: RESUME_INDEXES.keyword },
  )
  // stats: those with a self-introduction
  .index({ introduced: 1 }, { name: RESUME_INDEXES.introduced });

function without(field: keyof typeof FILTERS): Record<string, 1> {
  return Object.fromEntries(Object.entries(FILTERS).filter(([name]) => name !== field));
}
