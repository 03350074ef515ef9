import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AppError } from '../../common/errors/app-error';
import { LOGGER } from '../../common/logging/logging.module';
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
  constructor(
    private readonly payments: Payments,
    private readonly settlements: Settlements,
    private readonly refunds: Refunds,
    private readonly alarms: PaymentAlarms,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws {AppError} FORBIDDEN for what is not WeChat Pay's, SERVICE_UNAVAILABLE when it takes too long */
  async receive(kind: PaymentNotice['kind'], received: ReceivedNotice): Promise<void> {
    const notice = await this.read(received);
    if (notice.kind !== kind) throw new AppError('INVALID_PARAMS', { message: '通知发到了错误的地址' });
    const handling = this.handle(notice);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, late) => {
      timer = setTimeout(() => late(new AppError('SERVICE_UNAVAILABLE')), ANSWER_WITHIN_MS);
    });
    // it goes on after the answer; what becomes of it then is only for the log
    handling.catch((error: unknown) =>
      this.logger.warn({ err: error, notice: notice.id }, 'WeChat Pay: notice not carried out'),
    );
    await Promise.race([handling, tooLate]).finally(() => clearTimeout(timer));
  }

  private handle(notice: PaymentNotice): Promise<void> {
    return notice.kind === 'payment'
      ? this.settlements.settle(notice.orderNo, notice.state, 'notice')
      : this.refunds.apply(notice.refund, 'notice');
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
      else this.alarmOf(error);
      throw new AppError('FORBIDDEN', { message: '不是微信支付的通知', cause: error });
    }
  }
}
