import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Calls } from './calls';
import type { Fault, Faults } from './faults';
import {
  Download,
  NoContent,
  Picture,
  Refusal,
  type Errcode,
  type Platform,
  type PlatformAnswer,
  type PlatformRoute,
} from './platform';

export interface Mechanisms {
  faults: Faults;
  calls: Calls;
}

type Outcome = Refusal | PlatformAnswer;

/** Mounts a platform's routes, each with its faults and its line in the log of calls. */
export function servePlatform(app: FastifyInstance, platform: Platform, mechanisms: Mechanisms): void {
  for (const route of platform.routes) {
    app.route({
      // a platform answers a wrong method itself, in its own words
      method: ['GET', 'POST'],
      url: route.path,
      exposeHeadRoute: false,
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      handler: (request, reply) => new Exchange(platform, mechanisms, request, reply).run(route),
    });
  }
  app.setNotFoundHandler((request, reply) =>
    new Exchange(platform, mechanisms, request, reply).refuseRoute(),
  );
}

/** One call from its arrival to its answer, or to the fault that takes the answer's place. */
class Exchange {
  private readonly startedAt = Date.now();

  constructor(
    private readonly platform: Platform,
    private readonly mechanisms: Mechanisms,
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
  ) {}

  async run(route: PlatformRoute): Promise<FastifyReply> {
    const fault = this.mechanisms.faults.take(this.platform.name, route.path);
    if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false });
    else if (fault?.when === 'before') return this.spoil(route.path, fault);
    const outcome = this.attempt(() => this.carryOut(route));
    if (fault && fault.kind !== 'slow') return this.spoil(route.path, fault);
    return this.answer(route.path, outcome, fault);
  }

  refuseRoute(): FastifyReply {
    const { pathname } = new URL(this.ownUrl(), 'http://sandbox');
    return this.answer(pathname, this.platform.refusals.unknownRoute());
  }

  private carryOut(route: PlatformRoute): PlatformAnswer {
    if (this.request.method !== route.method) throw this.platform.refusals.method(route.method);
    return route.handle({
      url: this.ownUrl(),
      headers: this.request.headers,
      params: this.request.params as Record<string, string | undefined>,
      query: this.request.query as Record<string, string | undefined>,
      body: typeof this.request.body === 'string' ? this.request.body : '',
    });
  }

  private ownUrl(): string {
    return this.request.url.slice(this.platform.name.length + 1);
  }

  private attempt(work: () => PlatformAnswer): Outcome {
    try {
      return work();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  private spoil(path: string, fault: Fault): FastifyReply {
    if (fault.kind === 'error' && fault.status) {
      this.log(path, fault.status, null, fault);
      return this.reply.code(fault.status).type('text/plain').send('fault');
    }
    if (fault.kind === 'error') return this.answer(path, this.platform.refusals.fault(fault.errcode), fault);
    this.log(path, null, null, fault);
    this.reply.hijack();
    // a hung connection stays open until the caller gives up or the sandbox stops
    if (fault.kind === 'drop') this.request.raw.socket.destroy();
    return this.reply;
  }

  private answer(path: string, outcome: Outcome, fault?: Fault): FastifyReply {
    if (outcome instanceof Picture || outcome instanceof Download) {
      this.log(path, 200, null, fault);
      const type = outcome instanceof Picture ? outcome.contentType : 'application/x-gzip';
      return this.reply.type(type).send(outcome.bytes);
    }
    if (outcome instanceof NoContent) {
      this.log(path, outcome.status, 0, fault);
      return this.reply.code(outcome.status).headers(this.signature('')).send();
    }
    const refused = outcome instanceof Refusal;
    const status = refused ? outcome.status : 200;
    this.log(path, status, refused ? outcome.errcode : 0, fault);
    const body = JSON.stringify(refused ? outcome.body : outcome);
    return this.reply
      .code(status)
      .headers(this.signature(body))
      .type('application/json; charset=utf-8')
      .send(body);
  }

  private signature(body: string): Record<string, string> {
    return this.platform.signAnswer?.(body, this.request) ?? {};
  }

  private log(route: string, status: number | null, errcode: Errcode | null, fault?: Fault): void {
    this.mechanisms.calls.add({
      platform: this.platform.name,
      method: this.request.method,
      route,
      at: new Date(this.startedAt).toISOString(),
      status,
      errcode,
      durationMs: Date.now() - this.startedAt,
      ...(fault && { fault: fault.kind }),
    });
  }
}
