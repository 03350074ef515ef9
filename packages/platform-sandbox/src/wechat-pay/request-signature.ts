import type { PlatformRequest } from '../platform/platform';
import { refusal } from './refusals';
import type { PayKeys } from './keys';

const AUTHORIZATION = /^WECHATPAY2-SHA256-RSA2048 (.+)$/;
const PART = /(\w+)="([^"]*)"/g;
const CLOCK_SKEW_SECONDS = 300;

/**
 * Source: https://pay.weixin.qq.com/doc/v3/merchant/4012365336
 * @param target path and query as they stand in the request's first line
 * @throws Refusal SIGN_ERROR
 */
export function requireSignature(
  { method, target, headers, body }: Pick<PlatformRequest, 'headers' | 'body'> & Signed,
  keys: PayKeys,
  now = Date.now(),
): void {
  const [, list = ''] = AUTHORIZATION.exec(headers['authorization'] ?? '') ?? [];
  const parts = new Map(Array.from(list.matchAll(PART), ([, name = '', value = '']) => [name, value]));
  const { mchid, serial_no, timestamp, nonce_str, signature } = Object.fromEntries(parts) as Partial<
    Record<string, string>
  >;
  if (!mchid || !serial_no || !timestamp || !nonce_str || !signature)
    throw refusal('SIGN_ERROR', 'Http头Authorization值格式错误');
  if (mchid !== keys.account.merchantId) throw refusal('SIGN_ERROR', '商户号不存在');
  if (serial_no.toUpperCase() !== keys.account.serialNo) throw refusal('SIGN_ERROR', '商户证书序列号有误');
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= CLOCK_SKEW_SECONDS))
    throw refusal('SIGN_ERROR', '时间戳已过期');
  if (!keys.isMerchants([method, target, timestamp, nonce_str, body], signature))
    throw refusal('SIGN_ERROR', '签名错误，请检查后再试');
  requireKnownSerial(headers['wechatpay-serial'], keys);
}

interface Signed {
  method: string;
  target: string;
}

/** A merchant may say with which key it can check answers; one that is not ours is a mistake. */
function requireKnownSerial(serial: string | string[] | undefined, keys: PayKeys): void {
  if (serial === undefined || serial === keys.account.publicKeyId) return;
  if (keys.certificates.some(({ certificate }) => certificate.serialNo === serial)) return;
  throw refusal('PARAM_ERROR', '微信支付公钥ID或平台证书序列号有误');
}
