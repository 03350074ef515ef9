import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export interface SpawnOptions {
  dataDir: string;
  port?: number;
  /** Called when the process ends without having been stopped. */
  onExit?: (code: number | null) => void;
}

export interface SpawnedServer {
  uri: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the built server in a process of its own, which ends when this one does.
 * @throws Error with the server's own message when it does not start
 */
export async function spawnServer({ dataDir, port = 0, onExit }: SpawnOptions): Promise<SpawnedServer> {
  // From the build, whether this file runs from there or from the sources.
  const file = resolve(__dirname, '..', 'dist', 'cli.js');
  if (!existsSync(file)) throw new Error(`${file} is missing: npm run build -w @homecare/embedded-mongo`);
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const;
  const child = fork(file, ['--data', dataDir, '--port', String(port)], { stdio: [...stdio], execArgv: [] });
  let [complaint, isStopping] = ['', false];
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const uri = await new Promise<string>((started, failed) => {
    child.once('message', (message) => started((message as { uri: string }).uri));
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(complaint.trim() || `ended with code ${String(code)}`)));
  });
  child.once('exit', (code) => isStopping || onExit?.(code));
  const stop = async (): Promise<void> => {
    isStopping = true;
    if (child.connected) child.send('stop');
    await exited;
  };
  return { uri, pid: child.pid as number, stop };
}
