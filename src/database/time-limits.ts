import type { Settings } from '../config/settings';

/** As long as a call waits for a server, or for a connection to it: an absent database is an answer within seconds. */
export const SERVER_WAIT_MS = 4000;

/**
 * The longest that one call, or one transaction, may take in milliseconds: unanswered for DATABASE_TIMEOUT_MS, tried
 * once more by the driver, and a server waited for in between.
 */
export function longestCallMs({ env }: Settings): number {
  return 2 * env.DATABASE_TIMEOUT_MS + SERVER_WAIT_MS;
}
