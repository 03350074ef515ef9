import type { mongo } from 'mongoose';
import { escapedForPattern } from '../../common/search/patterns';
import { normaliseKeyword } from '../../common/search/search-terms';
import { formatShanghaiDay } from '../../common/time/shanghai';
import { bornAfterForAge } from './age';
import type { ResumeStatus } from './resume.enums';
import { RESUME_INDEXES, type Resume } from './resume.schema';
import type { ListPublicResumesDto } from './resumes.dto';

/** Newest first, everywhere: rows stay where they are when others are changed, so that paging skips none. */
export const NEWEST_FIRST = { createdAt: -1, _id: -1 } as const;

const EVER = { $gte: new Date(0) };

export interface Plan {
  filter: mongo.Filter<Resume>;
  /** the index that holds the order and every field of the filter */
  hint: string;
}

type Wishes = Pick<
  ListPublicResumesDto,
  'keyword' | 'jobType' | 'orderStatus' | 'maxAge' | 'nativePlace' | 'ethnicity'
> & { status?: ResumeStatus };

/** Which filter and index answer a list: named rather than left to the database's guess, so that it stays so. */
export function planOf(wishes: Wishes, now = new Date()): Plan {
  const filter = chosen(wishes, now);
  if (wishes.keyword)
    return {
      filter: { searchTerms: normaliseKeyword(wishes.keyword), ...filter },
      hint: RESUME_INDEXES.keyword,
    };
  if (wishes.jobType && wishes.status) return { filter, hint: RESUME_INDEXES.jobType };
  if (wishes.status) return { filter, hint: RESUME_INDEXES.status };
  // with the index's first field in the filter, the others are compared within the index (ADR 6)
  return {
    filter: Object.keys(filter).length === 0 ? {} : { createdAt: EVER, ...filter },
    hint: RESUME_INDEXES.all,
  };
}

function chosen(wishes: Wishes, now: Date): mongo.Filter<Resume> {
  const { status, jobType, orderStatus, maxAge, nativePlace, ethnicity } = wishes;
  return {
    ...(status ? { status } : {}),
    ...(jobType ? { jobType } : {}),
    ...(orderStatus ? { orderStatus } : {}),
    ...(maxAge === undefined ? {} : { bornOn: { $gt: bornAfterForAge(formatShanghaiDay(now), maxAge) } }),
    ...(nativePlace ? { nativePlace: { $regex: `^${escapedForPattern(placeStem(nativePlace))}` } } : {}),
    ...(ethnicity ? { ethnicity: { $in: ethnicityForms(ethnicity) } } : {}),
  };
}

/** 浙江省 finds those who wrote 浙江, or 浙江杭州. */
function placeStem(place: string): string {
  return /^.{2,}[省市]$/u.test(place) ? place.slice(0, -1) : place;
}

/** An identity card says 汉 where a form says 汉族. */
function ethnicityForms(ethnicity: string): string[] {
  const stem = /^.+族$/u.test(ethnicity) ? ethnicity.slice(0, -1) : ethnicity;
  return [stem, `${stem}族`];
}
