import { Injectable } from '@nestjs/common';
import type { Refund } from '../../platforms/wechat-pay/payment-provider';
import { WechatPayError } from '../../platforms/wechat-pay/wechat-pay-error';
import { Payments } from '../payments/payments';
import type { RefundRecord } from './refund.schema';
import { Refunds } from './refunds.service';

/** Asks for refunds at WeChat Pay, and asks what has become of them. */
@Injectable()
export class RefundProcessing {
  constructor(
    private readonly refunds: Refunds,
    private readonly payments: Payments,
  ) {}

  /** Sees to the refund if it is its turn. What fails is tried again at its next turn. */
  async process(refundNo: string): Promise<void> {
    const refund = await this.refunds.take(refundNo);
    if (refund) await this.processTaken(refund);
  }

  /** Sees to a refund whose turn the caller has; if that is over, since its commit took long, the turn is taken anew. */
  async processTaken(refund: RefundRecord): Promise<void> {
    if (refund.nextCheckAt && refund.nextCheckAt <= new Date()) return this.process(refund._id);
    const said = refund.status === 'requested' ? await this.ask(refund) : await this.look(refund);
    if (said) await this.refunds.apply(said, 'watch');
  }

  /** Asks what has become of a refund, whose turn it need not be. */
  async lookUp(refundNo: string): Promise<void> {
    const said = await this.payments.provider.queryRefund(refundNo);
    if (said) await this.refunds.apply(said, 'reconciliation');
  }

  /** null where WeChat Pay has not taken it on */
  private async ask(refund: RefundRecord): Promise<Refund | null> {
    const { orderNo, _id: refundNo, total, amount, reason } = refund;
    try {
      return await this.payments.provider.refund({ orderNo, refundNo, total, amount, reason });
    } catch (error) {
      if (!(error instanceof WechatPayError)) {
        await this.refunds.noteFailure(refund, '微信支付没有应答', false);
        throw error;
      }
      const why = `${error.reason} ${error.description}`.trim();
      await this.refunds.noteFailure(refund, why, error.isOurs);
      // what is refused for a passing reason, or for lack of money in the merchant's account, may be taken on later
      if (error.isPassing || error.isOurs) throw error;
      return this.afterRefusal(refund, why);
    }
  }

  /** A refusal may be that of a repetition: what has become of the first asking is what counts. */
  private async afterRefusal(refund: RefundRecord, why: string): Promise<Refund | null> {
    const known = await this.payments.provider.queryRefund(refund._id);
    if (!known) await this.refunds.giveUp(refund, why);
    return known;
  }

  private look(refund: RefundRecord): Promise<Refund | null> {
    return this.payments.provider.queryRefund(refund._id);
  }
}
