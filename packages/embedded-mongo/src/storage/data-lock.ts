import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 10_000;
const RETRY_MS = 100;

/** Directories locked by this very process, which its own pid in the file would not reveal. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process that holds a lock; undefined when it has ended without removing it. */
function holder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid === process.pid) return held.has(file) ? pid : undefined;
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (holder(file) !== undefined) return false;
    rmSync(file, { force: true });
    return tryLock(file);
  }
  held.add(file);
  return true;
}

/**
 * Takes a data directory for this process, waiting for a former holder that is about to end.
 * @returns a function that gives it back
 * @throws Error after ten seconds
 */
export async function lockDirectory(dataDir: string): Promise<() => void> {
  const file = resolve(join(dataDir, 'embedded-mongo.lock'));
  const deadline = Date.now() + WAIT_MS;
  while (!tryLock(file)) {
    if (Date.now() > deadline) {
      throw new Error(
        `${dataDir} is in use by process ${holder(file) ?? 'unknown'}: stop it or choose another directory`,
      );
    }
    await sleep(RETRY_MS);
  }
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}
