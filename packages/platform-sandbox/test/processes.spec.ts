import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnSandbox, startSandbox } from '../src';

const PACKAGE = join(__dirname, '..');
const CLI = join(PACKAGE, 'dist', 'cli.js');

beforeAll(() => {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: PACKAGE });
});

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

const answers = async (url: string): Promise<number> => (await fetch(`${url}/_control/messages`)).status;

describe('a sandbox in a process of its own', () => {
  it('takes its options, keeps its secrets off the command line, and stops when asked to', async () => {
    const sandbox = await spawnSandbox({ wechat: { appId: 'wxspawned', appSecret: 'hidden-secret' } });
    expect(await answers(sandbox.url)).toBe(200);
    const configuration = await fetch(`${sandbox.url}/_control/configuration`);
    expect(await configuration.json()).toMatchObject({ wechat: { appId: 'wxspawned' } });
    const line = execFileSync('ps', ['-o', 'args=', '-p', String(sandbox.pid)]).toString();
    expect(line).toContain('cli.js');
    expect(line).not.toContain('hidden-secret');
    await sandbox.stop();
    expect(isAlive(sandbox.pid)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'])('outlives a %s until its parent stops it', async (signal) => {
    const sandbox = await spawnSandbox();
    process.kill(sandbox.pid, signal);
    expect(await answers(sandbox.url)).toBe(200);
    await sandbox.stop();
    expect(isAlive(sandbox.pid)).toBe(false);
  });

  it('tells when it ends by itself', async () => {
    const ended = new Promise((resolve) => {
      spawnSandbox({ onExit: resolve }).then(({ pid }) => process.kill(pid, 'SIGKILL'), resolve);
    });
    expect(await ended).toBeNull();
  });

  it('ends when its parent dies', async () => {
    const parent = `
      require(${JSON.stringify(join(PACKAGE, 'dist'))})
        .spawnSandbox().then(({ pid }) => process.stdout.write(String(pid)));
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  it('says why it does not start', async () => {
    const first = await startSandbox();
    const port = Number(new URL(first.url).port);
    await expect(spawnSandbox({ port })).rejects.toThrow('EADDRINUSE');
    await first.stop();
  });
});

describe('the command line', () => {
  const run = (args: string[], env: Record<string, string> = {}): ChildProcess =>
    spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('names its address, and ends at a signal', async () => {
    const child = run(['--port', '0']);
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? '';
    expect(await answers(url)).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('takes the port from SANDBOX_PORT, and refuses what is none', async () => {
    const child = run([], { SANDBOX_PORT: 'three' });
    const complaint = text(child.stderr as NodeJS.ReadableStream);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(await complaint).toContain('usage');
  });

  it('stops while a call hangs', async () => {
    const sandbox = await startSandbox();
    const order = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'wechat', kind: 'hang' }),
    };
    await fetch(`${sandbox.url}/_control/faults`, order);
    const hung = fetch(`${sandbox.url}/wechat/cgi-bin/token`).then(
      () => 'answered',
      () => 'cut off',
    );
    await sleep(100);
    await sandbox.stop();
    expect(await hung).toBe('cut off');
  });
});
