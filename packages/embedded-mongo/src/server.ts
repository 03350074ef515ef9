import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Engine } from './engine';
import { REPLICA_SET } from './commands/server-info';
import { lockDirectory } from './storage/data-lock';
import { serveConnection } from './wire/connection';

export interface ServerOptions {
  /** Where the data is kept; made if missing. Only one server at a time may use it. */
  dataDir: string;
  /** 0 takes a free one. */
  port?: number;
  host?: string;
}

export interface RunningServer {
  uri: string;
  port: number;
  close(): Promise<void>;
}

/** How often expired documents, idle transactions and idle cursors are looked for. */
const HOUSEKEEPING_MS = 1000;

export const uriOf = (host: string, port: number): string =>
  `mongodb://${host}:${port}/?replicaSet=${REPLICA_SET}&directConnection=true`;

function keepHouse(engine: Engine): NodeJS.Timeout {
  let running = false;
  return setInterval(() => {
    const now = Date.now();
    engine.transactions.abortIdle(now);
    engine.cursors.closeIdle(now);
    engine.retries.forgetIdle(now);
    if (running) return;
    running = true;
    engine
      .expire(now)
      // What could not be deleted now is due the next time too.
      .catch(() => undefined)
      .finally(() => {
        running = false;
      });
  }, HOUSEKEEPING_MS);
}

/**
 * Starts the server in this process.
 * @throws Error when another process uses the directory and does not end within ten seconds, or the port is taken
 */
export async function startServer({
  dataDir,
  port = 0,
  host = '127.0.0.1',
}: ServerOptions): Promise<RunningServer> {
  mkdirSync(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  const engine = new Engine(dataDir);
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    connections += 1;
    serveConnection(socket, engine, { host: `${host}:${actualPort}`, connectionId: connections });
  });
  let actualPort = port;
  try {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, host, resolve);
    });
  } catch (error) {
    await engine.close();
    unlock();
    throw error;
  }
  actualPort = (listener.address() as AddressInfo).port;
  const timer = keepHouse(engine);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
    await engine.close();
    unlock();
  };
  return { uri: uriOf(host, actualPort), port: actualPort, close: () => (closing ??= close()) };
}
