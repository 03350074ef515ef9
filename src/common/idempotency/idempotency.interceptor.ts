import { createHmac } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientSession } from 'mongoose';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { Settings } from '../../config/settings';
import { Transactions } from '../../database/transactions';
import { type AppError, invalidField } from '../errors/app-error';
import { normaliseError } from '../errors/normalise-error';
import { failureBody, successBody } from '../http/envelope';
import { AnswerSeal } from './answer-seal';
import { IdempotencyStore, type StoredAnswer } from './idempotency.store';

/**
 * Makes a create safe to repeat under one Idempotency-Key.
 *
 * The handler runs inside one transaction together with the storing of its answer, so there is no moment at which the
 * record exists and the key does not know it: a crash undoes both, and the key is free when its lease is over.
 * The handler must therefore reach outside of the database through the queue only.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly secret: string;
  private readonly seal: AnswerSeal;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly transactions: Transactions,
    settings: Settings,
  ) {
    this.secret = settings.jwtSecret;
    this.seal = new AnswerSeal(settings.jwtSecret);
  }

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = keyOf(request);
    if (key === undefined) return next.handle();
    return from(this.once(key, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<string> {
    const id = this.digest(scopeOf(request, key));
    // the same words about another record are another request
    const content = [request.params ?? null, request.body ?? null];
    const claim = await this.store.claim(id, this.digest(canonical(content)));
    if (!claim.first) return this.replay(id, claim.answer, reply);
    const answer = await this.runFirst(id, claim.holder, request, reply, next);
    reply.status(answer.status).type('application/json; charset=utf-8');
    return answer.body;
  }

  private replay(id: string, { status, body, authorization }: StoredAnswer, reply: FastifyReply): string {
    reply.header('Idempotency-Replayed', 'true').status(status).type('application/json; charset=utf-8');
    if (authorization) reply.header('Authorization', this.seal.open(authorization, id));
    return this.seal.open(body, id);
  }

  /** Keyed, since a body may hold a password: a bare hash kept for a day would let it be guessed past argon2id. */
  private digest(text: string): string {
    return createHmac('sha256', this.secret).update(`idempotency:${text}`).digest('hex');
  }

  private async runFirst(
    id: string,
    holder: string,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<StoredAnswer> {
    const runAndKeep = async (session?: ClientSession) => {
      const answer = success(request, reply, await firstValueFrom(next.handle(), { defaultValue: null }));
      await this.keep(id, holder, answer, session);
      return answer;
    };
    try {
      // awaited here, so that what it throws is settled
      if (request.routeOptions.config.idempotency === 'own-transactions') return await runAndKeep();
      return await this.transactions.run(request.caller, (session) => {
        request.caller.session = session;
        return runAndKeep(session);
      });
    } catch (thrown) {
      return await this.settleFailure(id, holder, normaliseError(thrown), request);
    } finally {
      delete request.caller.session;
    }
  }

  /**
   * What the caller did wrong stays wrong however often it is sent, and gets the very same answer each time;
   * what the service did wrong may be tried again.
   */
  private async settleFailure(
    id: string,
    holder: string,
    error: AppError,
    request: FastifyRequest,
  ): Promise<StoredAnswer> {
    if (error.status >= 500 || error.status === 429) {
      await this.store.release(id, holder);
      throw error;
    }
    const { convention = 'crm' } = request.routeOptions.config;
    const answer = {
      status: error.status,
      body: JSON.stringify(failureBody(convention, error, request.id)),
    };
    await this.keep(id, holder, answer);
    return answer;
  }

  private keep(id: string, holder: string, answer: StoredAnswer, session?: ClientSession): Promise<void> {
    const { status, body, authorization } = answer;
    const sealed = {
      status,
      body: this.seal.seal(body, id),
      ...(authorization ? { authorization: this.seal.seal(authorization, id) } : {}),
    };
    return this.store.keep(id, holder, sealed, session);
  }
}

function success(request: FastifyRequest, reply: FastifyReply, result: unknown): StoredAnswer {
  const { convention = 'crm', message } = request.routeOptions.config;
  const authorization = reply.getHeader('Authorization');
  return {
    status: 200,
    body: JSON.stringify(successBody(convention, result, message)),
    ...(typeof authorization === 'string' ? { authorization } : {}),
  };
}

function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalidField('Idempotency-Key', '幂等键应为 1–255 个可见 ASCII 字符');
}

/** Caller + method + route + key; a public route's caller is its address. */
function scopeOf(request: FastifyRequest, key: string): string {
  const { principal, ip } = request.caller;
  const who = principal ? `${principal.kind}:${principal.id}` : `ip:${ip}`;
  return JSON.stringify([who, request.method, request.routeOptions.url, key]);
}

/** Deeper than any request of this service, and far from what the stack can hold. */
const DEEPEST_BODY = 64;

/** JSON with sorted keys: the same request is the same, in whatever order a client writes its fields. */
function canonical(value: unknown, depth = 0): string {
  if (depth > DEEPEST_BODY) throw invalidField('body', '请求内容嵌套太深');
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field, depth + 1)}`).join(',')}}`;
}
