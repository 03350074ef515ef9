import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { Metrics } from '../../common/metrics/metrics';

/** What the calls to outside systems take and how they end, for all platforms together. */
@Injectable()
export class UpstreamMetrics {
  private readonly durations: Histogram;
  private readonly outcomes: Counter;

  constructor(metrics: Metrics) {
    this.durations = new Histogram({
      name: 'upstream_request_duration_seconds',
      help: 'Time of a request to an outside system, by system and operation',
      labelNames: ['api', 'operation'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [metrics.registry],
    });
    this.outcomes = new Counter({
      name: 'upstream_requests_total',
      help: "Requests to outside systems by outcome: ok, the system's own error code, or how the transport failed",
      labelNames: ['api', 'operation', 'outcome'],
      registers: [metrics.registry],
    });
  }

  duration(api: string, operation: string, seconds: number): void {
    this.durations.observe({ api, operation }, seconds);
  }

  outcome(api: string, operation: string, outcome: string): void {
    this.outcomes.inc({ api, operation, outcome });
  }
}
