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
      await this.connection.db?.command({ ping: 1 }, { timeoutMS: PING_TIMEOUT_MS });
    } catch (cause) {
      throw new AppError('SERVICE_UNAVAILABLE', { message: '数据库不可用', cause, retryAfter: 2 });
    }
  }

  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }
}
