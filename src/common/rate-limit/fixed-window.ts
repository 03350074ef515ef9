import type { Awaitable } from '../async/after';
import { RateLimiterRedis, RateLimiterRes, type RateLimiterMemory } from 'rate-limiter-flexible';
import type Redis from 'ioredis';
import { AppError } from '../errors/app-error';

export interface Limit {
  name: string;
  points: number;
  seconds: number;
}

/** Counts what a key does within a window of time. */
export interface Window {
  /**
   * Takes a point, or several at once.
   * @throws {AppError} RATE_LIMITED with the seconds until the window's end
   */
  take(key: string, points?: number): Awaitable<void>;
}

/** A window in this process's memory: no promise, since each request passes through two of them. */
export class MemoryWindow implements Window {
  private readonly counts = new Map<string, { taken: number; endsAt: number }>();
  private nextSweep = 0;

  constructor(private readonly limit: Limit) {}

  take(key: string, points = 1): void {
    const now = Date.now();
    if (now >= this.nextSweep) this.sweep(now);
    const count = this.counts.get(key);
    if (!count || now >= count.endsAt) {
      this.counts.set(key, { taken: points, endsAt: now + this.limit.seconds * 1000 });
      return;
    }
    if (count.taken >= this.limit.points) throw refusal(count.endsAt - now);
    count.taken += points;
  }

  /** Once a window's time, so that memory holds the keys of two windows at most. */
  private sweep(now: number): void {
    this.nextSweep = now + this.limit.seconds * 1000;
    for (const [key, { endsAt }] of this.counts) if (now >= endsAt) this.counts.delete(key);
  }
}

/** A window that all instances share; when Redis is away, `insurance` counts for this process. */
export class RedisWindow implements Window {
  private readonly limiter: RateLimiterRedis;

  constructor(limit: Limit, redis: Redis, insurance: RateLimiterMemory) {
    this.limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `limit:${limit.name}`,
      points: limit.points,
      duration: limit.seconds,
      insuranceLimiter: insurance,
      rejectIfRedisNotReady: true,
    });
  }

  async take(key: string, points = 1): Promise<void> {
    try {
      await this.limiter.consume(key, points);
    } catch (thrown) {
      throw thrown instanceof RateLimiterRes ? refusal(thrown.msBeforeNext) : thrown;
    }
  }
}

function refusal(milliseconds: number): AppError {
  return new AppError('RATE_LIMITED', { retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)) });
}
