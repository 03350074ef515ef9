import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientSession } from 'mongoose';
import { Settings } from '../../config/settings';
import { Transactions } from '../../database/transactions';
import { type AppError, invalidField } from '../errors/app-error';
import { normaliseError } from '../errors/normalise-error';
import { failureBody, successBody } from '../http/envelope';
import type { Exchange } from '../http/exchange';
import { AnswerSeal } from './answer-seal';
import { canonical } from './canonical';
import { LEASE_MS } from './idempotency.schema';
import { IdempotencyStore, type StoredAnswer } from './idempotency.store';

/** Runs `work` in the one transaction of a call, together with the keeping of its answer where it has a key. */
export type Commit<T> = (work: (session: ClientSession) => Promise<T>) => Promise<T>;

/** Makes creates safe to repeat under one Idempotency-Key. */
@Injectable()
export class Idempotency {
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

  /**
   * Runs `work` once for the request's key; without a key, whenever it is called.
   *
   * `work` calls `commit`, once. What it does there is one transaction with the keeping of the answer, so there is no
   * moment at which the record exists and the key does not know it: a crash undoes both, and the key is free when its
   * lease is over. Before that, `work` may prepare what can be thrown away, and takes the time that it needs; when it
   * throws, it has thrown that away. Without a `commit` its answer is kept when it has ended: what it did in
   * transactions of its own it must be able to do again.
   * @param content the request's, plain data: under one key, other content is another request
   * @returns what `work` gave, or with a key the whole answer, as text that leaves as it is
   * @throws {AppError} IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_PROGRESS; INVALID_PARAMS for a key of another form
   */
  async once<T>(
    exchange: Exchange,
    content: unknown,
    work: (commit: Commit<T>) => Promise<T>,
  ): Promise<T | string> {
    const { request, reply } = exchange;
    const key = keyOf(request);
    if (key === undefined) return work((inside) => this.transactions.run(request.caller, inside));
    const id = this.digest(scopeOf(request, key));
    // the same words about another record are another request
    const contentHash = this.digest(canonical([request.params ?? null, content ?? null]));
    const claim = await this.store.claim(id, contentHash);
    if (!claim.first) return this.replay(id, claim.answer, reply);
    request.caller.claim = this.digest(`${id}:${contentHash}`);
    const answer = await this.runFirst(id, claim.holder, exchange, work);
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

  private async runFirst<T>(
    id: string,
    holder: string,
    exchange: Exchange,
    work: (commit: Commit<T>) => Promise<T>,
  ): Promise<StoredAnswer> {
    const { request } = exchange;
    const kept: { answer?: StoredAnswer } = {};
    const keepAnswer = async (result: T, session?: ClientSession): Promise<StoredAnswer> => {
      const answer = success(exchange, result);
      await this.keep(id, holder, answer, session);
      return answer;
    };
    // until the commit, which is short and would meet the prolonging in one document
    const lease = setInterval(() => this.prolong(id, holder), LEASE_MS / 3);
    const commit: Commit<T> = (inside) => {
      clearInterval(lease);
      return this.transactions.run(request.caller, async (session) => {
        const result = await inside(session);
        kept.answer = await keepAnswer(result, session);
        return result;
      });
    };
    try {
      const result = await work(commit);
      return kept.answer ?? (await keepAnswer(result));
    } catch (thrown) {
      return await this.settleFailure(id, holder, normaliseError(thrown), request);
    } finally {
      clearInterval(lease);
    }
  }

  /** What fails here shows when the answer is to be kept. */
  private prolong(id: string, holder: string): void {
    this.store.prolong(id, holder).catch(() => undefined);
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

function success({ request, reply }: Exchange, result: unknown): StoredAnswer {
  const { convention = 'crm', message } = request.routeOptions.config;
  const authorization = reply.getHeader('Authorization');
  return {
    status: 200,
    body: JSON.stringify(successBody(convention, result, message)),
    ...(typeof authorization === 'string' ? { authorization } : {}),
  };
}

/** @throws {AppError} INVALID_PARAMS for a key of another form */
export function keyOf(request: FastifyRequest): string | undefined {
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
