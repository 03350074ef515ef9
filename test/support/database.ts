import { randomBytes } from 'node:crypto';
import type { DatabaseServer } from '../../src/database/server';

/** The server that the whole test run shares; the global set-up has started it or was given it. */
export function testDatabase(): DatabaseServer {
  const uri = process.env['TEST_MONGODB_URI'];
  if (!uri)
    throw new Error(
      'TEST_MONGODB_URI is not set: run the tests with jest, whose global set-up starts a database',
    );
  return {
    uri,
    embedded: process.env['TEST_DATABASE_KIND'] === 'embedded',
    observed: true,
    stop: async () => undefined,
  };
}

/** A database of one test file's own. */
export function freshDatabaseName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

/** What only a real MongoDB can show (explain, its own opcounters) is asserted there. */
export const onRealMongo = process.env['TEST_DATABASE_KIND'] === 'real' ? describe : describe.skip;
