import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
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

  it('outlives a Ctrl-C until its parent stops it', async () => {
    const server = await spawnServer({ dataDir });
    process.kill(server.pid, 'SIGINT');
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

describe('a data directory', () => {
  it('serves one server at a time: the next waits for the former to end', async () => {
    const dataDir = temporaryDirectory();
    const first = await startServer({ dataDir });
    const second = startServer({ dataDir });
    await sleep(300);
    await first.close();
    const started = await second;
    await started.close();
    expect(existsSync(join(dataDir, 'embedded-mongo.lock'))).toBe(false);
    removeDirectory(dataDir);
  });

  it('refuses a second server after ten seconds', async () => {
    const dataDir = temporaryDirectory();
    const first = await startServer({ dataDir });
    await expect(spawnServer({ dataDir })).rejects.toThrow(/is in use by process \d+/);
    await first.close();
    removeDirectory(dataDir);
  }, 20_000);
});
