import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { Schema } from 'mongoose';
import { AppError } from '../../common/errors/app-error';

export const LOGIN_ATTEMPT = 'LoginAttempt';

const WINDOW_MS = 15 * 60_000;
/** Failures until the door closes: from one address, and from everywhere together. */
const PER_ADDRESS = 5;
const PER_ACCOUNT = 50;
const PENDING_WAIT_MS = 40;
const PENDING_TRIES = 100;

interface LoginAttempt {
  /** `<usernameKey> <ip>`, or `<usernameKey> *` for all addresses */
  _id: string;
  account: string;
  /** failures of this window, and tries whose password is being checked right now */
  failures: number;
  pending: number;
  windowEndsAt: Date;
  /** whether the last claim got a place; of meaning only in that claim's own answer */
  mine?: boolean;
}

export const loginAttemptSchema = new Schema<LoginAttempt>(
  { _id: String, account: String, failures: Number, pending: Number, windowEndsAt: Date },
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
 * failure and is never prolonged: whoever keeps guessing cannot keep the owner out for longer than a window.
 */
@Injectable()
export class LoginAttempts {
  constructor(@InjectCollection(LOGIN_ATTEMPT) private readonly attempts: Collection<LoginAttempt>) {}

  /** @throws {AppError} RATE_LIMITED with the seconds until the window's end */
  async begin(account: string, ip: string): Promise<Attempt> {
    const here = `${account} ${ip}`;
    const everywhere = `${account} *`;
    await this.take(here, account, PER_ADDRESS);
    try {
      await this.take(everywhere, account, PER_ACCOUNT);
    } catch (refusal) {
      await this.settle([here], 0);
      throw refusal;
    }
    return {
      failed: () => this.settle([here, everywhere], 1),
      succeeded: async () => {
        await this.settle([everywhere], 0);
        await this.attempts.updateOne({ _id: here }, { $set: { failures: 0 }, $inc: { pending: -1 } });
      },
    };
  }

  /** Opens the door again for an account, from everywhere. */
  async forgive(account: string): Promise<void> {
    await this.attempts.deleteMany({ account });
  }

  /** Waits while the places are taken by tries that are still being checked; they free theirs within moments. */
  private async take(id: string, account: string, limit: number): Promise<void> {
    for (let attempt = 0; attempt < PENDING_TRIES; attempt++) {
      const state = await this.claim(id, account, limit);
      if (state.mine) return;
      if (state.failures >= limit) {
        throw new AppError('RATE_LIMITED', {
          message: '登录失败次数过多，请稍后再试',
          retryAfter: Math.max(1, Math.ceil((state.windowEndsAt.getTime() - Date.now()) / 1000)),
        });
      }
      await pause(PENDING_WAIT_MS);
    }
    throw new AppError('RATE_LIMITED', { retryAfter: 1 });
  }

  /** One atomic step: begin a new window if the old one is over, then take a place if one is free. */
  private async claim(id: string, account: string, limit: number): Promise<LoginAttempt> {
    const now = new Date();
    const over = { $lte: [{ $ifNull: ['$windowEndsAt', now] }, now] };
    const free = { $lt: [{ $add: ['$failures', '$pending'] }, limit] };
    const state = await this.attempts.findOneAndUpdate(
      { _id: id },
      [
        {
          $set: {
            account,
            failures: { $cond: [over, 0, '$failures'] },
            pending: { $cond: [over, 0, '$pending'] },
            windowEndsAt: { $cond: [over, new Date(now.getTime() + WINDOW_MS), '$windowEndsAt'] },
          },
        },
        { $set: { mine: free, pending: { $cond: [free, { $add: ['$pending', 1] }, '$pending'] } } },
      ],
      { upsert: true, returnDocument: 'after' },
    );
    if (!state) throw new Error('an upsert that returns its document returned none');
    return state;
  }

  private async settle(ids: string[], failures: 0 | 1): Promise<void> {
    await this.attempts.updateMany({ _id: { $in: ids } }, { $inc: { pending: -1, failures } });
  }
}
