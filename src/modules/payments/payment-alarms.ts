import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { LOGGER } from '../../common/logging/logging.module';
import { Metrics } from '../../common/metrics/metrics';

/** What somebody must look at; docs/payments.md says what to do about each. */
export type AlarmKind =
  | 'notice-refused'
  | 'unknown-order'
  | 'payment-differs'
  | 'paid-when-closed'
  | 'not-deliverable'
  | 'refunded-elsewhere'
  | 'unknown-refund'
  | 'refund-differs'
  | 'refund-refused'
  | 'refund-stuck'
  | 'refund-abnormal'
  | 'refund-closed'
  | 'refund-against-books'
  | 'bill-differs'
  | 'not-reconciled';

/** Money that is not where it should be: told in the log as an error, and counted, so that monitoring can call somebody. */
@Injectable()
export class PaymentAlarms {
  private readonly counter: Counter;

  constructor(
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.counter = new Counter({
      name: 'payment_alarms_total',
      help: 'What somebody must look at in the way of money, by kind: see docs/payments.md',
      labelNames: ['kind'],
      registers: [metrics.registry],
    });
  }

  raise(alarm: AlarmKind, details: Record<string, unknown>): void {
    this.counter.inc({ kind: alarm });
    this.logger.error({ alarm, ...details }, 'payment alarm');
  }
}
