import { setTimeout as pause } from 'node:timers/promises';

/** Repeats `observe` until it no longer throws, for at most `within` milliseconds; then its last error is thrown. */
export async function eventually<T>(
  observe: () => Promise<T>,
  { within = 5000, every = 50 }: { within?: number; every?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await observe();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(every);
  }
}
