import { Schema, type Types } from 'mongoose';

export const SHARE_LINK = 'ShareLink';

/** A link's figures are kept this long after it has expired. */
const KEPT_SECONDS = 90 * 24 * 3600;

export interface ShareLink {
  _id: Types.ObjectId;
  /** SHA-256 of the token, which is given out once and kept nowhere */
  tokenHash: string;
  resumeId: Types.ObjectId;
  expireAt: Date;
  revokedAt: Date | null;
  viewCount: number;
  lastViewedAt: Date | null;
  createdBy: Types.ObjectId;
  createdAt: Date;
}

export const shareLinkSchema = new Schema<ShareLink>(
  {
    tokenHash: { type: String, required: true },
    resumeId: { type: Schema.Types.ObjectId, required: true },
    expireAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
    viewCount: { type: Number, default: 0 },
    lastViewedAt: { type: Date, default: null },
    createdBy: { type: Schema.Types.ObjectId, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'resume_share_links', versionKey: false },
)
  // GET shared/:token
  .index({ tokenHash: 1 }, { unique: true })
  // GET :id/shares; revoking all links of a resume
  .index({ resumeId: 1, createdAt: -1, _id: -1 })
  .index({ expireAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
