import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import type { ClientSession } from 'mongoose';
import { duplicateKeyFields } from '../errors/duplicate-key';
import { AppError } from '../errors/app-error';
import { IDEMPOTENCY_CLAIM, type IdempotencyClaim, KEPT_SECONDS, LEASE_MS } from './idempotency.schema';

export interface StoredAnswer {
  status: number;
  body: string;
  /** the `Authorization` header that the answer carried, of a route that gives out a token there */
  authorization?: string;
}

/** A first call ends within moments; that it has died, and its lease must run out, is the exception. */
const USUAL_WAIT_SECONDS = 2;

/** What a call with a key finds: the right to go first, or the answer that the first one got. */
export type ClaimResult = { first: true; holder: string } | { first: false; answer: StoredAnswer };

/** The claims on idempotency keys, shared by all instances. Every access is by _id. */
@Injectable()
export class IdempotencyStore {
  constructor(@InjectCollection(IDEMPOTENCY_CLAIM) private readonly claims: Collection<IdempotencyClaim>) {}

  /** @throws {AppError} IDEMPOTENCY_KEY_REUSED for another body, IDEMPOTENCY_IN_PROGRESS while the first call runs */
  async claim(id: string, bodyHash: string): Promise<ClaimResult> {
    const fresh = { _id: id, bodyHash, holder: randomUUID(), leaseEndsAt: leaseEnd(), createdAt: new Date() };
    try {
      await this.claims.insertOne(fresh);
      return { first: true, holder: fresh.holder };
    } catch (error) {
      if (!duplicateKeyFields(error)) throw error;
    }
    const held = await this.claims.findOne({ _id: id });
    // between the two calls the first one failed and let go
    if (!held) throw inProgress(1);
    if (expired(held) || dead(held)) return this.takeOver(held, fresh);
    if (held.bodyHash !== bodyHash) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (held.answer) return { first: false, answer: held.answer };
    throw inProgress(USUAL_WAIT_SECONDS);
  }

  /**
   * Keeps the answer, inside the transaction that made the record when `session` is given.
   * @throws {AppError} IDEMPOTENCY_IN_PROGRESS when another call has taken the claim over meanwhile
   */
  async keep(id: string, holder: string, answer: StoredAnswer, session?: ClientSession): Promise<void> {
    const kept = await this.claims.updateOne({ _id: id, holder }, { $set: { answer } }, { session });
    if (kept.matchedCount === 0) throw inProgress(1);
  }

  /** Gives a first call that takes long another lease; to no avail when another call has taken the claim over. */
  async prolong(id: string, holder: string): Promise<void> {
    await this.claims.updateOne({ _id: id, holder }, { $set: { leaseEndsAt: leaseEnd() } });
  }

  /** Frees the key of a call that failed for no fault of its caller. */
  async release(id: string, holder: string): Promise<void> {
    await this.claims.deleteOne({ _id: id, holder, answer: { $exists: false } });
  }

  /** Of several that find a dead call's claim, the one whose compare-and-set succeeds goes on. */
  private async takeOver(held: IdempotencyClaim, fresh: IdempotencyClaim): Promise<ClaimResult> {
    const { modifiedCount } = await this.claims.updateOne(
      { _id: held._id, holder: held.holder },
      {
        $set: {
          bodyHash: fresh.bodyHash,
          holder: fresh.holder,
          leaseEndsAt: fresh.leaseEndsAt,
          createdAt: fresh.createdAt,
        },
        $unset: { answer: '' },
      },
    );
    if (modifiedCount === 0) throw inProgress(1);
    return { first: true, holder: fresh.holder };
  }
}

function leaseEnd(): Date {
  return new Date(Date.now() + LEASE_MS);
}

/** The TTL monitor runs once a minute or so; a key is over when its day is, not when it was swept. */
function expired(claim: IdempotencyClaim): boolean {
  return claim.createdAt.getTime() + KEPT_SECONDS * 1000 <= Date.now();
}

/** The first call stopped without a word; its key is as free as if it had failed, for any body. */
function dead(claim: IdempotencyClaim): boolean {
  return !claim.answer && claim.leaseEndsAt <= new Date();
}

function inProgress(seconds: number): AppError {
  return new AppError('IDEMPOTENCY_IN_PROGRESS', { retryAfter: Math.max(1, seconds) });
}
