const LEAST_WAIT_MS = 10_000;
const MARGIN_SHARE = 0.1;
const MOST_MARGIN_MS = 5 * 60_000;
/** Beyond it, a timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** When to fetch the next token, in milliseconds from now, of one that is good for `expireSeconds`: well before its end. */
export function renewAfterMs(expireSeconds: number): number {
  const lifetime = expireSeconds * 1000;
  const margin = Math.min(MOST_MARGIN_MS, lifetime * MARGIN_SHARE);
  return Math.min(LONGEST_TIMER_MS, Math.max(LEAST_WAIT_MS, lifetime - margin));
}
