import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The database of the run: the one that TEST_MONGODB_URI names, or an embedded one on a directory of its own. */
export default async function startDatabase(): Promise<void> {
  if (process.env['TEST_MONGODB_URI']) {
    process.env['TEST_DATABASE_KIND'] ??= 'real';
    return;
  }
  const { spawnServer } = await import('../../packages/embedded-mongo/src/index');
  const server = await spawnServer({ dataDir: mkdtempSync(join(tmpdir(), 'homecare-test-')) });
  process.env['TEST_MONGODB_URI'] = server.uri;
  process.env['TEST_DATABASE_KIND'] = 'embedded';
  globalThis.stopTestDatabase = () => server.stop();
}

declare global {
  var stopTestDatabase: (() => Promise<void>) | undefined;
}
