import { existsSync } from 'node:fs';

/** What the environment says, and what a file .env beside it adds; every program of the service starts with it. */
export function processEnvironment(): NodeJS.ProcessEnv {
  // the file fills in only what the environment leaves open
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
