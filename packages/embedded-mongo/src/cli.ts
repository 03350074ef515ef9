import { parseArgs } from 'node:util';
import { startServer } from './server';

/** Documents for which the figures in the README hold; beyond, use the real server. */
const MEANT_FOR = 50_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '27017' },
      host: { type: 'string', default: '127.0.0.1' },
    },
  });
  if (!values.data) throw new Error('usage: embedded-mongo --data DIRECTORY [--port N] [--host ADDRESS]');
  const server = await startServer({ dataDir: values.data, port: Number(values.port), host: values.host });
  process.stdout.write(
    `embedded-mongo at ${server.uri} for development, demos and tests (some ${MEANT_FOR.toLocaleString('en')} documents); data in ${values.data}\n`,
  );
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  if (process.send) {
    // Ctrl-C reaches the whole process group: the parent still has work to finish and stops this process itself.
    process.on('SIGINT', () => undefined);
    process.on('disconnect', stop);
    process.on('message', (message) => message === 'stop' && stop());
    process.send({ uri: server.uri });
  } else process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
