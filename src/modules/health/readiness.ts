import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { AppError } from '../../common/errors/app-error';

const PING_TIMEOUT_MS = 2000;

/** Whether this process should be sent requests. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  private shuttingDown = false;

  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** @throws {AppError} SERVICE_UNAVAILABLE while shutting down or without a database */
  async check(): Promise<void> {
    if (this.shuttingDown) throw new AppError('SERVICE_UNAVAILABLE', { message: '服务正在关闭' });
    try {
      await within(PING_TIMEOUT_MS, this.connection.db?.command({ ping: 1 }));
    } catch (cause) {
      throw new AppError('SERVICE_UNAVAILABLE', { message: '数据库不可用', cause, retryAfter: 2 });
    }
  }

  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }
}

/** The driver's own limits begin anew with each connection that it tries; whoever asks for readiness waits for one. */
async function within<T>(ms: number, work: Promise<T> | undefined): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
