import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import Redis, { type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { Settings } from '../../config/settings';
import { AppError } from '../errors/app-error';
import { LOGGER } from '../logging/logging.module';
import { type LimitName, LIMITS } from './limits';

const REDIS_OPTIONS: RedisOptions & { disconnectTimeout: number } = {
  maxRetriesPerRequest: 1,
  commandTimeout: 500,
  enableOfflineQueue: false,
  // the library waits this long even for a connection that is gone already, and the process with it
  disconnectTimeout: 500,
};

/** Counts requests per address and per user: in memory, or in Redis for all instances together. */
@Injectable()
export class RateLimiter implements OnApplicationShutdown {
  private readonly redis: Redis | undefined;
  private readonly perIp: RateLimiterAbstract;
  private readonly perUser: RateLimiterAbstract;
  private readonly named: ReadonlyMap<LimitName, RateLimiterAbstract>;

  constructor(
    settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.redis = settings.env.REDIS_URL ? this.connect(settings.env.REDIS_URL) : undefined;
    this.perIp = this.limiter('ip', settings.env.RATE_LIMIT_PER_IP, 60);
    this.perUser = this.limiter('user', settings.env.RATE_LIMIT_PER_USER, 60);
    this.named = new Map(
      Object.entries(LIMITS).map(([name, { points, seconds }]) => [
        name as LimitName,
        this.limiter(name, Math.max(1, Math.round(points * settings.env.RATE_LIMIT_FACTOR)), seconds),
      ]),
    );
  }

  /** @throws {AppError} RATE_LIMITED with the seconds to wait */
  async takeForAddress(ip: string, names: readonly LimitName[] = []): Promise<void> {
    await take(this.perIp, ip);
    for (const name of names) {
      const limiter = this.named.get(name);
      if (limiter) await take(limiter, ip);
    }
  }

  /** @throws {AppError} RATE_LIMITED with the seconds to wait */
  takeForUser(user: string): Promise<void> {
    return take(this.perUser, user);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.quit().catch(() => this.redis?.disconnect());
  }

  private limiter(name: string, points: number, seconds: number): RateLimiterAbstract {
    const memory = new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
    if (!this.redis) return memory;
    return new RateLimiterRedis({
      storeClient: this.redis,
      keyPrefix: `limit:${name}`,
      points,
      duration: seconds,
      // a dead Redis must neither stop the service nor lift the limits
      insuranceLimiter: memory,
      rejectIfRedisNotReady: true,
    });
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, REDIS_OPTIONS);
    redis.on('error', (error: Error) =>
      this.logger.warn({ err: error }, 'Redis is away: limits are counted per process'),
    );
    return redis;
  }
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new AppError('RATE_LIMITED', { retryAfter: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) });
  }
}
