import { Injectable } from '@nestjs/common';
import { type ClientSession, mongo } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import { AuditTrail, differences } from '../../common/audit/audit-trail';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { RESUME, type Resume } from './resume.schema';
import { ShareLinks } from './share-links.service';

const TRANSIENT = 'TransientTransactionError';

/** Every writing of a resume: with its audit record, its links ended when it is archived, and nobody twice. */
@Injectable()
export class ResumeStore {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly links: ShareLinks,
    private readonly audit: AuditTrail,
  ) {}

  /** Fails with the driver's duplicate key error, for {@link duplicate} to explain. */
  async insert(resume: Resume, action: string, caller: Caller, session: ClientSession): Promise<void> {
    await this.resumes.insertOne(resume, { session, ignoreUndefined: true });
    const entityId = resume._id.toHexString();
    await this.audit.record(
      { entity: 'resume', entityId, action, before: null, after: auditable(resume) },
      caller,
      session,
    );
  }

  /** Writes `after` in the place of `before`, if they differ; gives what is stored now. */
  async change(
    before: Resume,
    after: Resume,
    action: string,
    caller: Caller,
    session: ClientSession,
  ): Promise<Resume> {
    if (!differences({ ...before }, { ...after }).after) return before;
    const { _id, ...fields } = after;
    await this.resumes.replaceOne({ _id }, fields, { session, ignoreUndefined: true });
    if (after.status === 'archived' && before.status !== 'archived') await this.links.endLinks(_id, session);
    const entityId = _id.toHexString();
    await this.audit.record(
      { entity: 'resume', entityId, action, before: auditable(before), after: auditable(after) },
      caller,
      session,
    );
    return after;
  }

  /** The self-registration with this phone that staff have turned down, if there is one; found by the phone's index. */
  rejected(phone: string, session: ClientSession): Promise<Resume | null> {
    const turnedDown = { status: 'archived', createdBy: null, 'review.action': 'reject' } as const;
    return this.resumes.findOne<Resume>({ phone, ...turnedDown }, { session });
  }

  /**
   * The refusal for a phone or an identity number that another resume has, or the error itself if it is another one.
   * Looked up outside of the transaction, which the database has given up by then.
   * @param named staff are told which resume it is; the public is not
   */
  async duplicate(error: unknown, { phone, idNumber }: Partial<Resume>, named: boolean): Promise<unknown> {
    if (willRunAgain(error)) return error;
    const [field] = duplicateKeyFields(error) ?? [];
    if (field !== 'phone' && field !== 'idNumber') return error;
    const code = field === 'phone' ? 'DUPLICATE_PHONE' : 'DUPLICATE_ID_NUMBER';
    if (!named) return new AppError(code);
    const filter = field === 'phone' ? { phone } : { idNumber };
    const existing = await this.resumes.findOne(filter, { projection: { _id: 1 } });
    return new AppError(code, existing ? { details: { existingId: existing._id.toHexString() } } : {});
  }
}

/** Inside of somebody else's transaction, who runs it again by this label. */
function willRunAgain(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.hasErrorLabel(TRANSIENT);
}

/** Without what only serves finding and counting. */
function auditable(resume: Resume): Record<string, unknown> {
  const { derivedFields: _derived, introduced: _introduced, shareCount: _shares, ...told } = resume;
  return told;
}
