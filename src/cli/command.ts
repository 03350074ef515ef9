import { type Connection, createConnection, type ConnectOptions } from 'mongoose';
import type { Settings } from '../config/settings';
import { databaseName, type DatabaseServer, openDatabaseServer } from '../database/server';
import { SERVER_WAIT_MS } from '../database/time-limits';

/** What the person at the terminal has to put right: told as it is, without a stack. */
export class Mistake extends Error {}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * The database of the settings, for one command. An embedded one is the command's own until it is stopped.
 * @throws Mistake when that is in use, mostly by the service
 */
export async function openDatabase(
  settings: Settings,
  onCrash: (error: Error) => void,
): Promise<DatabaseServer> {
  try {
    return await openDatabaseServer(settings, () => onCrash(new Mistake('内置数据库意外退出')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = `${settings.dataDir} 中的内置数据库打不开；如果服务正在运行，请先停止它。（${why}）`;
    throw new Mistake(what, { cause });
  }
}

/** A connection that makes nothing by itself and gives up soon when there is no server. */
export function connectTo(
  server: DatabaseServer,
  settings: Settings,
  options: ConnectOptions = {},
): Promise<Connection> {
  return createConnection(server.uri, {
    ...databaseName(server, settings),
    serverSelectionTimeoutMS: SERVER_WAIT_MS,
    autoIndex: false,
    autoCreate: false,
    ...options,
  }).asPromise();
}
