import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Jobs } from '../../common/jobs/jobs';
import { LOGGER } from '../../common/logging/logging.module';
import { Payments } from '../payments/payments';
import { OrderChecks } from './order-checks.service';
import { OrdersStore } from './orders.store';
import { RefundProcessing } from './refund-processing.service';
import { Refunds } from './refunds.service';

const WATCH = 'orders.watch';
const REFUND = 'refunds.process';
const EVERY_MS = 10_000;
const MOST_AT_ONCE = 200;
/** WeChat Pay takes some hundred questions a second; and an instance has other things to do. */
const SIDE_BY_SIDE = 8;
/** Within the lock of a job; what is left is the next round's. */
const ROUND_MS = 45_000;

/** Sees to it that no order and no refund is forgotten, whatever notice was lost and whichever process died. */
@Injectable()
export class OrderWatch implements OnModuleInit, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly orders: OrdersStore,
    private readonly checks: OrderChecks,
    private readonly refunds: Refunds,
    private readonly processing: RefundProcessing,
    private readonly payments: Payments,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.every(WATCH, EVERY_MS, () => this.round());
    this.jobs.define<{ refundNo: string }>(REFUND, ({ refundNo }) => this.processing.process(refundNo));
    this.refunds.onAdded((refundNo) => this.enqueue(refundNo));
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Without its job, a refund waits for the next round. */
  private async enqueue(refundNo: string): Promise<void> {
    try {
      await this.jobs.enqueue(REFUND, { refundNo });
    } catch (error) {
      this.logger.warn({ err: error, refundNo }, 'orders: a refund was left to the watch');
    }
  }

  private async round(): Promise<void> {
    if (!this.payments.isConfigured) return;
    const until = Date.now() + ROUND_MS;
    const orders = await this.orders.takeDue(MOST_AT_ONCE);
    await this.each(orders, until, (order) => this.checks.check(order, 'watch'));
    const refunds = await this.refunds.due(MOST_AT_ONCE);
    await this.each(refunds, until, (refundNo) => this.processing.process(refundNo));
  }

  /** One that fails does not hold up the others: its next turn is set already. */
  private async each<T>(items: T[], until: number, work: (item: T) => Promise<void>): Promise<void> {
    const waiting = [...items];
    const worker = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        if (this.stopping || Date.now() > until) return;
        await work(item).catch((error: unknown) =>
          this.logger.warn({ err: error }, 'orders: could not be seen to, will be again'),
        );
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  }
}
