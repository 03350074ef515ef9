import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { Schema } from 'mongoose';

export const REVOKED_TOKEN = 'RevokedToken';

export interface RevokedToken {
  /** the token's jti */
  _id: string;
  /** the database's own clock */
  revokedAt: Date;
  expiresAt: Date;
}

export const revokedTokenSchema = new Schema<RevokedToken>(
  { _id: String, revokedAt: Date, expiresAt: Date },
  { collection: 'revoked_tokens', versionKey: false },
)
  // an expired token needs no revocation
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  // each instance's look for what the others revoked
  .index({ revokedAt: 1 });

const OVERLAP_MS = 10_000;

/** Tokens that were logged out before their time; every instance keeps them in memory until they expire. */
@Injectable()
export class RevokedTokens {
  private readonly expiries = new Map<string, number>();
  private newest = new Date(0);

  constructor(@InjectCollection(REVOKED_TOKEN) private readonly tokens: Collection<RevokedToken>) {}

  has(tokenId: string): boolean {
    return this.expiries.has(tokenId);
  }

  /** Revokes one token; here at once, elsewhere with the next refresh. Revoking twice is the same as once. */
  async revoke(tokenId: string, expiresAt: Date): Promise<void> {
    await this.tokens.updateOne(
      { _id: tokenId },
      { $set: { expiresAt }, $currentDate: { revokedAt: true } },
      { upsert: true },
    );
    this.expiries.set(tokenId, expiresAt.getTime());
  }

  /** Fetches what was revoked since the last time; called by the staff directory at its own pace. */
  async refresh(): Promise<void> {
    const since = new Date(this.newest.getTime() - OVERLAP_MS);
    const rows = await this.tokens.find<RevokedToken>({ revokedAt: { $gte: since } }).toArray();
    for (const row of rows) {
      this.expiries.set(row._id, row.expiresAt.getTime());
      if (row.revokedAt > this.newest) this.newest = row.revokedAt;
    }
    for (const [tokenId, expiry] of this.expiries) if (expiry < Date.now()) this.expiries.delete(tokenId);
  }
}
