import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox, type SandboxOptions } from './server';

const USUAL_PORT = '3900';

/** Started by spawnSandbox: the options come as a message. */
async function startForParent(): Promise<Sandbox> {
  const [message] = (await once(process, 'message')) as [{ options: SandboxOptions }];
  return startSandbox(message.options);
}

async function startForPerson(port: string): Promise<Sandbox> {
  if (!/^\d{1,5}$/.test(port)) throw new Error('usage: platform-sandbox [--port N]');
  const sandbox = await startSandbox({ port: Number(port) });
  process.stdout.write(
    `platform-sandbox at ${sandbox.url}, for development and tests: nothing of it is real\n`,
  );
  return sandbox;
}

function stopOnRequest(sandbox: Sandbox, isChild: boolean): void {
  const stop = (): void => {
    sandbox.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // Ctrl-C and many a service manager reach all processes: a parent still has work to finish and stops this one itself.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, isChild ? () => undefined : stop);
  if (!isChild) return;
  process.on('disconnect', stop);
  process.on('message', (message) => message === 'stop' && stop());
  process.send?.({ url: sandbox.url, wechatPay: sandbox.wechatPay });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, ipc: { type: 'boolean', default: false } },
  });
  const port = values.port ?? process.env['SANDBOX_PORT'] ?? USUAL_PORT;
  const sandbox = await (values.ipc ? startForParent() : startForPerson(port));
  stopOnRequest(sandbox, values.ipc);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
