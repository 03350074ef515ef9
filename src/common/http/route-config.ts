import { RouteConfig } from '@nestjs/platform-fastify';
import type { AccessRule } from '../access/access-rule';
import type { LimitName } from '../rate-limit/limits';
import type { Caller } from '../access/caller';

/**
 * How answers look: the CRM's envelope, the marketplace's, or none (metrics, plain text); `wechat-pay` has none either,
 * and fails in the words that WeChat Pay reads.
 */
export type Convention = 'crm' | 'marketplace' | 'plain' | 'wechat-pay';

/** What a route says of itself; Fastify hands it to the hooks as `request.routeOptions.config`. */
export interface RoutePolicy {
  access?: AccessRule;
  convention?: Convention;
  /** the success message of the envelope */
  message?: string;
  limits?: LimitName[];
  /** of a route that takes files: a request that announces more bytes is refused before its body is read */
  largestUpload?: number;
  /** of a route that honours idempotency keys: who opens the transactions of its handler */
  idempotency?: 'one-transaction' | 'own-transactions';
  /** keeps the body's very text as `request.rawBody`, for a signature over it */
  rawBody?: boolean;
  /** takes XML, as text */
  xml?: boolean;
  /** also takes JSON that calls itself plain text, which is all that a page can send as it is being left */
  beacon?: boolean;
}

declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the way to widen a library's interface
  interface FastifyContextConfig extends RoutePolicy {}
  interface FastifyRequest {
    caller: Caller;
    /** of a route with `rawBody` */
    rawBody?: string;
  }
}

const POLICY = Symbol('route policy');

/** Adds to what the method's other decorators have said; Nest's own RouteConfig would replace it. */
export function routeConfig(part: RoutePolicy): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const merged: RoutePolicy = { ...policyOf(handler), ...part };
    Reflect.defineMetadata(POLICY, merged, handler);
    RouteConfig(merged)(target, key, descriptor);
  };
}

/** Of a route whose callers speak XML; its handler gets the text. */
export const TakesXml = (): MethodDecorator => routeConfig({ xml: true });

/** Of a route whose body is signed. */
export const KeepsRawBody = (): MethodDecorator => routeConfig({ rawBody: true });

/** Of a route that pages call with `navigator.sendBeacon`. */
export const Beacon = (): MethodDecorator => routeConfig({ beacon: true });

export function policyOf(handler: object): RoutePolicy {
  return (Reflect.getMetadata(POLICY, handler) as RoutePolicy | undefined) ?? {};
}
