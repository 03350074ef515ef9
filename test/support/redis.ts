import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** Debian's package redis-server; where it is absent, the tests that need it are skipped by name. */
export const REDIS_INSTALLED = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of the test's own that keeps nothing and can die and come back on its port. */
export class TestRedis {
  private process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    const lines = createInterface(child.stdout);
    const ready = new Promise<void>((resolve) => {
      lines.on('line', (line) => line.includes('Ready to accept connections') && resolve());
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`redis-server ended instead of listening on ${this.port}`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
  }

  /** SIGSTOP makes it hang, SIGCONT go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(name);
  }

  /** As a crash would: without a word to its clients. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
