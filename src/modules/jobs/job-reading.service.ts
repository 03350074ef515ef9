import { Injectable } from '@nestjs/common';
import type { MaybeMemberCaller, MemberCaller } from '../../common/access/caller';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { ContactVisibility } from './contact-visibility';
import { JOB_STATUS } from './job-status';
import { BIZ_TYPES, JOB, type Job } from './job.schema';
import { type OwnJob, standingOf, toJobView, toOwnJob, VIEW_FIELDS } from './job.views';
import type { MyJobsDto } from './jobs.dto';
import { JobsService, missingJob } from './jobs.service';

/** Single jobs, and one's own. */
@Injectable()
export class JobReading {
  constructor(
    @InjectCollection(JOB) private readonly collection: Collection<Job>,
    private readonly jobs: JobsService,
    private readonly contacts: ContactVisibility,
  ) {}

  /** One that was taken down is there for its owner only. @throws {AppError} NOT_FOUND */
  async info(id: number, caller: MaybeMemberCaller): Promise<OwnJob> {
    const job = await this.jobs.findOrFail(id);
    if (job.memberId === caller.principal?.id) return toOwnJob(job);
    if (job.status === JOB_STATUS.takenDown) throw missingJob();
    const see = await this.contacts.seenBy(caller, [job]);
    return toJobView(see(job), standingOf(job));
  }

  /** Newest first, whatever has become of them. */
  async own({ biz_type, page_num, page_size }: MyJobsDto, { principal }: MemberCaller) {
    const { rows, total } = await findPage(this.collection, {
      filter: {
        memberId: principal.id,
        bizType: biz_type ?? { $in: [...BIZ_TYPES] },
        status: { $ne: JOB_STATUS.deleted },
      },
      sort: { createdAt: -1, _id: -1 },
      page: page_num,
      pageSize: page_size,
      projection: VIEW_FIELDS,
    });
    const now = new Date();
    return { list: rows.map((job) => toOwnJob(job, now)), total };
  }
}
