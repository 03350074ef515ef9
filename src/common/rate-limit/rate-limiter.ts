import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import Redis, { type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Settings } from '../../config/settings';
import { AppError } from '../errors/app-error';
import { after, type Awaitable } from '../async/after';
import { LOGGER } from '../logging/logging.module';
import { clientNetwork } from './client-network';
import { MemoryWindow, RedisWindow, type Window } from './fixed-window';
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
  private readonly perIp: Window;
  private readonly perUser: Window;
  private readonly named: ReadonlyMap<LimitName, Window>;

  constructor(
    settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.redis = settings.env.REDIS_URL ? this.connect(settings.env.REDIS_URL) : undefined;
    this.perIp = this.window('ip', settings.env.RATE_LIMIT_PER_IP, 60);
    this.perUser = this.window('user', settings.env.RATE_LIMIT_PER_USER, 60);
    this.named = new Map(
      Object.entries(LIMITS).map(([name, { points, seconds }]) => [
        name as LimitName,
        this.window(name, Math.max(1, Math.round(points * settings.env.RATE_LIMIT_FACTOR)), seconds),
      ]),
    );
  }

  /** @throws {AppError} RATE_LIMITED with the seconds to wait */
  takeForAddress(ip: string, names: readonly LimitName[] = []): Awaitable<void> {
    const network = clientNetwork(ip);
    return names.reduce<Awaitable<void>>(
      (taken, name) => after(taken, () => this.named.get(name)?.take(network)),
      this.perIp.take(network),
    );
  }

  /** @throws {AppError} RATE_LIMITED with the seconds to wait */
  takeForUser(user: string): Awaitable<void> {
    return this.perUser.take(user);
  }

  /**
   * Counts against one limit of the catalogue, by whatever key the caller chooses.
   * @throws {AppError} RATE_LIMITED with the seconds to wait
   */
  take(name: LimitName, key: string, points?: number): Awaitable<void> {
    return this.named.get(name)?.take(key, points);
  }

  /** Like take, for what is merely done differently beyond the limit. */
  async allows(name: LimitName, key: string): Promise<boolean> {
    try {
      await this.take(name, key);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'RATE_LIMITED') return false;
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.quit().catch(() => this.redis?.disconnect());
  }

  private window(name: string, points: number, seconds: number): Window {
    const limit = { name, points, seconds };
    if (!this.redis) return new MemoryWindow(limit);
    // a dead Redis must neither stop the service nor lift the limits
    return new RedisWindow(
      limit,
      this.redis,
      new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }),
    );
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, REDIS_OPTIONS);
    redis.on('error', (error: Error) =>
      this.logger.warn({ err: error }, 'Redis is away: limits are counted per process'),
    );
    return redis;
  }
}
