import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { createApp } from './app.setup';
import { firstAdminNotice, localUrl, startupBanner } from './banner';
import { createLogger } from './common/logging/logger';
import { Settings } from './config/settings';
import { ensureIndexes } from './database/indexes';
import { openDatabaseServer } from './database/server';
import { FirstAdmin } from './modules/users/first-admin';
import { openSandbox, sandboxKeys } from './sandbox';

/** Starts the whole service: settings, database, indexes, application, first administrator; then says where it is. */
export async function startService(environment: Record<string, string | undefined>): Promise<void> {
  // what is wrong with the settings is told before anything is started
  Settings.load({ ...environment, ...(await sandboxKeys(environment)) });
  const sandbox = await openSandbox(environment);
  const settings = Settings.load({ ...environment, ...sandbox?.environment });
  const logger = createLogger(settings);
  let stop: Stop = async () => undefined;
  const database = await openDatabaseServer(settings, () => void stop('the embedded database has ended', 1));
  const surroundings = {
    stop: async () => {
      await sandbox?.stop();
      await database.stop();
    },
  };
  try {
    const app = await createApp({ settings, logger, database });
    stop = stopper(app, surroundings, settings, logger);
    process.once('SIGTERM', () => void stop('SIGTERM', 0));
    process.once('SIGINT', () => void stop('SIGINT', 0));
    await ensureIndexes(app.get<Connection>(getConnectionToken()), database.uri);
    await app.init();
    const firstAdmin = await app.get(FirstAdmin).ensure(database.embedded);
    // at once: the account stays when what follows fails, and nobody is told its password again
    process.stdout.write(firstAdminNotice(firstAdmin));
    if (firstAdmin.kind === 'missing')
      logger.warn({ username: firstAdmin.takenName }, 'there is no administrator');
    // in the sandbox anybody is whoever they say: other machines are let in by an explicit HOST only
    const host = sandbox && !environment['HOST'] ? '127.0.0.1' : settings.env.HOST;
    await app.listen(settings.env.PORT, host);
    const url = localUrl(await app.getUrl());
    await sandbox?.deliverTo(url);
    process.stdout.write(startupBanner({ url, settings, database, sandboxUrl: sandbox?.url, firstAdmin }));
  } catch (error) {
    await surroundings.stop();
    throw error;
  }
}

/** Ends the process with this exit code, or with 1 when something goes wrong on the way. */
type Stop = (why: string, exitCode: number) => Promise<void>;

/**
 * Ends in order: no new requests, what was accepted is finished, connections are closed, the platform sandbox and the database last.
 * Takes no longer than SHUTDOWN_TIMEOUT_MS.
 */
function stopper(
  app: NestFastifyApplication,
  surroundings: { stop(): Promise<void> },
  settings: Settings,
  logger: Logger,
): Stop {
  let stopping: Promise<void> | undefined;
  const run = async (why: string): Promise<void> => {
    logger.info({ why }, 'stopping');
    const late = setTimeout(() => {
      logger.error('not finished in time: ending anyway');
      process.exit(1);
    }, settings.env.SHUTDOWN_TIMEOUT_MS);
    await closeDrained(app);
    await surroundings.stop();
    clearTimeout(late);
    logger.info('stopped');
    logger.flush();
  };
  return (why, exitCode) => {
    stopping ??= run(why).then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
    return stopping;
  };
}

const DRAIN_MS = 50;

/** A connection whose last answer went out after the closing began stays open for a next request that must not come. */
async function closeDrained(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const drain = setInterval(() => server.closeIdleConnections(), DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearInterval(drain);
  }
}
