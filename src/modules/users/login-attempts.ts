import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { type ClientSession, Schema } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { clientNetwork } from '../../common/rate-limit/client-network';

export const LOGIN_ATTEMPT = 'LoginAttempt';

const WINDOW_MS = 15 * 60_000;
/** Failures until the door closes: from one address, and from everywhere together. */
const PER_ADDRESS = 5;
const PER_ACCOUNT = 50;
/** A try whose process died, or lost its database, gives its place back after this long. */
const TRY_LEASE_MS = 15_000;
const PENDING_WAIT_MS = 40;
const PENDING_TRIES = 100;

interface LoginAttempt {
  /** `<usernameKey> <network>`, or `<usernameKey> *` for all addresses */
  _id: string;
  account: string;
  /** of this window */
  failures: number;
  /** tries whose password is being checked right now */
  pending: { id: string; until: Date }[];
  windowEndsAt: Date;
}

/** A try's place in one count; it counts in that window and in no later one. */
interface Place {
  _id: string;
  windowEndsAt: Date;
  tryId: string;
}

export const loginAttemptSchema = new Schema<LoginAttempt>(
  { _id: String, account: String, failures: Number, pending: [Schema.Types.Mixed], windowEndsAt: Date },
  { collection: 'login_attempts', versionKey: false },
)
  // a window that is over is forgotten
  .index({ windowEndsAt: 1 }, { expireAfterSeconds: 60 })
  // forgive: an administrator has reset the password
  .index({ account: 1 });

/** One permitted try at a password; say how it ended. */
export interface Attempt {
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

/**
 * Counts failed log-ins in the database, so that all instances share the count. A try takes its place before the
 * password is checked, so no number of simultaneous guesses gets more than the limit. The window starts at the first
 * failure and is never prolonged; the next one may be filled again at once, from many addresses (ADR 9).
 */
@Injectable()
export class LoginAttempts {
  constructor(@InjectCollection(LOGIN_ATTEMPT) private readonly attempts: Collection<LoginAttempt>) {}

  /** @throws {AppError} RATE_LIMITED with the seconds until the window's end */
  async begin(account: string, ip: string): Promise<Attempt> {
    const tryId = randomUUID();
    const here = await this.take(`${account} ${clientNetwork(ip)}`, account, PER_ADDRESS, tryId);
    const everywhere = await this.take(`${account} *`, account, PER_ACCOUNT, tryId).catch(
      async (refusal: unknown) => {
        await this.settle(here, {});
        throw refusal;
      },
    );
    return {
      failed: () =>
        this.settleAll([here, { $inc: { failures: 1 } }], [everywhere, { $inc: { failures: 1 } }]),
      succeeded: () => this.settleAll([here, { $set: { failures: 0 } }], [everywhere, {}]),
    };
  }

  /** Opens the door again for an account, from everywhere. */
  async forgive(account: string, session?: ClientSession): Promise<void> {
    await this.attempts.deleteMany({ account }, { session });
  }

  /** Waits while the places are taken by tries that are still being checked; they free theirs within moments. */
  private async take(_id: string, account: string, limit: number, tryId: string): Promise<Place> {
    for (let attempt = 0; attempt < PENDING_TRIES; attempt++) {
      const { pending, failures, windowEndsAt } = await this.claim(_id, account, limit, tryId);
      if (pending.some(({ id }) => id === tryId)) return { _id, windowEndsAt, tryId };
      if (failures >= limit) {
        throw new AppError('RATE_LIMITED', {
          message: '登录失败次数过多，请稍后再试',
          retryAfter: Math.max(1, Math.ceil((windowEndsAt.getTime() - Date.now()) / 1000)),
        });
      }
      await pause(PENDING_WAIT_MS);
    }
    throw new AppError('RATE_LIMITED', { retryAfter: 1 });
  }

  /** One atomic step: begin a new window if there is none to go on with, then take a place if one is free. */
  private async claim(_id: string, account: string, limit: number, tryId: string): Promise<LoginAttempt> {
    const state = await this.attempts.findOneAndUpdate(
      { _id },
      claimStages(account, limit, tryId, new Date()),
      {
        upsert: true,
        returnDocument: 'after',
      },
    );
    if (!state) throw new Error('an upsert that returns its document returned none');
    return state;
  }

  private async settleAll(...settled: [Place, Outcome][]): Promise<void> {
    await Promise.all(settled.map(([place, outcome]) => this.settle(place, outcome)));
  }

  private async settle({ _id, windowEndsAt, tryId }: Place, outcome: Outcome): Promise<void> {
    await this.attempts.updateOne({ _id, windowEndsAt }, { $pull: { pending: { id: tryId } }, ...outcome });
  }
}

type Outcome = { $inc?: { failures: 1 }; $set?: { failures: 0 } };

function claimStages(account: string, limit: number, tryId: string, now: Date) {
  const over = { $lte: [{ $ifNull: ['$windowEndsAt', now] }, now] };
  const alive = {
    $filter: { input: { $ifNull: ['$pending', []] }, as: 'one', cond: { $gt: ['$$one.until', now] } },
  };
  const used = { $add: ['$failures', { $size: '$pending' }] };
  // a window in which nothing has failed has not begun
  const beginning = { $or: [over, { $eq: [used, 0] }] };
  const place = { id: tryId, until: new Date(now.getTime() + TRY_LEASE_MS) };
  return [
    {
      $set: {
        account,
        failures: { $cond: [over, 0, '$failures'] },
        pending: { $cond: [over, [], alive] },
      },
    },
    {
      $set: {
        windowEndsAt: { $cond: [beginning, new Date(now.getTime() + WINDOW_MS), '$windowEndsAt'] },
        pending: { $cond: [{ $lt: [used, limit] }, { $concatArrays: ['$pending', [place]] }, '$pending'] },
      },
    },
  ];
}
