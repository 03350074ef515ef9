import { Schema, type Types } from 'mongoose';

export const ACCESS_LOG = 'AccessLog';

/** One look at a page, as the page itself reports it. */
export interface AccessLog {
  _id: Types.ObjectId;
  url: string;
  pathname: string;
  fileName: string;
  environment: string;
  queryParams?: Record<string, unknown>;
  userAgent: string;
  isWechat: boolean;
  isMiniProgram: boolean;
  referrer: string;
  event: string;
  stayDuration?: number;
  stayDurationSeconds?: number;
  /** the client's own clock */
  timestamp: Date;
  ip: string;
  /** digest of address and browser, by which visitors are told apart */
  visitor: string;
  receivedAt: Date;
}

const KEPT_SECONDS = 90 * 24 * 3600;

export const accessLogSchema = new Schema<AccessLog>(
  {
    url: String,
    pathname: String,
    fileName: String,
    environment: String,
    queryParams: Schema.Types.Mixed,
    userAgent: String,
    isWechat: Boolean,
    isMiniProgram: Boolean,
    referrer: String,
    event: String,
    stayDuration: Number,
    stayDurationSeconds: Number,
    timestamp: Date,
    ip: String,
    visitor: String,
    receivedAt: Date,
  },
  { collection: 'access_logs', versionKey: false },
)
  // GET /api/miniprogram-access-log
  .index({ receivedAt: -1, _id: -1 })
  // GET /api/miniprogram-access-log?event, and with ?pathname compared within the index
  .index({ event: 1, receivedAt: -1, _id: -1, pathname: 1 })
  // GET /api/miniprogram-access-log?pathname, and with ?event compared within the index
  .index({ pathname: 1, receivedAt: -1, _id: -1, event: 1 })
  // GET /api/miniprogram-access-log/stats, which reads the index alone
  .index({ receivedAt: 1, event: 1, pathname: 1, visitor: 1 })
  // kept 90 days
  .index({ receivedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
