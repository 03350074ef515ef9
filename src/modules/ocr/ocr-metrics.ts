import { Injectable } from '@nestjs/common';
import type { OcrMetricsView } from './ocr.views';

/** So many of the latest readings tell how long one takes. */
const KEPT = 1000;

/** Counts the readings of this process since it started; looking at them resets nothing. */
@Injectable()
export class OcrMetrics {
  private readonly since = new Date();
  private readonly durations: number[] = [];
  private successful = 0;
  private failed = 0;

  /** Runs a reading, counts how it ended and how long it took. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await work();
      this.successful += 1;
      return result;
    } catch (error) {
      this.failed += 1;
      throw error;
    } finally {
      // the place of the oldest is taken, once there are enough
      this.durations[(this.successful + this.failed - 1) % KEPT] = performance.now() - startedAt;
    }
  }

  /** Rates are 0–1, times milliseconds, the uptime seconds. */
  read(now = new Date()): OcrMetricsView {
    const total = this.successful + this.failed;
    const sorted = this.durations.toSorted((a, b) => a - b);
    const sum = sorted.reduce((all, duration) => all + duration, 0);
    return {
      totalRequests: total,
      successfulRequests: this.successful,
      failedRequests: this.failed,
      successRate: total === 0 ? 1 : rounded(this.successful / total, 4),
      averageProcessingTime: rounded(sum / Math.max(sorted.length, 1), 1),
      p95ProcessingTime: rounded(sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0, 1),
      uptime: Math.floor((now.getTime() - this.since.getTime()) / 1000),
      since: this.since.toISOString(),
    };
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
