import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { UpstreamFailure } from './upstream-failure';
import type { UpstreamMetrics } from './upstream-metrics';

export interface UpstreamRequest {
  /** names the request in metrics; never the path with its query, which may hold a token */
  operation: string;
  method: 'GET' | 'POST';
  path: string;
  query?: Record<string, string | number>;
  body?: unknown;
  /** true where doing it twice does no harm: only such a request is repeated when its answer got lost */
  repeatable: boolean;
  /** headers of one attempt, for systems that want the very bytes signed */
  headers?: (sent: SentRequest) => Record<string, string>;
  /** true where a 4xx is an answer whose body says what is wrong; else it is a failure, and nobody reads it */
  readsRefusals?: boolean;
  /** ms for one attempt; 5 s unless told */
  timeoutMs?: number;
}

/** One attempt as it goes out. */
export interface SentRequest {
  method: string;
  /** path and query, as they stand in the request's first line */
  target: string;
  /** '' where there is none */
  body: string;
}

export interface UpstreamAnswer {
  status: number;
  headers: Headers;
  contentType: string;
  bytes: Buffer;
}

const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** So many requests failing in a row open the circuit; after a while one is let through to see. */
const CIRCUIT = { failures: 5, halfOpenAfterMs: 10_000 };

/**
 * The way to one outside system: each request within a time limit, repeated (twice at most, with jitter) where that
 * does no harm, and refused at once while the system is known to be down.
 */
export class Upstream {
  private readonly circuit: IPolicy;
  private readonly persistent: IPolicy;

  constructor(
    readonly api: string,
    private readonly baseUrl: string,
    private readonly metrics: UpstreamMetrics,
  ) {
    this.circuit = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: CIRCUIT.halfOpenAfterMs,
      breaker: new ConsecutiveBreaker(CIRCUIT.failures),
    });
    const repeats = retry(handleWhen(isOutage), {
      maxAttempts: 2,
      backoff: new ExponentialBackoff({ initialDelay: 150, maxDelay: 1_000 }),
    });
    this.persistent = wrap(repeats, this.circuit);
  }

  /** @throws {UpstreamFailure} when there is no answer of success, or none that says what was wrong */
  async request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const policy = request.repeatable ? this.persistent : this.circuit;
    try {
      return await policy.execute(() => this.send(request));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      this.metrics.outcome(this.api, request.operation, 'open-circuit');
      throw new UpstreamFailure(this.api, 'open-circuit', error);
    }
  }

  /** Notes an answer that arrived: `ok`, or the system's own error code. */
  answered(operation: string, outcome: string): void {
    this.metrics.outcome(this.api, operation, outcome);
  }

  private async send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { operation, readsRefusals = false } = request;
    const startedAt = performance.now();
    try {
      const response = await this.exchange(request);
      const { status, headers } = response;
      if (!response.ok && !(readsRefusals && status >= 400 && status < 500)) {
        // an answer that nobody reads would hold its connection
        await response.body?.cancel();
        throw new UpstreamFailure(
          this.api,
          status >= 500 ? 'status' : 'refused',
          new Error(`HTTP ${status}`),
        );
      }
      const bytes = await wholeBody(response);
      return { status, headers, contentType: headers.get('content-type') ?? '', bytes };
    } catch (error) {
      const failure = error instanceof UpstreamFailure ? error : this.transportFailure(error);
      this.metrics.outcome(this.api, operation, failure.kind);
      throw failure;
    } finally {
      this.metrics.duration(this.api, operation, (performance.now() - startedAt) / 1000);
    }
  }

  private exchange({
    method,
    path,
    query = {},
    body,
    headers,
    timeoutMs = TIMEOUT_MS,
  }: UpstreamRequest): Promise<Response> {
    const url = new URL(this.baseUrl + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const text = body === undefined ? '' : JSON.stringify(body);
    return fetch(url, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers?.({ method, target: url.pathname + url.search, body: text }),
      },
      ...(body === undefined ? {} : { body: text }),
    });
  }

  private transportFailure(error: unknown): UpstreamFailure {
    const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    if (name === 'TimeoutError') return new UpstreamFailure(this.api, 'timeout', error);
    const notConnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
    const kind = notConnected.includes(cause?.code ?? '') ? 'unreachable' : 'interrupted';
    return new UpstreamFailure(this.api, kind, error);
  }
}

/** An answer within reason; one that never ends is cut off by the time limit, an enormous one here. */
async function wholeBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/** A request that was refused is refused again; it says nothing about the system's health. */
function isOutage(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.kind !== 'refused';
}
