import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { MaybeMemberCaller } from '../../common/access/caller';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { CUT_KEPT_SECONDS, JOB_CUT, type JobCut } from './job-cut.schema';
import { JobBoard } from './job-board';
import type { ListJobsDto } from './jobs.dto';

/** A first page that is asked for again after this long is a new look at the list, under the same request_id. */
const SAME_LOOK_MS = 60_000;

/** The instant from which the pages of one request_id are cut. */
@Injectable()
export class JobCuts {
  constructor(
    @InjectCollection(JOB_CUT) private readonly cuts: Collection<JobCut>,
    private readonly board: JobBoard,
  ) {}

  /**
   * The cut of the request that `query` belongs to: taken with its first page, or whenever an earlier one is too old
   * for its versions to be there still. Of several first pages at once, all get the same.
   */
  async cutOf(query: ListJobsDto, caller: MaybeMemberCaller): Promise<JobCut> {
    const _id = keyOf(query, caller);
    const known = query.request_id ? await this.cuts.findOne({ _id }) : null;
    if (known && isGood(known, query)) return known;
    await this.board.endTops();
    const { longitude, latitude } = query.filter;
    const fresh: JobCut = {
      _id,
      revision: await this.board.revision(),
      takenAt: new Date(),
      ...(longitude === undefined || latitude === undefined ? {} : { longitude, latitude }),
    };
    return query.request_id ? this.keep(fresh, known) : fresh;
  }

  /** Lets the later pages know how many there are. By _id. */
  async rememberTotal({ _id, revision }: JobCut, total: number): Promise<void> {
    await this.cuts.updateOne({ _id, revision }, { $set: { total } });
  }

  /** In place of the one that was found, unless somebody else has been quicker: then theirs holds. */
  private async keep(fresh: JobCut, old: JobCut | null): Promise<JobCut> {
    const { _id, ...fields } = fresh;
    try {
      const { modifiedCount } = old
        ? await this.cuts.replaceOne({ _id, takenAt: old.takenAt, revision: old.revision }, fields)
        : await this.cuts.insertOne(fresh).then(() => ({ modifiedCount: 1 }));
      if (modifiedCount === 1) return fresh;
    } catch (error) {
      if (!duplicateKeyFields(error)) throw error;
    }
    return (await this.cuts.findOne({ _id })) ?? fresh;
  }
}

/** What makes a page one of the same list: who asks, under which request_id, for what. */
function keyOf(query: ListJobsDto, { principal, ip }: MaybeMemberCaller): string {
  // a phone's position wanders by metres between two pages; the first page's is what counts
  const { longitude: _x, latitude: _y, ...filter } = query.filter;
  const who = principal ? `member:${principal.id}` : `ip:${ip}`;
  const list = [
    query.request_id,
    who,
    query.query_type,
    query.biz_type ?? null,
    Object.entries(filter).sort(),
  ];
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url');
}

function isGood(cut: JobCut, { page_num, filter }: ListJobsDto): boolean {
  const age = Date.now() - cut.takenAt.getTime();
  if (page_num > 1) return age < CUT_KEPT_SECONDS * 1000;
  const moved = filter.longitude !== cut.longitude || filter.latitude !== cut.latitude;
  return age < SAME_LOOK_MS && !moved;
}
