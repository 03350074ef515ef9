import { Injectable } from '@nestjs/common';

/** Fewer than this are counted anew each time, so that a small list's total is always exact. */
const REMEMBERED_FROM = 1000;
const REMEMBERED_MS = 5000;
const MOST_KEYS = 500;

/**
 * Large totals, remembered for five seconds: an index of 100,000 keys is walked once for all who look at the first
 * pages meanwhile, and nobody sees whether it is 84,211 or 84,212.
 */
@Injectable()
export class RememberedCounts {
  private readonly counts = new Map<string, { count: number; until: number }>();

  /** @param question what is counted, as plain data: the same question, the same answer */
  async count(question: unknown, ask: () => Promise<number>): Promise<number> {
    const key = JSON.stringify(question);
    const known = this.counts.get(key);
    if (known && Date.now() < known.until) return known.count;
    const count = await ask();
    this.counts.delete(key);
    if (count >= REMEMBERED_FROM) this.remember(key, count);
    return count;
  }

  private remember(key: string, count: number): void {
    if (this.counts.size >= MOST_KEYS) this.counts.clear();
    this.counts.set(key, { count, until: Date.now() + REMEMBERED_MS });
  }
}
