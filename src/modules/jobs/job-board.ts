import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import { withoutPhones } from '../../common/logging/written-phones';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { Transactions } from '../../database/transactions';
import { directionOf, squareOf } from './job-distance';
import { JOB_LISTING, type JobListing, OPEN } from './job-listing.schema';
import { tagLine, tagTerms } from './job-tags';
import { JOB_STATUS } from './job-status';
import { isTopped, JOB, type Job, UNLIMITED } from './job.schema';
import { positionTerms, positionText } from './position-parts';

const REVISION = 'job-board';
const BATCH = 200;

/**
 * What the lists show, by revisions. Each change that matters to a list is a revision of its own, numbered in the
 * order of commits by one counter that all changes write: whoever reads the counter has every change up to it before
 * them, and none that comes later can slip in below. No clock takes part.
 */
@Injectable()
export class JobBoard {
  constructor(
    @InjectCollection(JOB_LISTING) private readonly listings: Collection<JobListing>,
    @InjectCollection(JOB) private readonly jobs: Collection<Job>,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Begins a change: no other can commit between this and the end of the transaction. To be called before anything
   * is read on which the change depends; what a member has at most is safe by it too.
   */
  async turn(session: ClientSession): Promise<number> {
    await this.transactions.inTurn(REVISION, session);
    return this.sequences.advance(REVISION, session);
  }

  /** The revision at which a list is cut now. */
  revision(): Promise<number> {
    return this.sequences.last(REVISION);
  }

  /** Shows the job as it is from `revision` on, or no longer where it is not active. */
  async publish(job: Job, revision: number, session: ClientSession): Promise<void> {
    await this.end([job._id], revision, session);
    if (job.status === JOB_STATUS.active)
      await this.listings.insertOne(listingOf(job, revision, new Date()), { session });
  }

  /**
   * Has tops that have run out by `now` end; asked for before each new cut, it nearly always finds none.
   * @returns how many there were
   */
  async endTops(now = new Date()): Promise<number> {
    let ended = 0;
    for (;;) {
      const due = await this.listings
        .find<Pick<JobListing, 'jobId'>>(
          { topped: true, topEndsAt: { $lte: now }, until: OPEN },
          { projection: { _id: 0, jobId: 1 } },
        )
        .limit(BATCH)
        .toArray();
      if (due.length === 0) return ended;
      const ids = due.map(({ jobId }) => jobId);
      const over = await this.transactions.run({}, (session) => this.endTopsOf(ids, now, session));
      ended += over;
      // none: another instance has been quicker
      if (over === 0 || due.length < BATCH) return ended;
    }
  }

  /** By _id; what another instance has done meanwhile, or a member has topped anew, is left alone. */
  private async endTopsOf(ids: number[], now: Date, session: ClientSession): Promise<number> {
    const revision = await this.turn(session);
    const topped = await this.listings
      .find<Pick<JobListing, 'jobId'>>(
        { jobId: { $in: ids }, until: OPEN, topped: true, topEndsAt: { $lte: now } },
        { session, projection: { _id: 0, jobId: 1 } },
      )
      .toArray();
    if (topped.length === 0) return 0;
    const over = topped.map(({ jobId }) => jobId);
    const jobs = await this.jobs.find<Job>({ _id: { $in: over } }, { session }).toArray();
    await this.end(over, revision, session);
    await this.listings.insertMany(
      jobs.map((job) => listingOf(job, revision, now)),
      { session },
    );
    return over.length;
  }

  private async end(jobIds: number[], revision: number, session: ClientSession): Promise<void> {
    await this.listings.updateMany(
      { jobId: { $in: jobIds }, until: OPEN },
      { $set: { until: revision, endedAt: new Date() } },
      { session },
    );
  }
}

export function listingOf(job: Job, revision: number, now: Date): JobListing {
  // found by, a number could be guessed digit by digit where it is shown masked
  const positions = withoutPhones(job.positions);
  return {
    _id: new Types.ObjectId(),
    jobId: job._id,
    bizType: job.bizType,
    since: revision,
    until: OPEN,
    topped: isTopped(job, now),
    topEndsAt: job.topEndsAt,
    refreshedAt: job.lastRefreshAt,
    createdAt: job.createdAt,
    terms: [...positionTerms(positions), ...tagTerms(job)],
    positionText: positionText(positions),
    tags: tagLine(job),
    salaryMin: job.salaryMin,
    salaryTop: job.salaryMax === UNLIMITED ? OPEN : job.salaryMax,
    area1: job.firstAreaId,
    area2: job.secondAreaId,
    area3: job.thirdAreaId,
    area4: job.fourAreaId,
    ...squareOf(job),
    ...directionOf(job),
  };
}
