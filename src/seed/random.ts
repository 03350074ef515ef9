import { Types } from 'mongoose';

const HOUR_MS = 3_600_000;

/**
 * A small seeded generator (mulberry32, public domain, T. Ettinger): one seed, one sequence, on every machine.
 * Good for demonstration data only; nothing secret may come from it.
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** A multiple of `step` between `low` and `high`. */
  stepped(low: number, high: number, step: number): number {
    return low + step * this.int(0, Math.floor((high - low) / step));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** One of the values, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T {
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [value, weight] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(choices)[0];
  }

  /** A moment from `from` to `to`; `from` when there is no time between them. */
  between(from: Date, to: Date): Date {
    const span = Math.max(0, to.getTime() - from.getTime());
    return new Date(from.getTime() + Math.floor(this.next() * span));
  }

  /** Up to `hours` later than `from`, and no later than `latest`. */
  within(from: Date, hours: number, latest: Date): Date {
    return this.between(from, new Date(Math.min(from.getTime() + hours * HOUR_MS, latest.getTime())));
  }

  /** A key as the driver would have made it at `createdAt`, its random part from this generator. */
  objectId(createdAt: Date): Types.ObjectId {
    const seconds = Math.floor(createdAt.getTime() / 1000);
    return new Types.ObjectId(hex(seconds) + hex(this.next() * 2 ** 32) + hex(this.next() * 2 ** 32));
  }
}

function hex(word: number): string {
  return Math.floor(word).toString(16).padStart(8, '0');
}
