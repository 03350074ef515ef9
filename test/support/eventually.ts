import { setTimeout as pause } from 'node:timers/promises';

/** A real server may be an emulated one, which takes several times as long for everything. */
const PATIENCE = process.env['TEST_DATABASE_KIND'] === 'real' ? 3 : 1;

/** Repeats `observe` until it no longer throws, for at most `within` milliseconds; then its last error is thrown. */
export async function eventually<T>(
  observe: () => Promise<T>,
  { within = 5000, every = 50 }: { within?: number; every?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within * PATIENCE;
  for (;;) {
    try {
      return await observe();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(every);
  }
}
