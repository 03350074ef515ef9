import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AccessControl } from '../access/access-control';
import type { Metrics } from '../metrics/metrics';
import { successBody } from './envelope';
import { securityHeaders } from './security-headers';

/** A caller's own request id is kept when it is short and harmless in a log. */
const REQUEST_ID = /^[\w.-]{8,64}$/;

export function requestIdOf(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

interface Collaborators {
  access: AccessControl;
  metrics: Metrics;
  logger: Logger;
}

/**
 * What happens around every handler, as Fastify hooks: an interceptor for the same would cost
 * every request a chain of observables.
 */
export function addHooks(fastify: FastifyInstance, { access, metrics, logger }: Collaborators): void {
  const security = securityHeaders();
  fastify.decorateRequest('caller', null as never);
  fastify.addHook('onRequest', (request, reply, done) => {
    metrics.accepted(reply);
    reply.headers(security).header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onRequest', access.check);
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    done(null, reply.statusCode < 400 ? envelope(request, payload) : payload);
  });
  // null never reaches preSerialization
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (payload !== null && payload !== undefined) return done(null, payload);
    if (reply.statusCode !== 200 || !request.routeOptions.config.convention) return done(null, payload);
    reply.type('application/json; charset=utf-8');
    done(null, JSON.stringify(envelope(request, null)));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request, reply);
    logRequest(logger, request, reply);
    done();
  });
}

function envelope(request: FastifyRequest, result: unknown): unknown {
  const { convention = 'plain', message } = request.routeOptions.config;
  return successBody(convention, result, message);
}

/** One line a request, written after the answer is out; the path's pattern, so no id and no query is in it. */
function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { principal, ip } = request.caller ?? {};
  logger.info(
    {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip,
      user: principal && `${principal.kind}:${principal.id}`,
    },
    'request',
  );
}
