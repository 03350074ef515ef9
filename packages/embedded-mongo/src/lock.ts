import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [WAIT_MS, RETRY_MS] = [10_000, 100];
/** Whose claim it is, and when that process began. */
const CLAIM = /^embedded-mongo\.lock\.(\d+)\.(\w*)$/;

/** Claims of this very process, which its own pid in their names would not reveal. */
const held = new Set<string>();

/** By Linux's account (proc(5)), which tells a process from a later one of its pid; empty where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, state, start = ''] = /^.*\) (\w)(?: \S+){18} (\d+)/s.exec(stat) ?? [];
    return state === 'Z' ? 'ended' : start;
  } catch {
    return '';
  }
}

function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // somebody else's, which may not be signalled, lives too
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return [start, ''].includes(startOf(pid));
}

/** The processes that claim a directory; claims of those that have ended are cleared away. */
function claimants(dir: string): number[] {
  return readdirSync(dir).flatMap((name) => {
    const [, pid, start = ''] = CLAIM.exec(name) ?? [];
    if (pid === undefined) return [];
    const file = join(dir, name);
    if (Number(pid) === process.pid ? held.has(file) : isAlive(Number(pid), start)) return [Number(pid)];
    rmSync(file, { force: true });
    return [];
  });
}

/**
 * Takes a data directory for this process, waiting for a former holder that is about to end. Of two that claim it at
 * once the later one at least sees the other's claim, and whoever sees another takes its own back and tries again.
 * @returns a function that gives it back
 * @throws Error after ten seconds
 */
export async function lockDirectory(dataDir: string): Promise<() => void> {
  const dir = resolve(dataDir);
  const own = join(dir, `embedded-mongo.lock.${process.pid}.${startOf(process.pid)}`);
  const giveBack = (): void => {
    held.delete(own);
    rmSync(own, { force: true });
  };
  for (const deadline = Date.now() + WAIT_MS; ; await sleep(RETRY_MS * (0.5 + Math.random()))) {
    const [holder] = claimants(dir);
    if (holder !== undefined && Date.now() > deadline)
      throw new Error(`${dataDir} is in use by process ${holder}: stop it or choose another directory`);
    if (holder !== undefined) continue;
    held.add(own);
    writeFileSync(own, '');
    if (claimants(dir).length === 1) return giveBack;
    giveBack();
  }
}
