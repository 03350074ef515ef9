import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { FileAddresses } from '../files/file-addresses';
import { StaffDirectory } from '../users/staff-directory';
import { changedResume, type Changes, newResume, rejectedRegistration } from './resume-making';
import { RESUME, type Resume } from './resume.schema';
import { ResumeStore } from './resume.store';
import { type CreatedResume, DETAIL_FIELDS, type ResumeDetail, toDetail } from './resume.views';
import type { CreateResumeDto, ReviewResumeDto, UpdateResumeDto } from './resumes.dto';

/** One resume in the hands of staff: made, read, changed, reviewed. */
@Injectable()
export class ResumesService {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly store: ResumeStore,
    private readonly transactions: Transactions,
    private readonly staff: StaffDirectory,
    private readonly files: FileAddresses,
  ) {}

  /** @throws {AppError} NOT_FOUND */
  async get(id: string): Promise<ResumeDetail> {
    const resume = await this.resumes.findOne<Resume>(
      { _id: new Types.ObjectId(id) },
      { projection: DETAIL_FIELDS },
    );
    return this.view(found(resume));
  }

  /**
   * Whether there is such a resume; looked up by _id.
   * @throws {AppError} FORBIDDEN for interviewers, who see none
   */
  async isThere(id: string, { principal, session }: StaffCaller): Promise<boolean> {
    if (principal.role === 'hr') throw new AppError('FORBIDDEN', { message: '没有查看简历的权限' });
    const resume = await this.resumes.findOne(
      { _id: new Types.ObjectId(id) },
      { projection: { _id: 1 }, session },
    );
    return resume !== null;
  }

  /**
   * With `createOrUpdate`, whoever has the phone already is updated by the given fields instead.
   * @throws {AppError} DUPLICATE_PHONE and DUPLICATE_ID_NUMBER, with the other one's `existingId`
   */
  async create({ createOrUpdate, ...input }: CreateResumeDto, caller: StaffCaller): Promise<CreatedResume> {
    try {
      return await this.transactions.run(caller, async (session) => {
        const before =
          createOrUpdate && (await this.resumes.findOne<Resume>({ phone: input.phone }, { session }));
        if (before) return this.created('UPDATED', await this.change(before, input, caller, session));
        const resume = newResume({
          ...input,
          status: input.status ?? 'published',
          leadSource: input.leadSource ?? 'other',
          createdBy: new Types.ObjectId(caller.principal.id),
        });
        await this.store.insert(resume, 'create', caller, session).catch((error: unknown) => {
          // two creates of one phone met, and the other one was first: it is found there when all is run again
          if (createOrUpdate) runAgainOnDuplicate(error, 'phone');
          throw error;
        });
        return this.created('CREATED', resume);
      });
    } catch (error) {
      throw await this.store.duplicate(error, input, true);
    }
  }

  /** Null clears a field. */
  async update(id: string, input: UpdateResumeDto, caller: StaffCaller): Promise<ResumeDetail> {
    try {
      return await this.transactions.run(caller, async (session) => {
        const before = await this.find(id, session);
        return this.view(await this.change(before, input, caller, session));
      });
    } catch (error) {
      throw await this.store.duplicate(error, input as Partial<Resume>, true);
    }
  }

  /**
   * Publishes a draft, or archives it with the reason why; whoever registered themselves may then do so again.
   * @throws {AppError} CONFLICT when it is a draft no longer
   */
  async review(id: string, { action, reason }: ReviewResumeDto, caller: StaffCaller): Promise<ResumeDetail> {
    return this.transactions.run(caller, async (session) => {
      const before = await this.find(id, session);
      if (before.status !== 'draft') throw new AppError('CONFLICT', { message: '简历不是待审核状态' });
      const now = new Date();
      const reviewedBy = new Types.ObjectId(caller.principal.id);
      const after: Resume = {
        ...(action === 'reject' ? rejectedRegistration(before) : before),
        status: action === 'publish' ? 'published' : 'archived',
        review: { action, reason: reason ?? '', reviewedBy, reviewedAt: now },
        updatedAt: now,
      };
      return this.view(await this.store.change(before, after, `review-${action}`, caller, session));
    });
  }

  private change(
    before: Resume,
    changes: Changes,
    caller: StaffCaller,
    session: ClientSession,
  ): Promise<Resume> {
    return this.store.change(before, changedResume(before, changes), 'update', caller, session);
  }

  private async find(id: string, session: ClientSession): Promise<Resume> {
    return found(await this.resumes.findOne<Resume>({ _id: new Types.ObjectId(id) }, { session }));
  }

  private created(action: CreatedResume['action'], resume: Resume): CreatedResume {
    const view = this.view(resume);
    return { id: view.id, createdAt: view.createdAt, action, resume: view };
  }

  private view(resume: Resume): ResumeDetail {
    return toDetail(resume, this.files, this.staff);
  }
}

function found(resume: Resume | null): Resume {
  if (!resume) throw new AppError('NOT_FOUND', { message: '简历不存在' });
  return resume;
}
