import { z } from 'zod';
import type { WechatPaySettings } from '../../config/wechat-pay-settings';
import type { Upstream } from '../upstream/upstream';
import { readNotice } from './notices';
import type {
  Bill,
  Patience,
  PaymentNotice,
  PaymentOrder,
  PaymentProvider,
  PaymentState,
  PayParams,
  ReceivedNotice,
  Refund,
  RefundOrder,
} from './payment-provider';
import { nonce, signLines } from './signatures';
import { BillError, checkHash, tradesOf } from './trade-bill';
import { refundAnswer, refundOf, stateOf, transactionAnswer } from './transactions';
import { type PayRequest, WechatPayApi } from './wechat-pay-api';
import { WechatPayError } from './wechat-pay-error';

const prepayAnswer = z.object({ prepay_id: z.string().min(1).max(64) });
const billAnswer = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.url(),
});

/** Where WeChat Pay itself has bills downloaded from, whatever name it was asked under. */
const HOSTS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'];
const NOT_KNOWN = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS'];
/** WeChat Pay has a day's bill ready at 10 o'clock of the next, in Shanghai. */
const BILL_AFTER_MS = 34 * 3_600_000;
const BILL_TIMEOUT_MS = 60_000;
/** As a file of gzip; unzipped it may be ten times as much. */
const LARGEST_BILL = 128 * 1024 * 1024;
const PATIENT: Patience = { patient: true };

export interface NoticeAddresses {
  /** https, without a query */
  payment: string;
  refund: string;
}

/**
 * WeChat Pay, API v3, JSAPI: paying within a mini-program. https://pay.weixin.qq.com/doc/v3/merchant/4012791911
 * Every request may be repeated: WeChat Pay knows an order by its out_trade_no and a refund by its out_refund_no.
 */
export class WechatPay implements PaymentProvider {
  private readonly api: WechatPayApi;

  constructor(
    upstream: Upstream,
    private readonly settings: WechatPaySettings,
    private readonly addresses: NoticeAddresses,
  ) {
    this.api = new WechatPayApi(upstream, settings);
  }

  async prepare({ orderNo, description, amount, openid, expiresAt }: PaymentOrder): Promise<string> {
    const { appId, merchantId } = this.settings;
    const body = {
      appid: appId,
      mchid: merchantId,
      description,
      out_trade_no: orderNo,
      time_expire: rfc3339(expiresAt),
      notify_url: this.addresses.payment,
      amount: { total: amount, currency: 'CNY' },
      payer: { openid },
    };
    const answer = await this.api.call(post('jsapi', '/v3/pay/transactions/jsapi', body), prepayAnswer);
    return answer.prepay_id;
  }

  payParams(prepayId: string): PayParams {
    const timeStamp = String(Math.floor(Date.now() / 1000));
    const nonceStr = nonce();
    const packed = `prepay_id=${prepayId}`;
    const paySign = signLines([this.settings.appId, timeStamp, nonceStr, packed], this.settings.privateKey);
    return { timeStamp, nonceStr, package: packed, signType: 'RSA', paySign };
  }

  async query(orderNo: string, { patient }: Patience = PATIENT): Promise<PaymentState> {
    const request: PayRequest = {
      operation: 'query',
      method: 'GET',
      path: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}`,
      query: { mchid: this.settings.merchantId },
      repeatable: patient,
    };
    const answer = await this.api.call(request, transactionAnswer).catch(unlessUnknown);
    return answer ? stateOf(answer, orderNo, this.settings) : { kind: 'unknown' };
  }

  async close(orderNo: string, { patient }: Patience = PATIENT): Promise<boolean> {
    const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}/close`;
    try {
      const request = post('close', path, { mchid: this.settings.merchantId });
      await this.api.command({ ...request, repeatable: patient });
      return true;
    } catch (error) {
      if (!(error instanceof WechatPayError) || error.isPassing || error.isOurs) throw error;
      return false;
    }
  }

  async refund({ orderNo, refundNo, total, amount, reason }: RefundOrder): Promise<Refund> {
    const body = {
      out_trade_no: orderNo,
      out_refund_no: refundNo,
      reason,
      notify_url: this.addresses.refund,
      amount: { refund: amount, total, currency: 'CNY' },
    };
    return refundOf(await this.api.call(post('refund', '/v3/refund/domestic/refunds', body), refundAnswer));
  }

  async queryRefund(refundNo: string): Promise<Refund | null> {
    const request: PayRequest = {
      operation: 'query-refund',
      method: 'GET',
      path: `/v3/refund/domestic/refunds/${encodeURIComponent(refundNo)}`,
      repeatable: true,
    };
    const answer = await this.api.call(request, refundAnswer).catch(unlessUnknown);
    return answer && refundOf(answer);
  }

  readNotice(notice: ReceivedNotice): Promise<PaymentNotice> {
    return readNotice(notice, this.settings, this.api.keys);
  }

  async bill(day: string): Promise<Bill | null> {
    const request: PayRequest = {
      operation: 'tradebill',
      method: 'GET',
      path: '/v3/bill/tradebill',
      query: { bill_date: day, bill_type: 'ALL', tar_type: 'GZIP' },
      repeatable: true,
    };
    const answer = await this.api.call(request, billAnswer).catch((error: unknown) => {
      if (!(error instanceof WechatPayError)) throw error;
      if (error.reason === 'STATEMENT_CREATING') return 'creating' as const;
      // until then it may as well be that the bill has not been begun
      if (error.reason === 'NO_STATEMENT_EXIST') return isBillTime(day) ? ('empty' as const) : 'creating';
      throw error;
    });
    if (answer === 'creating') return null;
    if (answer === 'empty') return { hash: '', lines: noLines };
    return this.download(answer);
  }

  private async download({ hash_value, download_url }: z.infer<typeof billAnswer>): Promise<Bill> {
    const zipped = await this.api.download({
      operation: 'billdownload',
      method: 'GET',
      path: this.pathOf(download_url),
      repeatable: true,
      timeoutMs: BILL_TIMEOUT_MS,
      largestAnswer: LARGEST_BILL,
    });
    await checkHash(zipped, hash_value);
    return { hash: hash_value.toLowerCase(), lines: () => tradesOf(zipped, this.settings.appId) };
  }

  /** Our signature goes to WeChat Pay alone, wherever a link may lead. */
  private pathOf(url: string): string {
    const host = [this.settings.baseUrl, ...HOSTS].find((base) => url.startsWith(`${base}/`));
    if (!host) throw new BillError('下载地址不是微信支付的');
    return url.slice(host.length);
  }
}

function post(operation: string, path: string, body: unknown): PayRequest {
  return { operation, method: 'POST', path, body, repeatable: true };
}

function isBillTime(day: string): boolean {
  return Date.now() >= Date.parse(`${day}T00:00:00+08:00`) + BILL_AFTER_MS;
}

function unlessUnknown(error: unknown): null {
  if (error instanceof WechatPayError && error.httpStatus === 404 && NOT_KNOWN.includes(error.reason))
    return null;
  throw error;
}

/** Whole seconds, as WeChat Pay wants them. */
function rfc3339(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+00:00`;
}

async function* noLines(): AsyncGenerator<never> {
  // a day without a trade has no bill
}
