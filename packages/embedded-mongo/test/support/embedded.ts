import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { startServer, type RunningServer } from '../../src';

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'embedded-mongo-'));
}

export const removeDirectory = (path: string): void => rmSync(path, { recursive: true, force: true });

/** The package's build, which `spawnServer` starts. */
export function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(__dirname, '..', '..'), stdio: 'ignore' });
}

/** Work that queries have caused since the server started. */
export interface Work {
  keys: number;
  documents: number;
}

export async function workDone(db: Db): Promise<Work> {
  const status = await db.admin().command({ serverStatus: 1 });
  const { queryExecutor } = status['metrics'] as {
    queryExecutor: { scanned: number; scannedObjects: number };
  };
  const { scanned, scannedObjects } = queryExecutor;
  return { keys: scanned, documents: scannedObjects };
}

/** A server in this process and a client, on a directory of its own. */
export class Embedded {
  readonly dataDir = temporaryDirectory();
  server!: RunningServer;
  client!: MongoClient;

  get db(): Db {
    return this.client.db('test');
  }

  async start(): Promise<void> {
    this.server = await startServer({ dataDir: this.dataDir });
    this.client = await new MongoClient(this.server.uri).connect();
  }

  async restart(): Promise<void> {
    await this.client.close();
    await this.server.close();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.server.close();
    removeDirectory(this.dataDir);
  }
}
