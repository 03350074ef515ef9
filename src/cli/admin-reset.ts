import '../source-maps';
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DynamicModule, Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { NestFactory } from '@nestjs/core';
import type { Connection } from 'mongoose';
import { ZodError } from 'zod';
import type { Surroundings } from '../app.module';
import { AccessModule } from '../common/access/access.module';
import { AuditModule } from '../common/audit/audit.module';
import { AppError } from '../common/errors/app-error';
import { IdempotencyModule } from '../common/idempotency/idempotency.module';
import { createLogger, NestLogger } from '../common/logging/logger';
import { LoggingModule } from '../common/logging/logging.module';
import { processEnvironment } from '../config/process-environment';
import { Settings } from '../config/settings';
import { SettingsModule } from '../config/settings.module';
import { DatabaseModule } from '../database/database.module';
import { ensureIndexes } from '../database/indexes';
import type { DatabaseServer } from '../database/server';
import { madeUpPassword } from '../modules/users/passwords';
import { username } from '../modules/users/users.dto';
import { UsersModule } from '../modules/users/users.module';
import { UsersService } from '../modules/users/users.service';
import { readableError } from '../readable-error';
import { sandboxKeys } from '../sandbox';
import { Mistake, openDatabase, say } from './command';

const USAGE = `用法：npm run admin:reset -- --username 登录名

找回系统管理员：把该账号设为启用的系统管理员（没有则新建），换上新的随机密码（只显示一次），
解除它的登录锁定，并使它之前的登录全部失效。数据库由 MONGODB_URI 指定；没有时是 DATA_DIR 中的
内置数据库，此时须先停止服务。`;

/** The accounts alone, as the service has them: no jobs are run, and nothing listens. */
@Module({})
class AccountsModule {
  static in({ settings, logger, database }: Surroundings): DynamicModule {
    return {
      module: AccountsModule,
      imports: [
        SettingsModule.with(settings),
        LoggingModule.with(logger),
        DatabaseModule.with(database),
        AccessModule,
        IdempotencyModule,
        AuditModule,
        UsersModule,
      ],
    };
  }
}

async function main(): Promise<void> {
  const name = readUsername(process.argv.slice(2));
  if (name === undefined) return say(USAGE);
  const environment = processEnvironment();
  const settings = Settings.load({
    ...environment,
    ...(await sandboxKeys(environment)),
    LOG_LEVEL: 'error',
    // nothing is counted here
    REDIS_URL: '',
  });
  const database = await open(settings);
  try {
    await reset(name, settings, database);
  } finally {
    await database.stop();
  }
}

/** @returns undefined when help was asked for */
function readUsername(args: string[]): string | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { username: { type: 'string' }, help: { type: 'boolean' } },
    });
    return values.help ? undefined : username.parse(values.username ?? '');
  } catch (error) {
    const why =
      error instanceof ZodError ? `--username ${error.issues[0]?.message}` : (error as Error).message;
    throw new Mistake(`${why}\n\n${USAGE}`);
  }
}

async function open(settings: Settings): Promise<DatabaseServer> {
  // a new database in a directory that was meant to be another one would help nobody
  if (!settings.env.MONGODB_URI && !existsSync(join(settings.dataDir, 'mongo')))
    throw new Mistake(`${settings.dataDir} 中没有内置数据库：请检查 DATA_DIR 或 MONGODB_URI`);
  return openDatabase(settings, fail);
}

async function reset(name: string, settings: Settings, database: DatabaseServer): Promise<void> {
  const logger = createLogger(settings);
  const accounts = AccountsModule.in({ settings, logger, database });
  const app = await NestFactory.createApplicationContext(accounts, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  try {
    await ensureIndexes(app.get<Connection>(getConnectionToken()), database.uri);
    const password = madeUpPassword();
    const caller = { principal: undefined, requestId: 'admin-reset', ip: '' };
    const isMade = await app.get(UsersService).recoverAdmin(name, password, caller);
    say(
      `${isMade ? '已新建' : '已重置'}系统管理员\n  ${name}  密码 ${password}（只显示这一次，请记下并尽快修改）`,
    );
  } finally {
    await app.close();
  }
}

function fail(error: unknown): void {
  const explained = error instanceof Mistake || error instanceof AppError;
  console.error(explained ? error.message : readableError(error));
  process.exit(1);
}

main().then(() => process.exit(0), fail);
