import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { MaybeMemberCaller } from '../../common/access/caller';
import { DEEPEST_RECORD } from '../../common/http/paging';
import { type Collection, InjectCollection } from '../../database/collections';
import { RememberedCounts } from '../../database/remembered-counts';
import { ContactVisibility } from './contact-visibility';
import type { JobCut } from './job-cut.schema';
import { JobCuts } from './job-cuts';
import { JobDensity } from './job-density';
import { areaWithin, chordSquareOf, directionOf, metresOf } from './job-distance';
import { JOB_LISTING, type JobListing } from './job-listing.schema';
import { bizTypeOf, orderedSelectionOf, type Selection, selectionOf } from './job-selection';
import { JOB_STATUS } from './job-status';
import { JOB, type Job } from './job.schema';
import { type JobList, type ListedJob, type Standing, toJobView, VIEW_FIELDS } from './job.views';
import { type ListJobsDto, QUERY_TYPES } from './jobs.dto';

/** What a page needs of a version; all of it stands in the index. */
interface Row extends Standing {
  jobId: number;
  /** of a list by distance: the square of the straight line to the caller, on the unit sphere */
  chord?: number;
}
const SHOWN = { _id: 0, jobId: 1, topped: 1, refreshedAt: 1 } as const;

/** The list of jobs, in its three orders. */
@Injectable()
export class JobListings {
  constructor(
    @InjectCollection(JOB_LISTING) private readonly listings: Collection<JobListing>,
    @InjectCollection(JOB) private readonly jobs: Collection<Job>,
    private readonly cuts: JobCuts,
    private readonly density: JobDensity,
    private readonly contacts: ContactVisibility,
    private readonly counts: RememberedCounts,
  ) {}

  async list(query: ListJobsDto, caller: MaybeMemberCaller): Promise<JobList> {
    const cut = await this.cuts.cutOf(query, caller);
    const nearby = query.query_type === QUERY_TYPES.nearby;
    const [total, rows] = nearby
      ? await this.countThenNearest(query, cut)
      : await Promise.all([this.total(query, cut), this.ordered(query, cut)]);
    const [jobs] = await Promise.all([
      this.shown(rows, caller),
      cut.total === undefined && query.request_id ? this.cuts.rememberTotal(cut, total) : undefined,
    ]);
    return { jobs, total };
  }

  /**
   * Counted with the first page, from the index alone. Of a list that can be read to its end only a count at the same
   * revision is good, or somebody would miss its last job; of a longer one any that was made a moment ago.
   */
  private async total(query: ListJobsDto, cut: JobCut): Promise<number> {
    if (cut.total !== undefined) return cut.total;
    const { longitude: _x, latitude: _y, ...filter } = query.filter;
    const { stages, hint } = selectionOf(query, cut.revision);
    const ask = async () => {
      const [row] = await this.listings
        .aggregate<{ count: number }>([...stages, { $count: 'count' }], { hint })
        .toArray();
      return row?.count ?? 0;
    };
    const list = [bizTypeOf(query), filter];
    const exact = () => this.counts.count([cut.revision, ...list], ask);
    return this.counts.count(list, exact, DEEPEST_RECORD + 1);
  }

  private ordered(query: ListJobsDto, cut: JobCut): Promise<Row[]> {
    return this.page(orderedSelectionOf(query, cut.revision), query, [{ $project: SHOWN }]);
  }

  private async countThenNearest(query: ListJobsDto, cut: JobCut): Promise<[number, Row[]]> {
    const total = await this.total(query, cut);
    return [total, await this.nearest(query, cut, total)];
  }

  /**
   * Looks within the squares that should hold enough of them. Where the page is full, nothing farther away can belong
   * to it; where it is not, everything is looked at.
   */
  private async nearest(query: ListJobsDto, cut: JobCut, total: number): Promise<Row[]> {
    const { page_num, page_size } = query;
    if ((page_num - 1) * page_size >= total) return [];
    const { longitude = 0, latitude = 0 } = cut;
    const from = { longitude, latitude };
    const reach = await this.density.reachFor(page_num * page_size, total, bizTypeOf(query), from);
    const area = reach === undefined ? undefined : areaWithin(reach, from);
    const chord = chordTo(from);
    if (reach !== undefined && area) {
      const within = { $match: { chord: { $lte: chordSquareOf(reach) } } };
      const rows = await this.page(
        byDistance(selectionOf(query, cut.revision, area), chord, [within]),
        query,
      );
      if (rows.length === page_size) return rows;
    }
    return this.page(byDistance(selectionOf(query, cut.revision), chord), query);
  }

  private page(
    { stages, hint }: Selection,
    { page_num, page_size }: ListJobsDto,
    last: mongo.Document[] = [],
  ): Promise<Row[]> {
    const skip = (page_num - 1) * page_size;
    return this.listings
      .aggregate<Row>([...stages, ...(skip > 0 ? [{ $skip: skip }] : []), { $limit: page_size }, ...last], {
        hint,
      })
      .toArray();
  }

  /**
   * The jobs of a page as they are now, at the places that they had when the list was cut. One that was taken down
   * since is left out, and the page is shorter by it. Looked up by _id.
   */
  private async shown(rows: Row[], caller: MaybeMemberCaller): Promise<ListedJob[]> {
    if (rows.length === 0) return [];
    const found = await this.jobs
      .find<Job>({ _id: { $in: rows.map(({ jobId }) => jobId) } }, { projection: VIEW_FIELDS })
      .toArray();
    const visible = found.filter(
      ({ status }) => status === JOB_STATUS.active || status === JOB_STATUS.closed,
    );
    const byId = new Map(visible.map((job) => [job._id, job]));
    const see = await this.contacts.seenBy(caller, visible);
    return rows.flatMap((row) => {
      const job = byId.get(row.jobId);
      return job ? [toListedJob(see(job), row)] : [];
    });
  }
}

function toListedJob(job: Job, row: Row): ListedJob {
  const view = toJobView(job, row);
  return row.chord === undefined ? view : Object.assign(view, { distance: metresOf(row.chord) });
}

/** The square of the straight line to a place, from what stands in the index. */
function chordTo(from: { longitude: number; latitude: number }): mongo.Document {
  const { x, y, z } = directionOf(from);
  const square = (field: string, value: number) => {
    const difference = { $subtract: [field, value] };
    return { $multiply: [difference, difference] };
  };
  return { $add: [square('$x', x), square('$y', y), square('$z', z)] };
}

function byDistance(
  { stages, hint }: Selection,
  chord: mongo.Document,
  further: mongo.Document[] = [],
): Selection {
  return {
    stages: [...stages, { $project: { ...SHOWN, chord } }, ...further, { $sort: { chord: 1, jobId: -1 } }],
    hint,
  };
}
