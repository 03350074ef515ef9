import { verifyLines } from './signatures';
import type { PlatformKeys } from './platform-keys';

/** How far the clocks may differ. */
const CLOCK_SKEW_SECONDS = 300;
/** With these WeChat Pay finds out who does not check: https://pay.weixin.qq.com/doc/v3/merchant/4013053420 */
const PROBE = 'WECHATPAY/SIGNTEST/';
export const PROBE_FAULT = 'a probe';
/** Faults of what anybody can send who has seen no key of WeChat Pay's: nothing was forged. */
export const STRAY_FAULTS: readonly string[] = ['unsigned', 'out of time'];

export type HeaderReader = (name: string) => string | null;

export function isSigned(header: HeaderReader): boolean {
  return header('wechatpay-signature') !== null;
}

/**
 * Why an answer or a notice is not to be believed, or null where it is WeChat Pay's.
 * The signature is over the very bytes of the body, with the key of the serial that the message names.
 */
export async function faultOf(
  header: HeaderReader,
  body: string,
  keys: PlatformKeys,
  now = Date.now(),
): Promise<string | null> {
  const timestamp = header('wechatpay-timestamp') ?? '';
  const nonce = header('wechatpay-nonce');
  const serial = header('wechatpay-serial');
  const signature = header('wechatpay-signature');
  if (!/^\d{1,12}$/.test(timestamp) || !nonce || !serial || !signature) return 'unsigned';
  if (Math.abs(now / 1000 - Number(timestamp)) > CLOCK_SKEW_SECONDS) return 'out of time';
  if (signature.startsWith(PROBE)) return PROBE_FAULT;
  const key = await keys.find(serial);
  if (!key) return 'unknown serial';
  return verifyLines([timestamp, nonce, body], signature, key) ? null : 'wrong signature';
}
