import type { mongo } from 'mongoose';
import { escapedForPattern } from '../../common/search/patterns';
import type { Area } from './job-distance';
import { type JobListing, LISTING_INDEXES, OPEN } from './job-listing.schema';
import { tagPattern, tagTerms } from './job-tags';
import { type BizType, UNLIMITED } from './job.schema';
import { type JobFilter, type ListJobsDto, QUERY_TYPES } from './jobs.dto';
import { positionKeyword } from './position-parts';

/** Which versions a list is made of, and by which index they are found. */
export interface Selection {
  /** the first stages of a pipeline */
  stages: mongo.Document[];
  hint: string;
}

/** More than there can be: it stands between two stages so that the database does not make one of them. */
const NO_LIMIT = 2_000_000_000;

type ListName = keyof typeof LISTING_INDEXES;

export function listNameOf(queryType: ListJobsDto['query_type']): ListName {
  if (queryType === QUERY_TYPES.nearby) return 'nearby';
  return queryType === QUERY_TYPES.newest ? 'newest' : 'recommended';
}

export function bizTypeOf({ biz_type, filter }: Pick<ListJobsDto, 'biz_type' | 'filter'>): BizType {
  return filter.biz_type ?? biz_type ?? 1;
}

/**
 * The versions of one revision that pass the filter, from the index of the list's order: the one that is led by the
 * terms where something is looked for. Everything is compared within the index. Over an array MongoDB compares a
 * pattern there only in a stage of its own, which the limit in front of it keeps apart.
 */
export function selectionOf(query: ListJobsDto, revision: number, area?: Area): Selection {
  const { term, patterns } = soughtIn(query.filter);
  const match: mongo.Filter<JobListing> = {
    ...(term === undefined ? {} : { terms: term }),
    bizType: bizTypeOf(query),
    ...(area ? { coarse: { $in: area.coarse } } : {}),
    ...(area?.fine ? { fine: { $in: area.fine } } : {}),
    since: { $lte: revision },
    until: { $gt: revision },
    ...salaryRange(query.filter),
    ...areasOf(query.filter),
  };
  const indexes = LISTING_INDEXES[listNameOf(query.query_type)];
  const apart = patterns.length > 0 ? [{ $limit: NO_LIMIT }, { $match: { $and: patterns } }] : [];
  return { stages: [{ $match: match }, ...apart], hint: term === undefined ? indexes.all : indexes.term };
}

/** The positions, or else the first tag, as the term that leads to the jobs; what is looked for besides, as patterns. */
function soughtIn(filter: JobFilter): { term: string | undefined; patterns: mongo.Filter<JobListing>[] } {
  const keyword = positionKeyword(filter.positions ?? '');
  const tags = tagTerms(tagsOf(filter));
  const [term, ...others] = keyword ? [keyword.term, ...tags] : tags;
  const patterns: mongo.Filter<JobListing>[] = others.map((tag) => ({ tags: tagPattern(tag) }));
  if (keyword?.whole) patterns.push({ positionText: new RegExp(escapedForPattern(keyword.whole)) });
  return { term, patterns };
}

/** The same, in the list's order where the index has it. */
export function orderedSelectionOf(query: ListJobsDto, revision: number): Selection {
  const { stages, hint } = selectionOf(query, revision);
  const [match = {}, ...apart] = stages;
  const sort =
    query.query_type === QUERY_TYPES.newest
      ? { createdAt: -1, jobId: -1 }
      : { topped: -1, refreshedAt: -1, jobId: -1 };
  return { stages: [match, { $sort: sort }, ...apart], hint };
}

/** Both ends belong to a range; 0 to 0 is a slider that nobody has moved. */
function salaryRange({ salary_min: low = 0, salary_max: high = UNLIMITED }: JobFilter) {
  const untouched = low === 0 && (high === 0 || high === UNLIMITED);
  if (untouched) return {};
  return {
    ...(high === UNLIMITED ? {} : { salaryMin: { $lte: high } }),
    salaryTop: { $gte: low, $lte: OPEN },
  };
}

/** 0 is what an unchosen area is sent as. */
function areasOf(filter: JobFilter): Partial<JobListing> {
  return {
    ...(filter.first_area_id ? { area1: filter.first_area_id } : {}),
    ...(filter.second_area_id ? { area2: filter.second_area_id } : {}),
    ...(filter.third_area_id ? { area3: filter.third_area_id } : {}),
    ...(filter.four_area_id ? { area4: filter.four_area_id } : {}),
  };
}

function tagsOf(filter: JobFilter) {
  return {
    basicProtection: filter.basic_protection ?? [],
    salaryBenefits: filter.salary_benefits ?? [],
    attendanceLeave: filter.attendance_leave ?? [],
  };
}
