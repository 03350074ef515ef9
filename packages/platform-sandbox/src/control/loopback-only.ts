import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ControlError } from './control-error';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The host that a browser believes to talk to: another one may lead here by way of a name server. */
const hostOf = (request: FastifyRequest): string => request.headers.host ?? '';
const isLoopback = (host: string): boolean =>
  URL.canParse(`http://${host}`) && LOOPBACK.has(new URL(`http://${host}`).hostname);

/**
 * Keeps other web sites out: a page of theirs, in a browser on this machine, could reach the port.
 * @throws ControlError 403
 */
function requireOwnSite(request: FastifyRequest): void {
  const host = hostOf(request);
  if (!isLoopback(host)) throw new ControlError(403, 'only for callers on this machine');
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign || site === 'cross-site' || site === 'same-site')
    throw new ControlError(403, 'not from another site');
}

export function loopbackOnly(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, next) => {
    requireOwnSite(request);
    next();
  });
}
