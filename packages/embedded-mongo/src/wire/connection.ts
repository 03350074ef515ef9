import type { Socket } from 'node:net';
import { dispatch } from '../commands/dispatch';
import type { Engine } from '../engine';
import { sessionId } from '../commands/sessions';
import { frameAnswer, MessageSplitter, parseRequest, type Request } from './message';

/** A driver may close one of its connections and go on with a transaction over another one. */
const GRACE_MS = 500;

/** Serves one client's socket: requests in, answers out, in any order of completion. */
export function serveConnection(
  socket: Socket,
  engine: Engine,
  identity: { host: string; connectionId: number },
): void {
  const splitter = new MessageSplitter();
  const transactions = new Set<string>();
  socket.setNoDelay(true);

  async function answer(request: Request): Promise<void> {
    if (request.body['autocommit'] === false) transactions.add(sessionId(request.body['lsid']));
    const result = await dispatch(engine, request.body, identity);
    if (!request.isUnacknowledged && socket.writable) socket.write(frameAnswer(request, result));
  }

  socket.on('data', (chunk) => {
    try {
      for (const message of splitter.push(chunk)) {
        answer(parseRequest(message)).catch((error: unknown) => socket.destroy(error as Error));
      }
    } catch {
      // Whoever sends what is no message cannot be answered.
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  // A client that has gone will not end its transactions, and others may be waiting for them.
  socket.on('close', () => {
    const closedAt = Date.now();
    const abandon = (): void =>
      transactions.forEach((session) => engine.transactions.abandon(session, closedAt));
    if (transactions.size > 0) setTimeout(abandon, GRACE_MS).unref();
  });
}
