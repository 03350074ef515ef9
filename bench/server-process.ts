import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Long, since the machine may be busy with other things. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 15_000;

/** Whichever way a run ends, what it has started ends with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** A server under measurement, in a process of its own on loopback. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    readonly url: string,
  ) {}

  /**
   * Starts `script` with PORT set and waits until `readyPath` answers 200. Its standard output, the log, is discarded.
   * @throws {Error} with what the process said, when it does not come up
   */
  static async start(
    script: string,
    env: Record<string, string>,
    readyPath: string,
    nodeArgs: string[] = [],
  ): Promise<ServerProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [...nodeArgs, script], {
      env: { PATH: process.env['PATH'] ?? '', ...env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const server = new ServerProcess(child, child.pid ?? 0, `http://127.0.0.1:${port}`);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(server.url + readyPath))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await server.stop();
        throw new Error(`${script} did not start: ${complaint}`);
      }
      await pause(100);
    }
    return server;
  }

  /** CPU time of all its threads and of the processes that it has started, since their start, in ms (Linux). */
  cpuMs(): number {
    return cpuNanoseconds(this.pid) / 1e6;
  }

  /** Without a chance to finish anything. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(late);
  }
}

/** By /proc/PID/task/TID: schedstat is in ns, children are those that this very thread has started. */
function cpuNanoseconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const of = (thread: string, file: string) => readFileSync(`${tasks}/${thread}/${file}`, 'utf8').split(' ');
  const threads = readdirSync(tasks);
  const own = threads.map((thread) => Number(of(thread, 'schedstat')[0]));
  const children = threads.flatMap((thread) => of(thread, 'children').filter((child) => child.trim()));
  const theirs = children.map((child) => cpuNanoseconds(Number(child)));
  return [...own, ...theirs].reduce((sum, each) => sum + each, 0);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
