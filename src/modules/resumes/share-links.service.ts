import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import { z } from 'zod';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError } from '../../common/errors/app-error';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { FileAddresses } from '../files/file-addresses';
import { StaffDirectory } from '../users/staff-directory';
import { RESUME, type Resume } from './resume.schema';
import { SHARED_FIELDS, type SharedResume, type SharedRow, toShared } from './resume-public.views';
import { SHARE_LINK, type ShareLink } from './share-link.schema';

const HOUR_MS = 3_600_000;
/** 192 bits: not to be guessed. */
const TOKEN_BYTES = 24;
/** Of a resume's links, the newest; nobody makes so many. */
const LISTED_LINKS = 100;

export const madeShareLink = z.strictObject({
  token: z.string().meta({ example: 'q3JvZ0l6b1o2c2Z4M2tqd1pYb0l5Tm4w' }),
  shareUrl: z.string().meta({ example: 'https://crm.example.com/api/resumes/shared/q3JvZ0l6b1o2' }),
  expireAt: z.iso.datetime(),
  path: z.string().meta({ example: '/pages/public/detail/index?token=q3JvZ0l6b1o2' }),
});
type MadeShareLink = z.infer<typeof madeShareLink>;

export const shareLinkView = z.strictObject({
  id: z.string(),
  expireAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
  viewCount: z.int().meta({ example: 3 }),
  lastViewedAt: z.iso.datetime().nullable(),
  createdBy: z.string(),
  createdByName: z.string().meta({ example: '李静' }),
  createdAt: z.iso.datetime(),
});
type ShareLinkView = z.infer<typeof shareLinkView>;

export const revokedLinks = z.strictObject({ revoked: z.int().meta({ example: 1 }) });

/** Links by which somebody without an account sees one resume, masked, for a time. */
@Injectable()
export class ShareLinks {
  constructor(
    @InjectCollection(SHARE_LINK) private readonly links: Collection<ShareLink>,
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    private readonly staff: StaffDirectory,
    private readonly files: FileAddresses,
    private readonly settings: Settings,
  ) {}

  /** @throws {AppError} NOT_FOUND; CONFLICT for an archived resume */
  async create(id: string, expireHours: number, caller: StaffCaller): Promise<MadeShareLink> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const link = newLink(id, token, expireHours, caller);
    await this.transactions.run(caller, async (session) => {
      await this.markShared(link, session);
      await this.links.insertOne(link, { session });
      const { _id, expireAt } = link;
      await this.record('share', id, { linkId: _id.toHexString(), expireAt }, caller, session);
    });
    return {
      token,
      shareUrl: `${this.settings.publicBaseUrl}/api/resumes/shared/${token}`,
      expireAt: link.expireAt.toISOString(),
      path: `/pages/public/detail/index?token=${token}`,
    };
  }

  /**
   * Counts the view.
   * @throws {AppError} SHARE_LINK_INVALID, whatever is wrong with the link
   */
  async open(token: string): Promise<SharedResume> {
    const now = new Date();
    const link = await this.links.findOneAndUpdate(
      { tokenHash: hashOf(token), revokedAt: null, expireAt: { $gt: now } },
      { $inc: { viewCount: 1 }, $set: { lastViewedAt: now } },
      { projection: { resumeId: 1 } },
    );
    if (!link) throw new AppError('SHARE_LINK_INVALID');
    const resume = await this.resumes.findOne<SharedRow>(
      { _id: link.resumeId, status: { $ne: 'archived' } },
      { projection: SHARED_FIELDS },
    );
    if (!resume) throw new AppError('SHARE_LINK_INVALID');
    return toShared(resume, this.files);
  }

  /** A resume's links, newest first; never their tokens. */
  async list(id: string): Promise<ShareLinkView[]> {
    const resumeId = new Types.ObjectId(id);
    const [resume, links] = await Promise.all([
      this.resumes.findOne({ _id: resumeId }, { projection: { _id: 1 } }),
      this.links.find({ resumeId }).sort({ createdAt: -1, _id: -1 }).limit(LISTED_LINKS).toArray(),
    ]);
    if (!resume) throw noResume();
    return links.map((link) => toView(link, this.staff));
  }

  async revokeAll(id: string, caller: StaffCaller): Promise<z.infer<typeof revokedLinks>> {
    const _id = new Types.ObjectId(id);
    return this.transactions.run(caller, async (session) => {
      if (!(await this.resumes.findOne({ _id }, { projection: { _id: 1 }, session }))) throw noResume();
      const revoked = await this.endLinks(_id, session);
      if (revoked > 0) await this.record('revoke-share', id, { revoked }, caller, session);
      return { revoked };
    });
  }

  /** As part of a change that ends them. */
  async endLinks(resumeId: Types.ObjectId, session: ClientSession): Promise<number> {
    const now = new Date();
    const { modifiedCount } = await this.links.updateMany(
      { resumeId, revokedAt: null, expireAt: { $gt: now } },
      { $set: { revokedAt: now } },
      { session },
    );
    return modifiedCount;
  }

  /**
   * Writes the resume, so that sharing and archiving it at once cannot both go by what was before. By a count,
   * since a write that changes nothing, as of the same time by two at once, is no conflict.
   */
  private async markShared({ resumeId }: ShareLink, session: ClientSession): Promise<void> {
    const { matchedCount } = await this.resumes.updateOne(
      { _id: resumeId, status: { $ne: 'archived' } },
      { $inc: { shareCount: 1 } },
      { session },
    );
    if (matchedCount > 0) return;
    const archived = await this.resumes.findOne({ _id: resumeId }, { projection: { _id: 1 }, session });
    throw archived ? new AppError('CONFLICT', { message: '简历已归档，不能分享' }) : noResume();
  }

  private record(
    action: string,
    entityId: string,
    after: Record<string, unknown>,
    caller: StaffCaller,
    session: ClientSession,
  ): Promise<void> {
    return this.audit.record({ entity: 'resume', entityId, action, before: null, after }, caller, session);
  }
}

function noResume(): AppError {
  return new AppError('NOT_FOUND', { message: '简历不存在' });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function newLink(id: string, token: string, hours: number, { principal }: StaffCaller): ShareLink {
  const now = new Date();
  return {
    _id: new Types.ObjectId(),
    tokenHash: hashOf(token),
    resumeId: new Types.ObjectId(id),
    expireAt: new Date(now.getTime() + hours * HOUR_MS),
    revokedAt: null,
    viewCount: 0,
    lastViewedAt: null,
    createdBy: new Types.ObjectId(principal.id),
    createdAt: now,
  };
}

function toView(link: ShareLink, staff: StaffDirectory): ShareLinkView {
  return {
    id: link._id.toHexString(),
    expireAt: link.expireAt.toISOString(),
    revokedAt: link.revokedAt?.toISOString() ?? null,
    viewCount: link.viewCount,
    lastViewedAt: link.lastViewedAt?.toISOString() ?? null,
    createdBy: link.createdBy.toHexString(),
    createdByName: staff.nameOf(link.createdBy),
    createdAt: link.createdAt.toISOString(),
  };
}
