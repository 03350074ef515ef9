import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { EMBEDDED_MARKER, spawnServer, startServer } from '../src';
import { build, removeDirectory, temporaryDirectory } from './support/embedded';

beforeAll(build);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100 && !isTrue(); attempt++) await sleep(50);
  expect(isTrue()).toBe(true);
}

describe('a server in a process of its own', () => {
  const dataDir = temporaryDirectory();
  afterAll(() => removeDirectory(dataDir));

  it('can be told from a real one, and stops when asked to', async () => {
    const server = await spawnServer({ dataDir });
    const client = await new MongoClient(server.uri).connect();
    const info = await client.db().admin().command({ buildInfo: 1 });
    expect(info['modules']).toContain(EMBEDDED_MARKER);
    await client.close();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'])('outlives a %s until its parent stops it', async (signal) => {
    const server = await spawnServer({ dataDir });
    process.kill(server.pid, signal);
    const client = await new MongoClient(server.uri).connect();
    await client.db('test').collection('late').insertOne({ written: 'after the signal' });
    await client.close();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('tells when it ends by itself', async () => {
    const ended = new Promise((resolve) => {
      spawnServer({ dataDir, onExit: resolve }).then(({ pid }) => process.kill(pid, 'SIGKILL'), resolve);
    });
    expect(await ended).toBeNull();
  });

  it('ends when its parent dies', async () => {
    const parent = `
      require(${JSON.stringify(join(__dirname, '..', 'dist'))})
        .spawnServer({ dataDir: ${JSON.stringify(dataDir)} })
        .then(({ pid }) => process.stdout.write(String(pid)));
    `;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      child.stdout.once('data', (text) => resolve(Number(text))),
    );
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});

const BUILT_LOCK = join(__dirname, '..', 'dist', 'lock.js');
const locksIn = (dataDir: string): string[] =>
  readdirSync(dataDir).filter((name) => name.startsWith('embedded-mongo.lock'));

/** So that steps of several processes fall between each other: files take up to five milliseconds. */
const SLOW_FILES = `
  const fs = require('node:fs');
  for (const name of ['readdirSync', 'readFileSync', 'writeFileSync', 'rmSync']) {
    const step = fs[name];
    fs[name] = (...given) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 * Math.random());
      return step(...given);
    };
  }
`;

/** A process that asks for the directories, one after another from a moment on, and writes the number of each it gets. */
class Contender {
  readonly won: number[] = [];
  readonly process: ChildProcess;

  constructor(dirs: readonly string[], { from = 0, lock = BUILT_LOCK, uid = process.getuid?.() } = {}) {
    const program = `
      ${from ? SLOW_FILES : ''}
      const { lockDirectory } = require(${JSON.stringify(lock)});
      ${JSON.stringify(dirs)}.forEach((dir, i) => {
        while (Date.now() < ${from} + i * 20);
        lockDirectory(dir).then(() => process.stdout.write(i + '\\n'), () => undefined);
      });
      setInterval(() => undefined, 1000);
    `;
    this.process = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'], uid });
    this.process.stdout!.on('data', (text) => this.won.push(...String(text).trim().split('\n').map(Number)));
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** Directories whose holder was killed. */
async function abandoned(count: number): Promise<string[]> {
  const dirs = Array.from({ length: count }, temporaryDirectory);
  const holder = new Contender(dirs);
  await until(() => holder.won.length === count);
  await holder.end();
  return dirs;
}

describe('a data directory', () => {
  it('serves one server at a time: the next waits for the former to end', async () => {
    const dataDir = temporaryDirectory();
    const first = await startServer({ dataDir });
    const second = startServer({ dataDir });
    await sleep(300);
    await first.close();
    const started = await second;
    await started.close();
    expect(locksIn(dataDir)).toEqual([]);
    removeDirectory(dataDir);
  });

  it('refuses a second server after ten seconds', async () => {
    const dataDir = temporaryDirectory();
    const first = await startServer({ dataDir });
    await expect(spawnServer({ dataDir })).rejects.toThrow(/is in use by process \d+/);
    await first.close();
    removeDirectory(dataDir);
  }, 20_000);

  it('goes to one of those who find it abandoned at the same moment', async () => {
    const dirs = await abandoned(30);
    const contenders = [1, 2, 3].map(() => new Contender(dirs, { from: Date.now() + 1500 }));
    const won = (): number[] => contenders.flatMap((contender) => contender.won).toSorted((a, b) => a - b);
    await until(() => new Set(won()).size === dirs.length);
    // whoever has lost one goes on trying
    await sleep(500);
    expect(won()).toEqual(dirs.map((_, i) => i));
    await Promise.all(contenders.map((contender) => contender.end()));
    dirs.forEach(removeDirectory);
  });

  it('is free when only the number of its former holder lives on', async () => {
    const dirs = await abandoned(1);
    const bystander = new Contender([]);
    const lock = join(dirs[0]!, locksIn(dirs[0]!)[0]!);
    const [former] = /\d+/.exec(lock.replace(dirs[0]!, '') + readFileSync(lock, 'utf8'))!;
    writeFileSync(lock, readFileSync(lock, 'utf8').replace(former, String(bystander.process.pid)));
    renameSync(lock, lock.replace(`lock.${former}`, `lock.${bystander.process.pid}`));
    const next = new Contender(dirs);
    await until(() => next.won.length === 1);
    await Promise.all([bystander.end(), next.end()]);
    dirs.forEach(removeDirectory);
  });

  // only root can start a process of somebody else
  (process.getuid?.() === 0 ? it : it.skip)('is taken when its holder may not be signalled', async () => {
    const [dataDir, program] = [temporaryDirectory(), temporaryDirectory()];
    chmodSync(dataDir, 0o777);
    chmodSync(program, 0o755);
    copyFileSync(BUILT_LOCK, join(program, 'lock.js'));
    const holder = new Contender([dataDir]);
    await until(() => holder.won.length === 1);
    const other = new Contender([dataDir], { lock: join(program, 'lock.js'), uid: 65_534 });
    await sleep(700);
    expect(other.won).toEqual([]);
    await holder.end();
    await until(() => other.won.length === 1);
    await other.end();
    [dataDir, program].forEach(removeDirectory);
  });
});
