import { join } from 'node:path';
import type { Connection } from 'mongoose';
import type { Settings } from '../config/settings';

/** Where the data is kept: a MongoDB named by MONGODB_URI, or the embedded server started for this process. */
export interface DatabaseServer {
  uri: string;
  embedded: boolean;
  /** whether the driver reports each command it sends; costs time, so only tests and benchmarks ask for it */
  observed?: boolean;
  stop(): Promise<void>;
}

export async function openDatabaseServer(settings: Settings, onCrash: () => void): Promise<DatabaseServer> {
  const { MONGODB_URI, EMBEDDED_MONGO_PORT } = settings.env;
  if (MONGODB_URI) return { uri: MONGODB_URI, embedded: false, stop: async () => undefined };
  // loaded only when it is needed: an installation with a database of its own never touches it
  const { spawnServer } = await import('@homecare/embedded-mongo');
  const server = await spawnServer({
    dataDir: join(settings.dataDir, 'mongo'),
    port: EMBEDDED_MONGO_PORT,
    onExit: onCrash,
  });
  return { uri: server.uri, embedded: true, stop: () => server.stop() };
}

/** The database to use, as an option of a connection; none where MONGODB_URI alone is to name it. */
export function databaseName({ embedded }: DatabaseServer, settings: Settings): { dbName?: string } {
  const dbName = settings.env.MONGODB_DATABASE ?? (embedded ? 'homecare' : undefined);
  return dbName === undefined ? {} : { dbName };
}

/** What the embedded server lists among its build's modules. */
const EMBEDDED_MARKER = 'embedded-mongo';

/** Production refuses the embedded server even when a URI leads to it. */
export async function refuseEmbeddedInProduction(connection: Connection, settings: Settings): Promise<void> {
  if (!settings.production) return;
  const info = await connection.db?.admin().command({ buildInfo: 1 });
  const modules: unknown = info?.['modules'];
  if (Array.isArray(modules) && modules.includes(EMBEDDED_MARKER)) {
    throw new Error('MONGODB_URI 指向内置数据库：生产环境必须使用真正的 MongoDB');
  }
}
