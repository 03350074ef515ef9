import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error';
import { Settings } from '../../config/settings';
import { Upstream } from '../../platforms/upstream/upstream';
import { UpstreamMetrics } from '../../platforms/upstream/upstream-metrics';
import type { PaymentProvider } from '../../platforms/wechat-pay/payment-provider';
import { WechatPay } from '../../platforms/wechat-pay/wechat-pay';

/** Where notices are posted to, below the public address. */
export const NOTICE_PATHS = { payment: 'wechat/pay/notify', refund: 'wechat/pay/refund_notify' } as const;

/** The way in which members pay, if the agency has one. */
@Injectable()
export class Payments {
  private readonly own: PaymentProvider | undefined;

  constructor({ wechatPay, publicBaseUrl }: Settings, metrics: UpstreamMetrics) {
    if (!wechatPay) return;
    const upstream = new Upstream('wechat-pay', wechatPay.baseUrl, metrics);
    this.own = new WechatPay(upstream, wechatPay, {
      payment: `${publicBaseUrl}/${NOTICE_PATHS.payment}`,
      refund: `${publicBaseUrl}/${NOTICE_PATHS.refund}`,
    });
  }

  get isConfigured(): boolean {
    return this.own !== undefined;
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE where none is configured */
  get provider(): PaymentProvider {
    if (this.own) return this.own;
    throw new AppError('SERVICE_UNAVAILABLE', { message: '微信支付未配置，请联系管理员' });
  }
}
