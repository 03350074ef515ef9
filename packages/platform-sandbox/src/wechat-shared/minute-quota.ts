import { refusal } from './refusals';

const MINUTE_MS = 60_000;

/** WeChat's limit of calls of one interface within a minute of the clock. */
export class MinuteQuota {
  private minute = 0;
  private used = 0;

  constructor(
    private readonly usualLimit: number,
    private readonly errcode: number,
    private limit = usualLimit,
  ) {}

  limitTo(calls: number): void {
    this.limit = calls;
  }

  /** @throws Refusal with the errcode of this quota when the minute's calls are used up */
  use(): void {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.used = 0;
    }
    this.used += 1;
    if (this.used > this.limit) throw refusal(this.errcode);
  }

  reset(): void {
    this.used = 0;
    this.limit = this.usualLimit;
  }
}
