import { createHash, timingSafeEqual } from 'node:crypto';
import type { ZegoCredentials } from '../credentials';

const VERSION = '2.0';
/** How far the clocks may differ; as long a nonce is remembered. */
const CLOCK_SKEW_SECONDS = 600;
const NONCE = /^[0-9a-f]{16}$/;

type Query = Readonly<Record<string, string | undefined>>;

/**
 * Checks what every request of the server API carries in its query. Source: 服务端 API v2, 调用方式, 签名机制; that a
 * nonce is taken once is ours: the documents ask for a new one each time, and a service that repeats them is wrong.
 */
export class Signatures {
  /** by nonce: when it may be forgotten, in seconds */
  private readonly nonces = new Map<string, number>();

  constructor(readonly credentials: ZegoCredentials) {}

  /** ZEGO's code for what is wrong, or null. */
  fault(query: Query, nowSeconds: number): number | null {
    const missing = missingOf(query);
    if (missing) return missing;
    const { AppId = '', SignatureNonce = '', Timestamp = '', Signature = '' } = query;
    if (Math.abs(nowSeconds - Number(Timestamp)) > CLOCK_SKEW_SECONDS) return 100_000_004;
    if (Number(AppId) !== this.credentials.appId) return 100_000_010;
    if (
      !NONCE.test(SignatureNonce) ||
      !equal(Signature, signatureOf(this.credentials, SignatureNonce, Timestamp))
    )
      return 100_000_005;
    return this.use(SignatureNonce, nowSeconds) ? null : 100_000_005;
  }

  reset(): void {
    this.nonces.clear();
  }

  private use(nonce: string, nowSeconds: number): boolean {
    for (const [known, until] of this.nonces) {
      if (until > nowSeconds) break;
      this.nonces.delete(known);
    }
    if (this.nonces.has(nonce)) return false;
    this.nonces.set(nonce, nowSeconds + 2 * CLOCK_SKEW_SECONDS);
    return true;
  }
}

/** The signature that a request should have, in hex. */
export function signatureOf(
  { appId, serverSecret }: ZegoCredentials,
  nonce: string,
  timestamp: string | number,
): string {
  return createHash('md5').update(`${appId}${nonce}${serverSecret}${timestamp}`).digest('hex');
}

function missingOf(query: Query): number | null {
  if (!/^\d{1,10}$/.test(query['AppId'] ?? '')) return 100_000_001;
  if (!query['Timestamp']) return 100_000_002;
  if (!/^\d{1,12}$/.test(query['Timestamp'])) return 100_000_003;
  if (!query['SignatureNonce']) return 100_000_008;
  if (!query['Signature']) return 100_000_009;
  if (!query['SignatureVersion']) return 100_000_013;
  return query['SignatureVersion'] === VERSION ? null : 100_000_014;
}

function equal(a: string, b: string): boolean {
  const [given, expected] = [Buffer.from(a), Buffer.from(b)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
