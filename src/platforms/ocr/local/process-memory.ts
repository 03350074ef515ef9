import { readFile } from 'node:fs/promises';

/** Pages of Linux on every architecture that Node's own builds support. */
const PAGE_BYTES = 4096;

/**
 * Resident memory of a process in MiB, by Linux's account of it (`/proc/PID/statm`, proc(5)); null where there is none,
 * as on a developer's Mac, or when the process has ended.
 */
export async function residentMegabytes(pid: number): Promise<number | null> {
  try {
    const [, resident] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
    return (Number(resident) * PAGE_BYTES) / 2 ** 20;
  } catch {
    return null;
  }
}
