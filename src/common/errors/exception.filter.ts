import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { failureBody } from '../http/envelope';
import type { Convention } from '../http/route-config';
import { LOGGER } from '../logging/logging.module';
import type { AppError } from './app-error';
import { normaliseError } from './normalise-error';

/** The one place where an error becomes an answer, for both APIs, hooks and handlers alike. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = normaliseError(thrown);
    this.record(error, request);
    if (reply.sent) return;
    if (error.retryAfter !== undefined) reply.header('Retry-After', error.retryAfter);
    reply.status(error.status).send(failureBody(conventionOf(request), error, request.id));
  }

  /** A stack goes into the log, never into the answer. */
  private record(error: AppError, request: FastifyRequest): void {
    if (error.status < 500) return;
    const { requestId, route } = { requestId: request.id, route: request.routeOptions.url };
    this.logger.error({ requestId, route, code: error.code, err: error.cause ?? error }, 'request failed');
  }
}

/** A route says which API it belongs to; an unknown path is judged by its prefix. */
export function conventionOf(request: FastifyRequest): Convention {
  const { convention } = request.routeOptions.config;
  if (convention && convention !== 'plain') return convention;
  return /^\/(api|metrics)(\/|\?|$)/.test(request.url) ? 'crm' : 'marketplace';
}
