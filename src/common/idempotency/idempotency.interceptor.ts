import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { Idempotency, keyOf } from './idempotency.service';

/**
 * Runs the handler of a create inside of the transaction that keeps its answer, where the request has a key.
 * The handler must therefore reach outside of the database through the queue only, unless it opens its own transactions.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = keyOf(request);
    // the content of a form is known when it has been received, by the handler, which goes on with the key itself
    if (key === undefined || request.routeOptions.config.largestUpload !== undefined) return next.handle();
    return from(this.once(request, http.getResponse<FastifyReply>(), next));
  }

  private async once(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const { caller, routeOptions } = request;
    const handle = (): Promise<unknown> => firstValueFrom(next.handle(), { defaultValue: null });
    try {
      return await this.idempotency.once<unknown>({ request, reply }, request.body, (commit) => {
        if (routeOptions.config.idempotency === 'own-transactions') return handle();
        return commit((session) => {
          caller.session = session;
          return handle();
        });
      });
    } finally {
      delete caller.session;
    }
  }
}
