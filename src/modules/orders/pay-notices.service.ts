import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { AppError } from '../../common/errors/app-error';
import { LOGGER } from '../../common/logging/logging.module';
import { Metrics } from '../../common/metrics/metrics';
import {
  type PaymentNotice,
  type ReceivedNotice,
  RefusedNotice,
} from '../../platforms/wechat-pay/payment-provider';
import { PaymentAlarms } from '../payments/payment-alarms';
import { Payments } from '../payments/payments';
import { Refunds } from './refunds.service';
import { Settlements } from './settlements.service';

/** WeChat Pay waits 5 s, and then posts again later. */
const ANSWER_WITHIN_MS = 4_000;

/**
 * What WeChat Pay tells by itself. Each notice may come twice, late, before another one that it was sent after, or not at
 * all; what it says is written once, whatever comes.
 */
@Injectable()
export class PayNotices {
  private readonly stray: Counter;

  constructor(
    private readonly payments: Payments,
    private readonly settlements: Settlements,
    private readonly refunds: Refunds,
    private readonly alarms: PaymentAlarms,
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.stray = new Counter({
      name: 'payment_notices_stray_total',
      help: 'What was posted to a notice address without a signature, or with one that is out of time',
      labelNames: ['why'],
      registers: [metrics.registry],
    });
  }

  /** @throws {AppError} FORBIDDEN for what is not WeChat Pay's, SERVICE_UNAVAILABLE when it takes too long */
  async receive(kind: PaymentNotice['kind'], received: ReceivedNotice): Promise<void> {
    const handling = this.take(kind, received);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, late) => {
      timer = setTimeout(() => late(new AppError('SERVICE_UNAVAILABLE')), ANSWER_WITHIN_MS);
    });
    // it goes on after the answer; what becomes of it then has been logged
    handling.catch(() => undefined);
    await Promise.race([handling, tooLate]).finally(() => clearTimeout(timer));
  }

  /** Reading one may take long, too: when its serial is new, WeChat Pay is asked for the certificate. */
  private async take(kind: PaymentNotice['kind'], received: ReceivedNotice): Promise<void> {
    const notice = await this.read(received);
    if (notice.kind !== kind) throw new AppError('INVALID_PARAMS', { message: '通知发到了错误的地址' });
    await this.handle(notice).catch((error: unknown) => {
      this.logger.warn({ err: error, notice: notice.id }, 'WeChat Pay: notice not carried out');
      throw error;
    });
  }

  private handle(notice: PaymentNotice): Promise<void> {
    return notice.kind === 'payment'
      ? this.settlements.settle(notice.orderNo, notice.state, 'notice')
      : this.refunds.apply(notice.refund, 'notice');
  }

  private noteStray({ message }: RefusedNotice): void {
    this.stray.inc({ why: message });
    this.logger.warn({ why: message }, 'WeChat Pay: a notice was refused that nobody has signed just now');
  }

  private alarmOf({ message, cause }: RefusedNotice): void {
    this.alarms.raise('notice-refused', { why: message, ...(cause instanceof Error ? { err: cause } : {}) });
  }

  private async read(received: ReceivedNotice): Promise<PaymentNotice> {
    try {
      return await this.payments.provider.readNotice(received);
    } catch (error) {
      if (!(error instanceof RefusedNotice)) throw error;
      if (error.isProbe) this.logger.info('WeChat Pay: a probe was refused, as it must be');
      else if (error.isStray) this.noteStray(error);
      else this.alarmOf(error);
      throw new AppError('FORBIDDEN', { message: '不是微信支付的通知', cause: error });
    }
  }
}
