import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** WeChat numbers its errors, other platforms name them. */
export type Errcode = number | string;

/** What the sandbox imitates: one outside system with its routes, mounted under `/<name>`. */
export interface Platform {
  readonly name: string;
  readonly routes: readonly PlatformRoute[];
  /** How this platform words what goes wrong before a route is reached. */
  readonly refusals: PlatformRefusals;
  /** Headers that go with an answer, for a platform that signs what it says. */
  signAnswer?(body: string, request: Pick<PlatformRequest, 'headers'>): Record<string, string>;
  /** What a person or a test may do on the other side of the glass, mounted under `/_control`. */
  control?(app: FastifyInstance): void;
  /** Forgets what happened; what was configured stays. */
  reset(): void;
}

export interface PlatformRoute {
  method: 'GET' | 'POST';
  /** As the platform's own documents name it: without the prefix, without a query. */
  path: string;
  /** Bytes; 1 MiB unless told. */
  bodyLimit?: number;
  handle(request: PlatformRequest): PlatformAnswer;
}

/** A call as a platform sees it, with all that one of them may sign. */
export interface PlatformRequest {
  /** Path and query as they were sent, without the sandbox's prefix. */
  url: string;
  headers: IncomingHttpHeaders;
  /** What stands for the `:names` of the route's path. */
  params: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** Unparsed: some platforms sign the very bytes. */
  body: string;
}

/** JSON, or what is none. */
export type PlatformAnswer = Readonly<Record<string, unknown>> | Picture | Download | NoContent;

export class Picture {
  constructor(
    readonly contentType: 'image/png' | 'image/jpeg',
    readonly bytes: Buffer,
  ) {}
}

/** A file, whose answer is not signed. */
export class Download {
  constructor(readonly bytes: Buffer) {}
}

/** Done, with nothing to say. */
export class NoContent {
  readonly status = 204;
}

export interface PlatformRefusals {
  /** The error that a fault asks for; without a code, the platform's own "busy". */
  fault(errcode?: Errcode): Refusal;
  method(required: string): Refusal;
  unknownRoute(): Refusal;
}

/** An answer that says no, in the platform's words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errcode: Errcode,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(`refused with ${errcode}`);
  }
}
