import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What has been sent before the shutdown began is read by then. */
const ON_ITS_WAY_MS = 500;

/**
 * Browsers open connections before they have anything to ask. Node does not count one of these as idle, so that a
 * shutdown would wait for its first request as long as headers may take: it is closed soon after the server.
 */
export function closeUnusedConnections(fastify: FastifyInstance): void {
  const sockets = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, ON_ITS_WAY_MS).unref();
    done();
  });
}
