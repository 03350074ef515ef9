import { parseArgs } from 'node:util';
import { startServer } from './server';

async function main(): Promise<void> {
  const port = { type: 'string', default: '27017' } as const;
  const { data, port: wanted } = parseArgs({ options: { data: { type: 'string' }, port } }).values;
  if (!data) throw new Error('usage: embedded-mongo --data DIRECTORY [--port N]');
  const server = await startServer({ dataDir: data, port: Number(wanted) });
  process.stdout.write(
    `embedded-mongo at ${server.uri} for development, demos and tests (some 50,000 documents); data in ${data}\n`,
  );
  const stop = (): void => void server.close().finally(() => process.exit());
  // Ctrl-C and many a service manager reach all processes: a parent still has work to finish and stops this one itself.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.connected || stop());
  process.on('disconnect', stop);
  process.on('message', (message) => message === 'stop' && stop());
  process.send?.({ uri: server.uri });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
