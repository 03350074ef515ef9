import { Schema, type Types } from 'mongoose';
import type { BizType } from './job.schema';

export const JOB_LISTING = 'JobListing';

/** `until` of the version that is valid now. */
export const OPEN = Number.MAX_SAFE_INTEGER;
/** How long a version that has ended can still be looked at; a cut of the list is given up well before. */
export const ENDED_VERSIONS_KEPT_SECONDS = 30 * 60;

/**
 * One version of what the lists know of a job: valid at the revisions of the board from `since` to before `until`.
 * A list that is cut at one revision finds the same versions at the same places for as long as they are kept.
 */
export interface JobListing {
  _id: Types.ObjectId;
  jobId: number;
  bizType: BizType;
  since: number;
  until: number;
  /** when it ended, by which it is removed; absent while it is valid */
  endedAt?: Date;
  topped: boolean;
  /** when a topped one stops being so */
  topEndsAt: Date | null;
  refreshedAt: Date;
  createdAt: Date;
  /** what it can be looked up by: every part of `positions` up to a length, and every tag with the letter of its list */
  terms: string[];
  /** `positions` as keywords are compared with it */
  positionText: string;
  /** all tags in one line, so that several of them are compared within an index */
  tags: string;
  salaryMin: number;
  /** the upper end; OPEN where there is none */
  salaryTop: number;
  area1: number;
  area2: number;
  area3: number;
  area4: number;
  /** the squares of the map that it lies in: of one degree, and of a twentieth */
  coarse: number;
  fine: number;
  /** where it is, on the unit sphere */
  x: number;
  y: number;
  z: number;
}

/**
 * What a list can be filtered by. Standing behind the sort key of every index, these are compared within the index;
 * what a list shows of a version stands there too, so that no version is read but from an index.
 */
const FILTERS = {
  since: 1,
  until: 1,
  salaryMin: 1,
  salaryTop: 1,
  area1: 1,
  area2: 1,
  area3: 1,
  area4: 1,
} as const;
/** Compared with what is looked for besides the one term that an index is led by. */
const TEXTS = { tags: 1, positionText: 1 } as const;

const RECOMMENDED = { topped: -1, refreshedAt: -1, jobId: -1 } as const;
const NEWEST = { createdAt: -1, jobId: -1, topped: 1, refreshedAt: 1 } as const;
const NEARBY = { coarse: 1, fine: 1, x: 1, y: 1, z: 1, jobId: 1, topped: 1, refreshedAt: 1 } as const;

/** Index names, as the list gives them to the database as hints. */
export const LISTING_INDEXES = {
  recommended: { all: 'recommended', term: 'recommended_term' },
  newest: { all: 'newest', term: 'newest_term' },
  nearby: { all: 'nearby', term: 'nearby_term' },
} as const;

export const jobListingSchema = new Schema<JobListing>(
  {
    jobId: { type: Number, required: true },
    since: { type: Number, required: true },
    until: { type: Number, required: true },
  },
  { collection: 'job_listings', versionKey: false, strict: false },
)
  // POST /jobs/list query_type 1
  .index({ bizType: 1, ...RECOMMENDED, ...FILTERS }, { name: LISTING_INDEXES.recommended.all })
  // the same with positions or tags
  .index(
    { terms: 1, bizType: 1, ...RECOMMENDED, ...FILTERS, ...TEXTS },
    { name: LISTING_INDEXES.recommended.term },
  )
  // query_type 3
  .index({ bizType: 1, ...NEWEST, ...FILTERS }, { name: LISTING_INDEXES.newest.all })
  .index({ terms: 1, bizType: 1, ...NEWEST, ...FILTERS, ...TEXTS }, { name: LISTING_INDEXES.newest.term })
  // query_type 2, within squares of the map; how many there are in each square
  .index({ bizType: 1, ...NEARBY, ...FILTERS }, { name: LISTING_INDEXES.nearby.all })
  .index({ terms: 1, bizType: 1, ...NEARBY, ...FILTERS, ...TEXTS }, { name: LISTING_INDEXES.nearby.term })
  // the version of a job that is to end; a job has one that is valid
  .index({ jobId: 1, until: 1 }, { unique: true })
  // tops that have run out
  .index({ topEndsAt: 1, until: 1 }, { partialFilterExpression: { topped: true } })
  // versions that nobody looks at any more
  .index({ endedAt: 1 }, { expireAfterSeconds: ENDED_VERSIONS_KEPT_SECONDS, sparse: true });
