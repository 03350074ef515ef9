import type { Document } from 'mongodb';
import {
  areaWithin,
  chordSquareOf,
  directionOf,
  metresOf,
  type Place,
} from '../../src/modules/jobs/job-distance';
import { type JobRow, jobView, type Standing } from './job';
import { JobSquares } from './job-squares';

const COUNT_REMEMBERED_MS = 5000;

export interface ListRequest {
  request_id: string;
  query_type: number;
  page_num: number;
  page_size: number;
  filter: Place;
}

/** At which revision the pages of one request_id are cut, and from where distances are measured. */
export interface CutRow extends Place {
  _id: string;
  revision: number;
  takenAt: Date;
  total?: number;
}

/** What the list asks of the database, which each variant does in its own way. */
export interface JobDatabase {
  cut(id: string): Promise<CutRow | null>;
  /** tops that have run out */
  dueTops(now: Date): Promise<unknown[]>;
  revision(): Promise<number>;
  keepCut(cut: CutRow): Promise<unknown>;
  rememberTotal(cut: CutRow, total: number): Promise<unknown>;
  versions<T extends Document>(stages: Document[], hint: string): Promise<T[]>;
  jobs(ids: number[]): Promise<JobRow[]>;
}

interface VersionRow extends Standing {
  jobId: number;
  chord?: number;
}

const SHOWN = { _id: 0, jobId: 1, topped: 1, refreshedAt: 1 };
const ORDERS: Record<number, { hint: string; sort: Document }> = {
  1: { hint: 'recommended', sort: { topped: -1, refreshedAt: -1, jobId: -1 } },
  2: { hint: 'nearby', sort: { chord: 1, jobId: -1 } },
  3: { hint: 'newest', sort: { createdAt: -1, jobId: -1 } },
};

/** The list of jobs without a filter: the service's reads and writes, without what it does around them. */
export class JobList {
  private readonly squares: JobSquares;
  private count = { value: 0, revision: 0, until: 0 };

  constructor(private readonly database: JobDatabase) {
    this.squares = new JobSquares(database);
  }

  async page(query: ListRequest): Promise<{ jobs: ReturnType<typeof listed>[]; total: number }> {
    const cut = (await this.database.cut(idOf(query))) ?? (await this.newCut(query));
    const [total, rows] =
      query.query_type === 2
        ? await this.countThenNearest(query, cut)
        : await Promise.all([this.total(query, cut), this.ordered(query, cut)]);
    const [jobs] = await Promise.all([
      this.database.jobs(rows.map(({ jobId }) => jobId)),
      cut.total === undefined ? this.database.rememberTotal(cut, total) : undefined,
    ]);
    const byId = new Map(jobs.map((job) => [job._id, job]));
    return {
      jobs: rows.flatMap((row) => {
        const job = byId.get(row.jobId);
        return job ? [listed(job, row)] : [];
      }),
      total,
    };
  }

  private async newCut(query: ListRequest): Promise<CutRow> {
    const takenAt = new Date();
    await this.database.dueTops(takenAt);
    const revision = await this.database.revision();
    const cut = { _id: idOf(query), revision, takenAt, ...query.filter };
    await this.database.keepCut(cut);
    return cut;
  }

  private async total({ query_type }: ListRequest, cut: CutRow): Promise<number> {
    if (cut.total !== undefined) return cut.total;
    const { value, revision, until } = this.count;
    if (revision === cut.revision && Date.now() < until) return value;
    const stages = [{ $match: versionsAt(cut) }, { $count: 'count' }];
    const [row] = await this.database.versions<{ count: number }>(stages, hintOf(query_type));
    const total = row?.count ?? 0;
    this.count = { value: total, revision: cut.revision, until: Date.now() + COUNT_REMEMBERED_MS };
    return total;
  }

  private ordered(query: ListRequest, cut: CutRow): Promise<VersionRow[]> {
    const sort = { $sort: ORDERS[query.query_type]?.sort ?? {} };
    return this.database.versions(
      [{ $match: versionsAt(cut) }, sort, ...pageStages(query), { $project: SHOWN }],
      hintOf(query.query_type),
    );
  }

  private async countThenNearest(query: ListRequest, cut: CutRow): Promise<[number, VersionRow[]]> {
    const total = await this.total(query, cut);
    return [total, await this.nearest(query, cut)];
  }

  private async nearest(query: ListRequest, cut: CutRow): Promise<VersionRow[]> {
    const reach = await this.squares.reachFor(query.page_num * query.page_size, cut);
    const area = reach === undefined ? undefined : areaWithin(reach, cut);
    if (reach !== undefined && area) {
      const squares = {
        coarse: { $in: area.coarse },
        ...(area.fine ? { fine: { $in: area.fine } } : {}),
      };
      const within = { $match: { chord: { $lte: chordSquareOf(reach) } } };
      const rows = await this.byDistance(query, cut, squares, [within]);
      if (rows.length === query.page_size) return rows;
    }
    return this.byDistance(query, cut);
  }

  private byDistance(
    query: ListRequest,
    cut: CutRow,
    squares: Document = {},
    within: Document[] = [],
  ): Promise<VersionRow[]> {
    const project = { $project: { ...SHOWN, chord: chordTo(cut) } };
    const match = { $match: { ...versionsAt(cut), ...squares } };
    const sort = { $sort: { chord: 1, jobId: -1 } };
    return this.database.versions([match, project, ...within, sort, ...pageStages(query)], hintOf(2));
  }
}

function idOf({ request_id, query_type }: ListRequest): string {
  return `${request_id}:${query_type}`;
}

function hintOf(queryType: number): string {
  return ORDERS[queryType]?.hint ?? '';
}

function versionsAt({ revision }: CutRow): Document {
  return { bizType: 1, since: { $lte: revision }, until: { $gt: revision } };
}

function pageStages({ page_num, page_size }: ListRequest): Document[] {
  const skip = (page_num - 1) * page_size;
  return [...(skip > 0 ? [{ $skip: skip }] : []), { $limit: page_size }];
}

function chordTo(from: Place): Document {
  const { x, y, z } = directionOf(from);
  const square = (field: string, value: number): Document => {
    const difference = { $subtract: [field, value] };
    return { $multiply: [difference, difference] };
  };
  return { $add: [square('$x', x), square('$y', y), square('$z', z)] };
}

function listed(job: JobRow, row: VersionRow) {
  const view = jobView(job, row);
  return row.chord === undefined ? view : Object.assign(view, { distance: metresOf(row.chord) });
}
