import '../src/source-maps';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Request } from 'autocannon';
import { type BenchDatabase, openDatabase } from './database';
import { CallCounter } from './database-calls';
import { measure, measureFew, type Sample, warmUp } from './measure';
import { type BenchOptions, readOptions, USAGE } from './options';
import { report } from './report';
import { COMPARED, DEAR, FEW, prepared, type Route, Traffic } from './routes';
import type { ServerProcess } from './server-process';
import { startService, startVariants, type Variant, VARIANTS } from './variants';

/** The built service; this file lies in a folder beside it, below what it is made from. */
const SERVICE = join(__dirname, '..', '..');

interface Task {
  variant: Variant;
  route: Route;
}

type Servers = Record<Variant, ServerProcess>;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return say(USAGE);
  const database = await openDatabase(join(SERVICE, 'cli', 'seed.js'), options);
  try {
    say(await bench(database, options));
  } finally {
    await database.close();
  }
}

async function bench(database: BenchDatabase, options: BenchOptions): Promise<string> {
  const servers = await startVariants(SERVICE, database);
  try {
    const traffic = await Traffic.prepare(servers.service.url, database);
    const { routes } = options;
    await requireSameAnswers(servers, traffic, routes);
    const commands = await countCalls(database, traffic, routes);
    const samples = await measureInRounds(tasksOf(routes), servers, traffic, options);
    return report({
      database: `${database.description}, ${options.customers} customers, ${options.jobs} jobs`,
      conditions: `${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections`,
      commands,
      samples: (variant, route) => samples.get(key({ variant, route })) ?? [],
    });
  } finally {
    await Promise.all(VARIANTS.map((variant) => servers[variant].stop()));
  }
}

function tasksOf(routes: readonly Route[]): Task[] {
  return routes.flatMap((route) =>
    VARIANTS.filter((variant) => variant === 'service' || COMPARED.includes(route)).map((variant) => ({
      variant,
      route,
    })),
  );
}

/**
 * Each task once for warming up, then once a round, in an order of chance; what is compared is warmed up by equally
 * many requests. It goes first: the other routes may leave the database with work to finish.
 */
async function measureInRounds(
  tasks: Task[],
  servers: Servers,
  traffic: Traffic,
  options: BenchOptions,
): Promise<Map<string, Sample[]>> {
  const { rounds, seconds, connections } = options;
  const samples = new Map<string, Sample[]>();
  const compared = tasks.filter(({ route }) => COMPARED.includes(route));
  const alone = tasks.filter(({ route }) => !COMPARED.includes(route));
  for (const part of [compared, alone]) {
    for (let round = 0; round <= rounds && part.length > 0; round++) {
      for (const task of shuffled(part)) {
        await traffic.startAfresh(task.route);
        const requests = traffic.requests(task.route);
        const server = servers[task.variant];
        const few = FEW[task.route];
        if (round === 0 && part === compared) {
          process.stderr.write(`warming up: ${key(task)}\n`);
          await warmUp(server, { requests, connections }, warmUpOf(task.route, options));
        }
        const sample = few
          ? await measureFew(server, requests, few)
          : ((await measure(server, { requests, seconds, connections })) ??
            // the embedded server may take longer for one answer
            (await measure(server, { requests, seconds: seconds * 5, connections })));
        if (!sample && part === compared)
          throw new Error(`${key(task)}: nothing was answered in ${seconds * 5} s`);
        if (round > 0 && sample) samples.set(key(task), [...(samples.get(key(task)) ?? []), sample]);
        await databaseAtRest(servers.service);
      }
      process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`);
    }
  }
  return samples;
}

function warmUpOf(route: Route, { warmUp: usual }: BenchOptions): number {
  return DEAR.includes(route) ? Math.ceil(usual / 5) : usual;
}

/** Requests that a measurement's end has cut off are still worked on; the readiness check waits behind them. */
async function databaseAtRest(service: ServerProcess): Promise<void> {
  let ready = false;
  while (!ready) ready = (await fetch(`${service.url}/api/health/ready`)).ok;
}

/** Variants that answer differently cannot be compared. */
async function requireSameAnswers(
  servers: Servers,
  traffic: Traffic,
  routes: readonly Route[],
): Promise<void> {
  const asked = COMPARED.filter((route) => routes.includes(route));
  for (const request of asked.flatMap((route) => traffic.requests(route).slice(0, 5))) {
    const [expected, ...others] = await Promise.all(
      VARIANTS.map((variant) => answerOf(servers[variant], prepared(request))),
    );
    const different = others.findIndex((body) => !isDeepStrictEqual(body, expected));
    if (different >= 0)
      throw new Error(
        `${VARIANTS[different + 1] ?? ''} answers ${request.path ?? ''} in another way than the service`,
      );
  }
}

async function answerOf(server: ServerProcess, { method = 'GET', path = '/', headers, body }: Request) {
  const response = await fetch(server.url + path, {
    method,
    headers: headers as Record<string, string>,
    body: typeof body === 'string' ? body : undefined,
  });
  if (!response.ok) throw new Error(`${server.url}${path} answered ${response.status}`);
  const { timestamp: _now, ...answer } = (await response.json()) as Record<string, unknown>;
  return answer;
}

async function countCalls(
  database: BenchDatabase,
  traffic: Traffic,
  routes: readonly Route[],
): Promise<Map<Route, string[]>> {
  const counter = await CallCounter.before(database.uri);
  const server = await startService(SERVICE, { ...database, uri: counter.uri });
  try {
    const commands = new Map<Route, string[]>();
    for (const route of routes) {
      const [request] = traffic.requests(route);
      if (!request) continue;
      commands.set(route, await counter.commandsOf(server.url, () => prepared(request), FEW[route]));
    }
    return commands;
  } finally {
    await server.stop();
    await counter.close();
  }
}

function key({ variant, route }: Task): string {
  return `${variant}/${route}`;
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  // servers that are still there would keep it from ending
  process.exit(1);
});
