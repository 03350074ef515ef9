import { setTimeout as pause } from 'node:timers/promises';
import { MongoBackend } from '@agendajs/mongo-backend';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { Agenda, backoffStrategies, InMemoryNotificationChannel } from 'agenda';
import type { Connection, mongo } from 'mongoose';
import type { Logger } from 'pino';
import { Settings } from '../../config/settings';
import { duplicateKeyFields } from '../errors/duplicate-key';
import { LOGGER } from '../logging/logging.module';
import { Metrics } from '../metrics/metrics';

/** A job whose process has died is taken over by another one after this long. */
const LOCK_MS = 60_000;
const DRAIN_LOOK_MS = 20;
/** A handler that throws is tried again after 5 s, 10 s, …, at most this often. */
const RETRIES = { delay: 5_000, maxRetries: 6 };
const COLLECTION = 'jobs';
const KEPT_SECONDS = 30 * 24 * 3600;

type Handler = (data: never) => Promise<void>;

interface Definition {
  handler: Handler;
  concurrency: number;
  /** for what is done regularly, by one instance of all */
  intervalMs?: number;
}

/**
 * The durable queue: jobs are kept in MongoDB, each is run by one instance of however many, and a job that was
 * running when its process died is run again. A handler must therefore bear being run twice.
 *
 * Features define their handlers in onModuleInit; the queue starts once all of them are there.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly definitions = new Map<string, Definition>();
  private agenda: Agenda | undefined;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    private readonly settings: Settings,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** How to do the jobs of that name. One that throws is logged and run again later, a few times. */
  define<T>(name: string, handler: (data: T) => Promise<void>, concurrency = 5): void {
    this.definitions.set(name, { handler, concurrency });
  }

  /** Like define, for what one instance of all does at that interval, in milliseconds. */
  every(name: string, intervalMs: number, handler: () => Promise<void>): void {
    this.definitions.set(name, { handler, concurrency: 1, intervalMs });
  }

  /** Puts a job into the queue, to be run at once or from `at` on. */
  async enqueue(name: string, data: Record<string, unknown>, at: Date = new Date()): Promise<void> {
    if (!this.agenda) throw new Error('the queue has not been started');
    await this.agenda.schedule(at, name, data);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { db } = this.connection;
    if (!db) throw new Error('the connection must be open before the queue starts');
    const agenda = new Agenda({
      backend: new MongoBackend({ mongo: db, collection: COLLECTION }),
      processEvery: this.settings.env.JOBS_POLL_MS,
      defaultLockLifetime: LOCK_MS,
      // a job that this process has saved is looked at right away, not at the next look around
      notificationChannel: new InMemoryNotificationChannel(),
      removeOnComplete: true,
    });
    agenda.on('error', (error: Error) => this.logger.warn({ err: error }, 'queue: out of reach'));
    for (const [name, { handler, concurrency }] of this.definitions) {
      agenda.define(name, (job) => this.run(name, handler, job.attrs.data), {
        concurrency,
        lockLimit: concurrency,
        backoff: backoffStrategies.exponential(RETRIES),
      });
    }
    await agenda.ready;
    await agenda.start();
    this.agenda = agenda;
    await this.prepare(db.collection(COLLECTION));
    for (const [name, { intervalMs }] of this.definitions) {
      if (intervalMs) await this.schedule(agenda, name, intervalMs);
    }
    this.observe(db.collection(COLLECTION));
  }

  /**
   * Lets running jobs finish; what is only locked is freed for the other instances. A job runs from before it is
   * handled, when Agenda notes that it begins, until after it, when Agenda removes it: only Agenda knows both.
   */
  async beforeApplicationShutdown(): Promise<void> {
    const processor = this.agenda?.['jobProcessor'] as { runningJobs: unknown[] } | undefined;
    await this.agenda?.stop();
    // the other half is for what comes after
    const late = Date.now() + this.settings.env.SHUTDOWN_TIMEOUT_MS / 2;
    const runs = () => (processor?.runningJobs.length ?? 0) > 0;
    while (runs() && Date.now() < late) await pause(DRAIN_LOOK_MS);
  }

  private async prepare(jobs: mongo.Collection): Promise<void> {
    await jobs.createIndexes([
      // the next job to run: one that is free and due, or one whose process has died; others may wait by thousands
      { key: { name: 1, lockedAt: 1, nextRunAt: 1, priority: -1 } },
      // the metrics below
      { key: { nextRunAt: 1 } },
      // of what is done regularly, one, however many instances start at a time
      { key: { name: 1 }, unique: true, partialFilterExpression: { type: 'single' }, name: 'regular' },
      // one that failed to the end, or whose process ended before it could remove it
      { key: { lastFinishedAt: 1 }, expireAfterSeconds: KEPT_SECONDS },
    ]);
  }

  private async schedule(agenda: Agenda, name: string, intervalMs: number): Promise<void> {
    const every = () => agenda.every(intervalMs, name, undefined, { skipImmediate: true });
    // another instance has just made it: now there is one to update
    await every().catch((error: unknown) =>
      duplicateKeyFields(error) ? every() : Promise.reject(error as Error),
    );
  }

  private async run(name: string, handler: Handler, data: unknown): Promise<void> {
    try {
      await handler(data as never);
    } catch (error) {
      this.logger.error({ err: error, job: name }, 'job failed');
      throw error;
    }
  }

  private observe(jobs: mongo.Collection): void {
    const due = () => ({ nextRunAt: { $lte: new Date() } });
    this.metrics.gauge(
      'queue_jobs_due',
      'Jobs whose time has come and that are not done yet, of all instances',
      () => jobs.countDocuments(due()),
    );
    this.metrics.gauge(
      'queue_oldest_due_seconds',
      'How long the job that is due longest has been waiting',
      async () => {
        const oldest = await jobs.findOne(due(), { sort: { nextRunAt: 1 }, projection: { nextRunAt: 1 } });
        return oldest ? (Date.now() - (oldest['nextRunAt'] as Date).getTime()) / 1000 : 0;
      },
    );
  }
}
