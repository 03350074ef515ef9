import { AppError } from '../../common/errors/app-error';

/** WeChat Pay answered, and said no. Uncaught, it reaches the caller as UPSTREAM_ERROR. */
export class WechatPayError extends AppError {
  constructor(
    readonly httpStatus: number,
    /** https://pay.weixin.qq.com/doc/v3/merchant/4012081709, for example ORDER_NOT_EXIST */
    readonly reason: string,
    readonly description: string,
  ) {
    super('UPSTREAM_ERROR', {
      message: `微信支付返回错误（${reason}）`,
      details: { errcode: reason, errmsg: description },
      cause: new Error(`WeChat Pay: ${httpStatus} ${reason} ${description}`),
    });
  }

  /** Not a word on the request itself: too many at a time, or a moment's weakness. */
  get isPassing(): boolean {
    return (
      this.httpStatus === 429 || ['SYSTEM_ERROR', 'FREQUENCY_LIMITED', 'BANK_ERROR'].includes(this.reason)
    );
  }

  /** Whoever says no by these says it of the merchant's account or settings: it will be the same until somebody acts. */
  get isOurs(): boolean {
    return (
      this.httpStatus === 401 ||
      ['NO_AUTH', 'NOT_ENOUGH', 'MCH_NOT_EXISTS', 'APPID_MCHID_NOT_MATCH', 'SIGN_ERROR'].includes(this.reason)
    );
  }
}
