import '../source-maps';
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../app.setup';
import { createLogger } from '../common/logging/logger';
import { Settings } from '../config/settings';
import { openDatabaseServer } from '../database/server';
import { apiDocument } from '../openapi';

const FILE = 'docs/openapi.json';

/** Writes docs/openapi.json; with `--check`, fails when the checked-in file is not what the code says. */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'openapi-'));
  const settings = Settings.load({
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    PORT: '3000',
  });
  const database = await openDatabaseServer(settings, () => undefined);
  const app = await createApp({ settings, logger: createLogger(settings), database });
  try {
    // before init(), when production makes it
    const text = `${JSON.stringify(apiDocument(app), null, 2)}\n`;
    await app.init();
    if (!process.argv.includes('--check')) return writeFileSync(FILE, text);
    if (readFileSync(FILE, 'utf8') === text) return console.log(`${FILE} agrees with the code`);
    console.error(`${FILE} differs from the code: run "npm run openapi" and commit the result`);
    process.exitCode = 1;
  } finally {
    await app.close();
    await database.stop();
    rmSync(dataDir, { recursive: true });
  }
}

void main();
