import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { MemberCaller } from '../../common/access/caller';
import { AppError, invalidField } from '../../common/errors/app-error';
import { endOfShanghaiDay, formatShanghaiDay } from '../../common/time/shanghai';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { Transactions } from '../../database/transactions';
import { OfferedFiles } from '../files/offered-files';
import { MembersService } from '../members/members.service';
import { JobBoard } from './job-board';
import { changedJob, matterToLists, newJob } from './job-making';
import { JOB_STATUS, type JobStatus } from './job-status';
import { JOB, type Job, UNLIMITED } from './job.schema';
import type { CreateJobDto, UpdateJobDto } from './jobs.dto';

const MOST_ACTIVE = 5;
const HOUR_MS = 3_600_000;

/** Whom to call about a job, and what it is about. */
export interface JobContact {
  jobId: number;
  ownerId: number;
  bizType: number;
  status: number;
  positions: string;
  address: string;
  name: string;
  phone: string;
}

/** One job: posted, changed, refreshed, topped and closed by its owner. */
@Injectable()
export class JobsService {
  constructor(
    @InjectCollection(JOB) private readonly jobs: Collection<Job>,
    private readonly board: JobBoard,
    private readonly members: MembersService,
    private readonly files: OfferedFiles,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {AppError} CONFLICT for a sixth active job; INVALID_PARAMS for a picture of ours that is gone */
  async create(input: CreateJobDto, caller: MemberCaller): Promise<null> {
    const { id: memberId } = caller.principal;
    const id = await this.sequences.next('marketplace-job');
    await this.transactions.run(caller, async (session) => {
      // changes of the board come one after another, so of two at once the second counts the first
      const revision = await this.board.turn(session);
      const active = await this.jobs.countDocuments({ memberId, status: JOB_STATUS.active }, { session });
      if (active >= MOST_ACTIVE)
        throw new AppError('CONFLICT', { message: `最多同时发布 ${MOST_ACTIVE} 条，请先关闭一条` });
      const { name } = await this.members.findOrFail(memberId, session);
      // a form whose field nobody has filled in sends it empty
      const job = newJob(id, memberId, { ...input, contact_person_name: input.contact_person_name || name });
      job.photoFiles = await this.photoFilesOf(job, [], session);
      await this.jobs.insertOne(job, { session });
      await this.board.publish(job, revision, session);
    });
    return null;
  }

  /** Only what is sent is changed. @throws {AppError} NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_PARAMS */
  async update({ id, ...input }: UpdateJobDto, caller: MemberCaller): Promise<null> {
    await this.transactions.run(caller, async (session) => {
      const revision = matterToLists(input) ? await this.board.turn(session) : undefined;
      const before = await this.requireOwnActive(id, caller.principal.id, session);
      const after = changedJob(before, input);
      if (after.salaryMax !== UNLIMITED && after.salaryMax < after.salaryMin)
        throw invalidField('salary_max', '最高月薪不能低于最低月薪');
      if (input.photo_urls) after.photoFiles = await this.photoFilesOf(after, before.photoFiles, session);
      const { _id, ...fields } = after;
      await this.jobs.replaceOne({ _id }, fields, { session, ignoreUndefined: true });
      if (revision !== undefined) await this.board.publish(after, revision, session);
    });
    return null;
  }

  /** Closing what is closed changes nothing. @throws {AppError} NOT_FOUND, FORBIDDEN, CONFLICT when taken down */
  async close(id: number, caller: MemberCaller): Promise<null> {
    await this.transactions.run(caller, async (session) => {
      const revision = await this.board.turn(session);
      const job = await this.requireOwn(id, caller.principal.id, session);
      if (job.status === JOB_STATUS.closed) return;
      requireActive(job);
      await this.change(job, { status: JOB_STATUS.closed, updatedAt: new Date() }, revision, session);
    });
    return null;
  }

  /** Once a Shanghai day for nothing. @throws {AppError} NOT_FOUND, FORBIDDEN, CONFLICT, RATE_LIMITED */
  async refresh(id: number, caller: MemberCaller): Promise<null> {
    await this.transactions.run(caller, async (session) => {
      const revision = await this.board.turn(session);
      const job = await this.requireOwnActive(id, caller.principal.id, session);
      const now = new Date();
      const today = formatShanghaiDay(now);
      if (job.freeRefreshDay === today) throw noFreeRefreshLeft(now);
      await this.change(job, { lastRefreshAt: now, freeRefreshDay: today }, revision, session);
    });
    return null;
  }

  /** A refresh that was paid for: of a job that is no longer active too, where it shows nowhere. */
  async refreshPaid(id: number, session: ClientSession): Promise<Job> {
    const revision = await this.board.turn(session);
    const job = await this.findOrFail(id, session);
    return this.change(job, { lastRefreshAt: new Date() }, revision, session);
  }

  /**
   * Tops the job from now on, or for longer if it is topped already; of a job that is no longer active too, where it
   * shows nowhere.
   */
  async extendTop(id: number, hours: number, session: ClientSession): Promise<Job> {
    const revision = await this.board.turn(session);
    const job = await this.findOrFail(id, session);
    const now = new Date();
    const topped = job.topEndsAt !== null && job.topEndsAt > now;
    const from = topped && job.topEndsAt ? job.topEndsAt : now;
    const changes = {
      topStartsAt: topped ? job.topStartsAt : now,
      topEndsAt: new Date(from.getTime() + hours * HOUR_MS),
      updatedAt: now,
    };
    return this.change(job, changes, revision, session);
  }

  /**
   * Takes back up to so many hours of a topping, of those that have not passed yet.
   * @returns the hours that were taken back, which need not be whole
   */
  async shortenTop(id: number, hours: number, session: ClientSession): Promise<number> {
    const revision = await this.board.turn(session);
    const job = await this.findOrFail(id, session);
    const now = new Date();
    if (!job.topEndsAt || job.topEndsAt <= now) return 0;
    const endsAt = new Date(Math.max(now.getTime(), job.topEndsAt.getTime() - hours * HOUR_MS));
    await this.change(job, { topEndsAt: endsAt, updatedAt: now }, revision, session);
    return (job.topEndsAt.getTime() - endsAt.getTime()) / HOUR_MS;
  }

  /** null for a job that there is not. By _id. */
  async statusOf(id: number, session?: ClientSession): Promise<JobStatus | null> {
    const job = await this.jobs.findOne({ _id: id }, { session, projection: { status: 1 } });
    return job?.status ?? null;
  }

  /** @throws {AppError} NOT_FOUND; FORBIDDEN for another member's; CONFLICT for one that is closed or taken down */
  async requireOwnActive(id: number, memberId: number, session?: ClientSession): Promise<Job> {
    const job = await this.requireOwn(id, memberId, session);
    requireActive(job);
    return job;
  }

  /** @throws {AppError} NOT_FOUND, for one that was taken down too */
  async contactOf(id: number, session?: ClientSession): Promise<JobContact> {
    const job = await this.findOrFail(id, session);
    if (job.status === JOB_STATUS.takenDown) throw missingJob();
    return {
      jobId: job._id,
      ownerId: job.memberId,
      bizType: job.bizType,
      status: job.status,
      positions: job.positions,
      address: job.address,
      name: job.contactPersonName,
      phone: job.contact,
    };
  }

  /** Looked up by _id. @throws {AppError} NOT_FOUND */
  async findOrFail(id: number, session?: ClientSession): Promise<Job> {
    const job = await this.jobs.findOne<Job>({ _id: id }, { session });
    if (!job || job.status === JOB_STATUS.deleted) throw missingJob();
    return job;
  }

  private async requireOwn(id: number, memberId: number, session?: ClientSession): Promise<Job> {
    const job = await this.findOrFail(id, session);
    if (job.memberId !== memberId) throw new AppError('FORBIDDEN', { message: '只能操作自己发布的信息' });
    return job;
  }

  private async change(
    job: Job,
    changes: Partial<Job>,
    revision: number,
    session: ClientSession,
  ): Promise<Job> {
    const after = { ...job, ...changes };
    await this.jobs.updateOne({ _id: job._id }, { $set: changes }, { session });
    await this.board.publish(after, revision, session);
    return after;
  }

  private async photoFilesOf(job: Job, before: string[], session: ClientSession): Promise<string[]> {
    const change = { addresses: job.photoUrls, before };
    const referred = await this.files.refer(`job:${job._id}`, `member:${job.memberId}`, change, session);
    if ('gone' in referred) throw invalidField('photo_urls', `图片已失效，请重新上传：${referred.gone}`);
    return referred.ids;
  }
}

export function missingJob(): AppError {
  return new AppError('NOT_FOUND', { message: '信息不存在或已下架' });
}

function requireActive({ status }: Job): void {
  if (status === JOB_STATUS.active) return;
  const message = status === JOB_STATUS.takenDown ? '信息已被下架' : '信息已关闭';
  throw new AppError('CONFLICT', { message });
}

function noFreeRefreshLeft(now: Date): AppError {
  return new AppError('RATE_LIMITED', {
    message: '今天的免费刷新已用完，可以付费刷新（/jobs/refresh/pay），或明天再来',
    retryAfter: Math.ceil((endOfShanghaiDay(now).getTime() - now.getTime()) / 1000),
  });
}
