import autocannon, { type Options, type Request } from 'autocannon';
import type { ServerProcess } from './server-process';

export interface Sample {
  requestsPerSecond: number;
  /** of the time from a request to its answer, in ms */
  p50: number;
  p99: number;
  /** of the server's whole process, all threads, and of the processes that it has started */
  cpuMsPerRequest: number;
}

export interface Load {
  requests: Request[];
  seconds: number;
  connections: number;
}

/** As many requests as the compiler needs to have settled: warmed up by the clock, a busy machine's servers stay cold. */
const WARM_UP_REQUESTS = 5000;

export async function warmUp(
  server: ServerProcess,
  { requests, connections }: Omit<Load, 'seconds'>,
): Promise<void> {
  await autocannon({ url: server.url, requests, amount: WARM_UP_REQUESTS, connections });
}

/**
 * Drives one server for a while; null when nothing was answered in that time.
 * @throws {Error} when any answer is not 2xx: figures of a server that refuses mean nothing
 */
export async function measure(
  server: ServerProcess,
  { requests, seconds, connections }: Load,
): Promise<Sample | null> {
  return sampleOf(server, { url: server.url, requests, duration: seconds, connections });
}

/** The same for what takes so long that it is counted instead of timed: `amount` requests, one after the other. */
export function measureFew(
  server: ServerProcess,
  requests: Request[],
  amount: number,
): Promise<Sample | null> {
  return sampleOf(server, { url: server.url, requests, amount, connections: 1, timeout: 60 });
}

async function sampleOf(server: ServerProcess, options: Options): Promise<Sample | null> {
  const { requests = [] } = options;
  const cpuBefore = server.cpuMs();
  const result = await autocannon(options);
  const cpuMs = server.cpuMs() - cpuBefore;
  const answered = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0) {
    const path = requests[0]?.path ?? '';
    throw new Error(
      `${server.url}${path}: ${answered} × 2xx, ${result.non2xx} others, ${result.errors} errors`,
    );
  }
  if (answered === 0) return null;
  return {
    requestsPerSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMsPerRequest: cpuMs / answered,
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** The median of each figure by itself. */
export function typical(samples: Sample[]): Sample {
  const of = (figure: keyof Sample): number => median(samples.map((sample) => sample[figure]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpuMsPerRequest: of('cpuMsPerRequest'),
  };
}
