import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_MARKER, spawnServer } from '@homecare/embedded-mongo';
import { MongoClient } from 'mongodb';

/** Reproducible: the same customers in every run. */
const SEED = '7';
export const DEMO_PASSWORD = 'demo-homecare';

export interface BenchDatabase {
  uri: string;
  name: string;
  embedded: boolean;
  /** version and kind, for the report */
  description: string;
  /** a number that no customer of an earlier run on this database has used in a phone */
  firstFreshPhone: number;
  close(): Promise<void>;
}

/** What is to be in it, and whether it stays. */
interface Filling {
  customers: number;
  jobs: number;
  keep: boolean;
}

/** The database to measure on, filled with so many invented customers and jobs by the seed command. */
export async function openDatabase(
  seedScript: string,
  { customers, jobs, keep }: Filling,
): Promise<BenchDatabase> {
  const server = await openServer(keep);
  const name = `homecare_bench_${customers}_${jobs}`;
  const client = await MongoClient.connect(server.uri);
  const existing = await client.db(name).collection('customers').estimatedDocumentCount();
  if (existing < customers) {
    await client.db(name).dropDatabase();
    await runSeed(seedScript, { MONGODB_URI: server.uri, MONGODB_DATABASE: name }, { customers, jobs });
  }
  const { version, modules } = await client.db('admin').command({ buildInfo: 1 });
  const embedded = Array.isArray(modules) && modules.includes(EMBEDDED_MARKER);
  return {
    uri: server.uri,
    name,
    embedded,
    description: `${embedded ? 'embedded server' : 'MongoDB'} ${String(version)}`,
    firstFreshPhone: await client.db(name).collection('customers').countDocuments(),
    close: async () => {
      if (!keep) await client.db(name).dropDatabase();
      await client.close();
      await server.stop();
    },
  };
}

interface Server {
  uri: string;
  stop(): Promise<void>;
}

async function openServer(keep: boolean): Promise<Server> {
  const uri = process.env['BENCH_MONGODB_URI'];
  if (uri) return { uri, stop: async () => undefined };
  const dataDir = keep ? join(tmpdir(), 'homecare-bench') : await mkdtemp(join(tmpdir(), 'homecare-bench-'));
  const server = await spawnServer({ dataDir });
  return {
    uri: server.uri,
    stop: async () => {
      await server.stop();
      if (!keep) await rm(dataDir, { recursive: true });
    },
  };
}

function runSeed(
  script: string,
  env: Record<string, string>,
  { customers, jobs }: Omit<Filling, 'keep'>,
): Promise<void> {
  const sizes = ['--customers', String(customers), '--jobs', String(jobs)];
  const args = [script, ...sizes, '--seed', SEED, '--password', DEMO_PASSWORD];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: tmpdir(), ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the seed ended with ${String(code)}`)),
    );
  });
}
