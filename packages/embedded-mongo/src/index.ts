import type { RunningServer, ServerOptions } from './server';

export { EMBEDDED_MARKER } from './marker';
export { spawnServer, type SpawnedServer, type SpawnOptions } from './spawn';
export type { RunningServer, ServerOptions };

/** Starts the server in this process, as `server.ts` does: loaded only now, since who spawns one needs none of it. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> =>
  (await import('./server')).startServer(options);
