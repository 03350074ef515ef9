import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { MemberCaller } from '../../common/access/caller';
import { marketplaceList } from '../../common/http/marketplace-paging';
import { formatShanghaiTime } from '../../common/time/shanghai';
import { type Collection, InjectCollection } from '../../database/collections';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { ContactVisibility } from './contact-visibility';
import { FAVOURITE, type Favourite, favouriteId } from './favourite.schema';
import { JOB_STATUS, type JobStatus } from './job-status';
import { BIZ_TYPES, isTopped, JOB, JOBS_BY_STATUS, type Job } from './job.schema';
import { jobView } from './job.views';
import type { MyJobsDto } from './jobs.dto';
import { JobsService, missingJob } from './jobs.service';

const favouriteView = z.strictObject({
  job_id: z.int().meta({ example: 3 }),
  ...jobView.pick({
    positions: true,
    salary_min: true,
    salary_max: true,
    first_area_des: true,
    second_area_des: true,
    third_area_des: true,
    address: true,
    create_at: true,
    is_top: true,
    last_refresh_time: true,
  }).shape,
});
type FavouriteView = z.infer<typeof favouriteView>;

export const favouriteList = marketplaceList(favouriteView);
type FavouriteList = z.infer<typeof favouriteList>;

const SHOWN = {
  memberId: 1,
  status: 1,
  positions: 1,
  salaryMin: 1,
  salaryMax: 1,
  firstAreaDes: 1,
  secondAreaDes: 1,
  thirdAreaDes: 1,
  address: 1,
  createdAt: 1,
  topEndsAt: 1,
  lastRefreshAt: 1,
} as const;
/** Of those that are taken down or deleted nobody but the owner hears any more. */
const VISIBLE = { status: { $in: [JOB_STATUS.active, JOB_STATUS.closed] as JobStatus[] } };
type ShownJob = Pick<Job, '_id' | keyof typeof SHOWN>;

/** Jobs that members have put aside. */
@Injectable()
export class Favourites {
  constructor(
    @InjectCollection(FAVOURITE) private readonly favourites: Collection<Favourite>,
    @InjectCollection(JOB) private readonly collection: Collection<Job>,
    private readonly jobs: JobsService,
    private readonly contacts: ContactVisibility,
    private readonly transactions: Transactions,
  ) {}

  /** Putting aside again changes nothing. @throws {AppError} NOT_FOUND, for a job that was taken down too */
  async add(jobId: number, caller: MemberCaller): Promise<null> {
    const { id: memberId } = caller.principal;
    await this.transactions.run(caller, async (session) => {
      const { bizType, status } = await this.jobs.findOrFail(jobId, session);
      if (status === JOB_STATUS.takenDown) throw missingJob();
      const favourite = { memberId, jobId, bizType, createdAt: new Date() };
      await this.favourites
        .updateOne(
          { _id: favouriteId(memberId, jobId) },
          { $setOnInsert: favourite },
          { upsert: true, session },
        )
        .catch((error: unknown) => runAgainOnDuplicate(error));
    });
    return null;
  }

  /** Whether or not it was put aside, or is there at all. By _id. */
  async remove(jobId: number, { principal }: MemberCaller): Promise<null> {
    await this.favourites.deleteOne({ _id: favouriteId(principal.id, jobId) });
    return null;
  }

  /** Newest first, each as the job is now; those that were taken down are neither shown nor counted. */
  async list({ biz_type, page_num, page_size }: MyJobsDto, caller: MemberCaller): Promise<FavouriteList> {
    const all = await this.visibleOf(caller.principal.id, biz_type);
    const ids = all.slice((page_num - 1) * page_size, page_num * page_size);
    const found = await this.collection
      .find<ShownJob>({ _id: { $in: ids }, ...VISIBLE }, { projection: SHOWN })
      .toArray();
    const see = await this.contacts.seenBy(caller, found);
    const byId = new Map(found.map((job) => [job._id, see(job)]));
    const now = new Date();
    return { list: ids.flatMap((id) => toViews(byId.get(id), now)), total: all.length };
  }

  /** The numbers of all that can be seen, newest first: two runs through indexes, in which they and nothing else are read. */
  private async visibleOf(memberId: number, bizType: MyJobsDto['biz_type']): Promise<number[]> {
    const favourites = await this.favourites
      .find<Pick<Favourite, 'jobId'>>(
        { memberId, bizType: bizType ?? { $in: [...BIZ_TYPES] } },
        { projection: { _id: 0, jobId: 1 } },
      )
      .sort({ createdAt: -1, jobId: -1 })
      .toArray();
    const ids = favourites.map(({ jobId }) => jobId);
    const visible = await this.collection
      .find({ _id: { $in: ids }, ...VISIBLE }, { projection: { _id: 1 }, hint: JOBS_BY_STATUS })
      .toArray();
    const isVisible = new Set(visible.map(({ _id }) => _id));
    return ids.filter((id) => isVisible.has(id));
  }
}

function toViews(job: ShownJob | undefined, now: Date): FavouriteView[] {
  if (!job) return [];
  return [
    {
      job_id: job._id,
      positions: job.positions,
      salary_min: job.salaryMin,
      salary_max: job.salaryMax,
      first_area_des: job.firstAreaDes,
      second_area_des: job.secondAreaDes,
      third_area_des: job.thirdAreaDes,
      address: job.address,
      create_at: formatShanghaiTime(job.createdAt),
      is_top: isTopped(job, now) ? 1 : 0,
      last_refresh_time: formatShanghaiTime(job.lastRefreshAt),
    },
  ];
}
