import { Schema } from 'mongoose';

export const IDEMPOTENCY_CLAIM = 'IdempotencyClaim';

/** A key is honoured for a day; a first call that says nothing for longer than its lease has died. */
export const KEPT_SECONDS = 24 * 3600;
export const LEASE_MS = 60_000;

export interface IdempotencyClaim {
  /** hash of caller, method, route and key */
  _id: string;
  /** hash of the request's parameters and body */
  bodyHash: string;
  /** which attempt holds the claim; whoever finishes must still be the holder */
  holder: string;
  leaseEndsAt: Date;
  /** absent while the first call runs; the body is sealed, and so is the token that came beside it */
  answer?: { status: number; body: string; authorization?: string };
  createdAt: Date;
}

export const idempotencyClaimSchema = new Schema<IdempotencyClaim>(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    holder: { type: String, required: true },
    leaseEndsAt: { type: Date, required: true },
    answer: { type: Schema.Types.Mixed },
    createdAt: { type: Date, required: true },
  },
  { collection: 'idempotency_claims', versionKey: false },
)
  // a key's day is over
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
