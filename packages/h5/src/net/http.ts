import { BackOff } from './back-off';
import { pause } from './pause';

/** An answer of the service that refuses. Its message is for the person at the screen, in Chinese. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** seconds to wait before asking again, where the service has said so */
    readonly retryAfter: number | undefined,
  ) {
    super(message);
  }
}

/** No answer of the service: no network, too late, or something between that answers for it. */
export class NoAnswer extends Error {}

export interface Call {
  method?: 'GET' | 'POST';
  body?: object;
  /** of a member of staff */
  token?: string;
  /** makes a repeat harmless, so that a lost answer can be asked for again */
  idempotencyKey?: string;
  /** finishes although the page is being closed */
  keepalive?: boolean;
}

const TIMEOUT_MS = 10_000;
const TRIES = 3;

/** The API stands beside the pages: ../api as seen from /h5/interview, also behind a prefix. */
export function apiUrl(path: string): string {
  return new URL(`../api/${path}`, document.baseURI).href;
}

/**
 * Asks the service; the answer's `data`. What may be repeated is asked again when no answer comes, three times in all.
 * @throws {ApiError} as the service has said
 * @throws {NoAnswer} when it has said nothing
 */
export async function ask<T>(path: string, call: Call = {}): Promise<T> {
  const repeatable = !call.keepalive && (call.method !== 'POST' || call.idempotencyKey !== undefined);
  const backOff = new BackOff(500, 4000);
  for (let tries = 1; ; tries++) {
    try {
      return await askOnce<T>(path, call);
    } catch (error) {
      if (!repeatable || tries === TRIES || !isPassing(error)) throw error;
      await pause(
        (error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 0) || backOff.next(),
      );
    }
  }
}

/** Worth another try at once; a limit that takes a minute to lift is not. */
function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  return (
    error instanceof ApiError &&
    (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'IDEMPOTENCY_IN_PROGRESS') &&
    (error.retryAfter ?? 0) <= 5
  );
}

/** Once, without patience: for what is asked again anyway. */
export async function askOnce<T>(path: string, call: Call = {}): Promise<T> {
  const abort = new AbortController();
  const timeout = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(apiUrl(path), requestOf(call, abort.signal));
    return await dataOf<T>(response);
  } catch (error) {
    throw error instanceof ApiError || error instanceof NoAnswer ? error : new NoAnswer(String(error));
  } finally {
    clearTimeout(timeout);
  }
}

function requestOf(
  { method = 'GET', body, token, idempotencyKey, keepalive }: Call,
  signal: AbortSignal,
): RequestInit {
  return {
    method,
    signal,
    cache: 'no-store',
    credentials: 'omit',
    ...(keepalive ? { keepalive } : {}),
    headers: {
      ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  };
}

interface Envelope {
  success: boolean;
  data?: unknown;
  code?: string;
  message?: string;
}

async function dataOf<T>(response: Response): Promise<T> {
  const envelope = (await response.json().catch(() => undefined)) as Envelope | undefined;
  if (typeof envelope?.success !== 'boolean')
    throw new NoAnswer(`${response.status} without an answer of the service`);
  if (envelope.success) return envelope.data as T;
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  throw new ApiError(envelope.code ?? '', envelope.message ?? '', response.status, retryAfter);
}

/** One for each thing that a person asks for; repeats of the request carry the same. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
