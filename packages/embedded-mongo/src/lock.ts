import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [WAIT_MS, RETRY_MS] = [10_000, 100];

/** Directories locked by this very process, which its own pid in the file would not reveal. */
const held = new Set<string>();

/** The process that holds a lock; undefined when it has ended without giving it back. */
function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid === process.pid) return held.has(file) ? pid : undefined;
    return process.kill(pid, 0) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes a data directory for this process, waiting for a former holder that is about to end.
 * @returns a function that gives it back
 * @throws Error after ten seconds
 */
export async function lockDirectory(dataDir: string): Promise<() => void> {
  const file = resolve(join(dataDir, 'embedded-mongo.lock'));
  for (const deadline = Date.now() + WAIT_MS; holderOf(file) !== undefined; await sleep(RETRY_MS))
    if (Date.now() > deadline)
      throw new Error(
        `${dataDir} is in use by process ${holderOf(file)}: stop it or choose another directory`,
      );
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: 'wx' });
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}
