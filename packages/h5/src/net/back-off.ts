/**
 * Waits between tries: each twice as long as the one before, up to a limit, with up to a half of chance in it, so that
 * twenty people whose network has come back do not ask all at once.
 */
export class BackOff {
  private tries = 0;

  constructor(
    private readonly first: number,
    private readonly longest: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds until the next try. */
  next(): number {
    const whole = Math.min(this.longest, this.first * 2 ** Math.min(this.tries, 30));
    this.tries++;
    return Math.round(whole * (1 - this.random() / 2));
  }

  reset(): void {
    this.tries = 0;
  }
}
