import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { OfferedFiles } from '../files/offered-files';
import { JobBoard } from './job-board';
import { JOB_STATUS } from './job-status';
import { JOB, type Job } from './job.schema';
import type { TakenDownJob } from './job-admin.dto';
import { JobsService } from './jobs.service';

/** Administrators take down what must not be shown. */
@Injectable()
export class TakeDowns {
  constructor(
    @InjectCollection(JOB) private readonly collection: Collection<Job>,
    private readonly jobs: JobsService,
    private readonly board: JobBoard,
    private readonly files: OfferedFiles,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Takes a job out of every list, also out of pages that are being turned, and its pictures away. One that is down
   * already stays as it is, with the first reason. There is no way back: the owner posts anew.
   * @throws {AppError} NOT_FOUND
   */
  async takeDown(id: number, reason: string, caller: StaffCaller): Promise<TakenDownJob> {
    return this.transactions.run(caller, async (session) => {
      const revision = await this.board.turn(session);
      const before = await this.jobs.findOrFail(id, session);
      if (before.status === JOB_STATUS.takenDown) return toTakenDown(before);
      const now = new Date();
      const changes = {
        status: JOB_STATUS.takenDown,
        takenDown: { reason, at: now, by: new Types.ObjectId(caller.principal.id) },
        photoUrls: [],
        photoFiles: [],
        updatedAt: now,
      };
      const after: Job = { ...before, ...changes };
      await this.collection.updateOne({ _id: id }, { $set: changes }, { session });
      await this.board.publish(after, revision, session);
      await this.files.release(`job:${id}`, before.photoFiles, session);
      await this.audit.record(
        {
          entity: 'job',
          entityId: String(id),
          action: 'take-down',
          before: { ...before },
          after: { ...after },
        },
        caller,
        session,
      );
      return toTakenDown(after);
    });
  }
}

function toTakenDown({ _id, memberId, positions, status, takenDown }: Job): TakenDownJob {
  return {
    id: _id,
    memberId,
    positions,
    status,
    reason: takenDown?.reason ?? '',
    takenDownAt: takenDown?.at.toISOString() ?? null,
    takenDownBy: takenDown?.by.toHexString() ?? null,
  };
}
