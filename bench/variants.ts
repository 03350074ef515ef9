import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchDatabase } from './database';
import { ServerProcess } from './server-process';

export const VARIANTS = ['service', 'service again', 'floor', 'express'] as const;
export type Variant = (typeof VARIANTS)[number];

const PUBLIC_BASE_URL = 'https://bench.homecare.test';
const JWT_SECRET = randomBytes(48).toString('base64url');

/** The built service, as in production; its limits count every request but are too high to refuse one. */
export function startService(
  directory: string,
  database: BenchDatabase,
  nodeArgs: string[] = [],
): Promise<ServerProcess> {
  const env = {
    ...connection(database),
    // production refuses the embedded database
    NODE_ENV: database.embedded ? 'development' : 'production',
    LOG_PRETTY: 'false',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PUBLIC_BASE_URL,
    DATA_DIR: tmpdir(),
    TRUST_PROXY: 'loopback',
    RATE_LIMIT_PER_IP: '1000000000',
    RATE_LIMIT_PER_USER: '1000000000',
    // nothing is asked of it: tokens are made here
    ZEGO_APP_ID: '1234567891',
    ZEGO_SERVER_SECRET: randomBytes(16).toString('hex'),
    RATE_LIMIT_FACTOR: '1000000',
  };
  return ServerProcess.start(join(directory, 'main.js'), env, '/api/health/ready', nodeArgs);
}

/** The service twice: how far two equal processes differ is the measure of noise. */
export async function startVariants(
  directory: string,
  database: BenchDatabase,
): Promise<Record<Variant, ServerProcess>> {
  const env = { ...connection(database), NODE_ENV: 'production', PUBLIC_BASE_URL };
  const variants = join(__dirname, 'variants');
  const [service, again, floor, express] = await Promise.all([
    startService(directory, database),
    startService(directory, database),
    ServerProcess.start(join(variants, 'floor.js'), env, '/ready'),
    ServerProcess.start(join(variants, 'express.js'), env, '/ready'),
  ]);
  return { service, 'service again': again, floor, express };
}

function connection({ uri, name }: BenchDatabase): Record<string, string> {
  return { MONGODB_URI: uri, MONGODB_DATABASE: name, JWT_SECRET };
}
