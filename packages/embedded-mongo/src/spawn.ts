import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

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

/** The built command line, whether this file runs from the sources or from the build. */
function builtCli(): string {
  const file = resolve(join(__dirname, '..', 'dist', 'cli.js'));
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: run npm run build first (npm run build -w @homecare/embedded-mongo)`);
}

/**
 * Starts the built server in a process of its own, which ends when this one does.
 * @throws Error with the server's own message when it does not start
 */
export async function spawnServer({ dataDir, port = 0, onExit }: SpawnOptions): Promise<SpawnedServer> {
  const child = fork(builtCli(), ['--data', dataDir, '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const uri = await new Promise<string>((started, failed) => {
    child.once('message', (message) => started((message as { uri: string }).uri));
    child.once('error', failed);
    exited.then(
      (code) => failed(new Error(complaint.trim() || `embedded-mongo ended with code ${String(code)}`)),
      failed,
    );
  });
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) onExit?.(code);
  });
  return {
    uri,
    pid: child.pid as number,
    stop: async () => {
      stopping = true;
      if (child.connected) child.send('stop');
      await exited;
    },
  };
}
