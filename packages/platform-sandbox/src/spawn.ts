import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SandboxOptions } from './server';
import type { MerchantAccount } from './wechat-pay/keys';

export interface SpawnOptions extends SandboxOptions {
  /** Called when the process ends without having been stopped. */
  onExit?: ((code: number | null) => void) | undefined;
}

interface Started {
  url: string;
  wechatPay: MerchantAccount | undefined;
}

export interface SpawnedSandbox extends Started {
  pid: number;
  stop(): Promise<void>;
}

/** The built command line, whether this file runs from the sources or from the build. */
function builtCli(): string {
  const file = resolve(join(__dirname, '..', 'dist', 'cli.js'));
  if (existsSync(file)) return file;
  throw new Error(
    `${file} is missing: run npm run build first (npm run build -w @homecare/platform-sandbox)`,
  );
}

/**
 * Starts the built sandbox in a process of its own, which ends when this one does.
 * @throws Error with the sandbox's own message when it does not start
 */
export async function spawnSandbox({ onExit, ...options }: SpawnOptions = {}): Promise<SpawnedSandbox> {
  const child = fork(builtCli(), ['--ipc'], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const started = await new Promise<Started>((begun, failed) => {
    child.once('message', (message) => begun(message as Started));
    child.once('error', failed);
    exited.then(
      (code) => failed(new Error(complaint.trim() || `platform-sandbox ended with code ${String(code)}`)),
      failed,
    );
    // not on the command line, where every process could read the secrets
    child.send({ options });
  });
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) onExit?.(code);
  });
  return {
    ...started,
    pid: child.pid as number,
    stop: async () => {
      stopping = true;
      if (child.connected) child.send('stop');
      await exited;
    },
  };
}
