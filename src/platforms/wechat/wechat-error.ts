import { AppError } from '../../common/errors/app-error';

/** Codes that the service acts upon; the rest are passed on. https://developers.weixin.qq.com, "全局返回码" */
export const ERRCODE = {
  busy: -1,
  invalidToken: 40001,
  badOpenid: 40003,
  illegalToken: 40014,
  badCode: 40029,
  usedCode: 40163,
  blockedUser: 40226,
  badScene: 40169,
  unknownPage: 41030,
  expiredToken: 42001,
  notAuthorised: 43101,
  tooOften: 45011,
} as const;

/** WeChat answered, and said no. Uncaught, it reaches the caller as UPSTREAM_ERROR with errcode and errmsg. */
export class WechatError extends AppError {
  constructor(
    readonly errcode: number,
    readonly errmsg: string,
  ) {
    super('UPSTREAM_ERROR', {
      message: `微信接口返回错误（${errcode}）`,
      details: { errcode, errmsg },
      cause: new Error(`WeChat: ${errcode} ${errmsg}`),
    });
  }

  get isStaleToken(): boolean {
    return (
      this.errcode === ERRCODE.invalidToken ||
      this.errcode === ERRCODE.illegalToken ||
      this.errcode === ERRCODE.expiredToken
    );
  }
}
