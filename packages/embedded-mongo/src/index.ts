export { startServer, type RunningServer, type ServerOptions } from './server';
export { spawnServer, type SpawnedServer, type SpawnOptions } from './spawn';
export { EMBEDDED_MARKER } from './dispatch';
