import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from './database';
import type { Engine } from './command';
import { dispatch, hello, REPLICA_SET } from './dispatch';
import { expire } from './edits';
import { asServerError } from './expressions';
import { lockDirectory } from './lock';
import { frameAnswer, MessageSplitter, parseRequest, type Request } from './message';
import { Cursors } from './cursors';
import { Sessions } from './sessions';

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

/** How often expired documents, idle sessions and idle cursors are looked for. */
const HOUSEKEEPING_MS = 1000;

function keepHouse(engine: Engine): NodeJS.Timeout {
  let expiring = Promise.resolve();
  return setInterval(() => {
    engine.sessions.forgetIdle(Date.now());
    engine.cursors.forgetIdle(Date.now());
    // What could not be deleted now is due the next time too.
    expiring = expiring.then(() => expire(engine)).catch(() => undefined);
  }, HOUSEKEEPING_MS);
}

/** Serves one client's socket: requests in, answers out, in any order of completion. */
function serve(socket: Socket, engine: Engine, host: string, connectionId: number): void {
  const splitter = new MessageSplitter();
  const answer = async (request: Request): Promise<void> => {
    const framed = await dispatch(engine, request.body, host, connectionId)
      .then((result) => frameAnswer(request, result))
      // So is an answer that is too large to be sent.
      .catch((error: unknown) => frameAnswer(request, asServerError(error).toReply()));
    if (!request.isUnacknowledged && socket.writable) socket.write(framed);
  };
  /** Says every so often that the server is there, until the driver is not. */
  const beat = async (request: Request): Promise<void> => {
    for (;;) {
      await sleep(Number(request.body['maxAwaitTimeMS']), undefined, { ref: false });
      if (!socket.writable) return;
      socket.write(frameAnswer(request, hello('hello', host, connectionId), true));
    }
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const message of splitter.push(chunk)) {
        const request = parseRequest(message);
        const isHeartbeat = request.takesStream && 'maxAwaitTimeMS' in request.body;
        void (isHeartbeat ? beat(request) : answer(request));
      }
    } catch {
      // Whoever sends what is no message cannot be answered.
      socket.destroy();
    }
  });
}

/**
 * Starts the server in this process.
 * @throws Error when another process uses the directory and does not end within ten seconds, or the port is taken
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, port: wanted = 0, host = '127.0.0.1' } = options;
  mkdirSync(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  const database = new Database(dataDir);
  const counters = { keys: 0, documents: 0 };
  const engine: Engine = { database, sessions: new Sessions(database), cursors: new Cursors(), counters };
  const sockets = new Set<Socket>();
  const address = (): string => `${host}:${(listener.address() as AddressInfo).port}`;
  const listener = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    serve(socket, engine, address(), sockets.size);
  });
  const end = async (): Promise<void> => {
    await database.close();
    unlock();
  };
  try {
    await new Promise<void>((resolve, reject) =>
      listener.once('error', reject).listen(wanted, host, resolve),
    );
  } catch (error) {
    await end();
    throw error;
  }
  const { port } = listener.address() as AddressInfo;
  const timer = keepHouse(engine);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
    await end();
  };
  const uri = `mongodb://${address()}/?replicaSet=${REPLICA_SET}&directConnection=true`;
  return { uri, port, close: () => (closing ??= close()) };
}
