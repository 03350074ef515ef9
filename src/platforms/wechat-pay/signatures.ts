import { createSign, createVerify, type KeyObject, randomBytes } from 'node:crypto';

/** RSA-SHA256 over lines, each ended by a line feed. https://pay.weixin.qq.com/doc/v3/merchant/4012365342 */
export function signLines(lines: readonly string[], key: KeyObject): string {
  return createSign('RSA-SHA256').update(joined(lines)).sign(key, 'base64');
}

export function verifyLines(lines: readonly string[], signature: string, key: KeyObject): boolean {
  return createVerify('RSA-SHA256').update(joined(lines)).verify(key, signature, 'base64');
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** 32 characters that nobody can guess. */
export function nonce(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}

export interface Merchant {
  merchantId: string;
  serialNo: string;
  privateKey: KeyObject;
}

/** The Authorization header of a request, over its method, its path with query, and its very body. */
export function authorization(
  sent: { method: string; target: string; body: string },
  { merchantId, serialNo, privateKey }: Merchant,
  now = Date.now(),
): string {
  const timestamp = String(Math.floor(now / 1000));
  const random = nonce();
  const signature = signLines([sent.method, sent.target, timestamp, random, sent.body], privateKey);
  const parts = {
    mchid: merchantId,
    nonce_str: random,
    timestamp,
    serial_no: serialNo,
    signature,
  };
  const values = Object.entries(parts).map(([name, value]) => `${name}="${value}"`);
  return `WECHATPAY2-SHA256-RSA2048 ${values.join(',')}`;
}
