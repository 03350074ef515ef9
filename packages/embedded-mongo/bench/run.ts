import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer } from '@homecare/embedded-mongo';
import { MongoClient, type Collection, type Db, type Document } from 'mongodb';

/** Requests the driver has under way at a time. */
const IN_FLIGHT = 32;
const ROUND_MS = 800;
const WARM_UP_MS = 1500;
const ROUNDS = 5;
const SMALL = 1000;
const LARGE = 50_000;

/** A request, given its number. */
type Request = (i: number) => Promise<unknown>;

interface Figures {
  perSecond: number;
  /** Processor time the server spent on one request, in microseconds: what a busy machine falsifies least. */
  cpuMicros: number;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

class Bench {
  constructor(private readonly db: Db) {}

  private async serverCpu(): Promise<number> {
    const status = await this.db.admin().command({ serverStatus: 1 });
    const { user_time_us: user, system_time_us: system } = status['extra_info'] as Record<string, number>;
    return (user ?? 0) + (system ?? 0);
  }

  /** Sends a request over and over for a time, so many at once. */
  private async round(milliseconds: number, inFlight: number, request: Request): Promise<Figures> {
    const cpu = await this.serverCpu();
    const start = performance.now();
    let done = 0;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() - start < milliseconds) {
        await request(next++);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    const seconds = (performance.now() - start) / 1000;
    return { perSecond: done / seconds, cpuMicros: ((await this.serverCpu()) - cpu) / done };
  }

  /** Medians of several requests, measured in turns so that what disturbs one disturbs all. */
  async compare(requests: Request[], inFlight: number): Promise<Figures[]> {
    const rounds: Figures[][] = requests.map(() => []);
    for (const request of requests) await this.round(WARM_UP_MS, inFlight, request);
    for (let n = 0; n < ROUNDS; n++) {
      for (const [i, request] of requests.entries())
        rounds[i]?.push(await this.round(ROUND_MS, inFlight, request));
    }
    return rounds.map((figures) => ({
      perSecond: median(figures.map(({ perSecond }) => perSecond)),
      cpuMicros: median(figures.map(({ cpuMicros }) => cpuMicros)),
    }));
  }

  async print(what: string, request: Request): Promise<void> {
    for (const inFlight of [IN_FLIGHT, 1]) {
      const [figures] = await this.compare([request], inFlight);
      if (figures)
        write(
          `${what}, ${inFlight} in flight: ${figures.perSecond.toFixed(0)}/s, ${figures.cpuMicros.toFixed(0)} µs of the server each`,
        );
    }
  }
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);

const row = (i: number): Document => ({
  n: i,
  name: `customer${String(i).padStart(6, '0')}`,
  phone: `138${String(i).padStart(8, '0')}`,
  assignedTo: i % 25,
  status: ['new', 'following', 'signed'][i % 3],
  tags: [`t${i % 40}`],
  updatedAt: new Date(1.7e12 + ((i * 7919) % LARGE) * 60_000),
  note: 'x'.repeat(200),
});

async function fill(collection: Collection, size: number): Promise<void> {
  for (let from = 0; from < size; from += 1000) {
    await collection.insertMany(Array.from({ length: 1000 }, (_, i) => row(from + i)));
  }
  await collection.createIndexes([
    { key: { n: 1 } },
    { key: { phone: 1 }, unique: true },
    { key: { assignedTo: 1, updatedAt: -1 } },
    { key: { name: 1 } },
  ]);
}

type Query = (collection: Collection, size: number, i: number) => Promise<unknown>;

/** What must not take longer the more documents there are. */
const QUERIES: Record<string, Query> = {
  'one by a unique field': (c, size, i) => c.findOne({ phone: row((i * 37) % size)['phone'] as string }),
  'ten by a range': (c, size, i) =>
    c
      .find({ n: { $gte: (i * 37) % (size - 10) } })
      .limit(10)
      .toArray(),
  'a page of one owner, newest first': (c, _size, i) =>
    c
      .find({ assignedTo: i % 25 })
      .sort({ updatedAt: -1 })
      .limit(20)
      .toArray(),
  'the newest of all, by a hint': (c) => c.find({}).sort({ n: -1 }).hint({ n: 1 }).limit(20).toArray(),
};

async function measure(client: MongoClient): Promise<void> {
  const db = client.db('bench');
  const bench = new Bench(db);
  write(
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1) ?? '?'}`,
  );
  write(`medians of ${ROUNDS} rounds of ${ROUND_MS} ms`);
  await bench.print('acknowledged single inserts', (i) => db.collection('inserts').insertOne(row(i)));
  const [small, large] = [db.collection('small'), db.collection('large')];
  await fill(small, SMALL);
  await fill(large, LARGE);
  const ids = (await large.find({}, { projection: { _id: 1 }, limit: 5000 }).toArray()).map(({ _id }) => _id);
  await bench.print('look-ups by _id', (i) => large.findOne({ _id: ids[i % ids.length] }));
  write(`${SMALL} | ${LARGE} documents, one query at a time: ms | ms (ratio); µs of the server | µs (ratio)`);
  for (const [name, query] of Object.entries(QUERIES)) {
    const [a, b] = (await bench.compare(
      [(i) => query(small, SMALL, i), (i) => query(large, LARGE, i)],
      1,
    )) as [Figures, Figures];
    const times = `${(1000 / a.perSecond).toFixed(2)} | ${(1000 / b.perSecond).toFixed(2)} (${(a.perSecond / b.perSecond).toFixed(2)})`;
    const cpu = `${a.cpuMicros.toFixed(0)} | ${b.cpuMicros.toFixed(0)} (${(b.cpuMicros / a.cpuMicros).toFixed(2)})`;
    write(`  ${name}: ${times}; ${cpu}`);
  }
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'embedded-mongo-bench-'));
  const server = await spawnServer({ dataDir });
  const client = await new MongoClient(server.uri, { maxPoolSize: IN_FLIGHT }).connect();
  try {
    await measure(client);
  } finally {
    await client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
