import type { IncomingHttpHeaders } from 'node:http';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it is signed. */
export interface SignedRequest {
  method: string;
  /** without the query */
  path: string;
  /** names in lower case */
  headers: IncomingHttpHeaders;
  body: string;
}

export interface SigningCredentials {
  secretId: string;
  secretKey: string;
}

export type SignatureFault =
  | 'AuthFailure.InvalidAuthorization'
  | 'AuthFailure.SecretIdNotFound'
  | 'AuthFailure.SignatureExpire'
  | 'AuthFailure.SignatureFailure';

const ALGORITHM = 'TC3-HMAC-SHA256';
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{4}-\d{2}-\d{2})\/([^/,\s]+)\/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
/** How far the clocks may differ. */
const CLOCK_SKEW_SECONDS = 300;

interface Authorization {
  secretId: string;
  date: string;
  service: string;
  signedHeaders: string;
  signature: string;
}

/**
 * What is wrong with a request's signature, or null. Source: 签名方法 v3,
 * https://cloud.tencent.com/document/api/866/33519
 */
export function signatureFault(
  request: SignedRequest,
  credentials: SigningCredentials,
  nowSeconds: number,
): SignatureFault | null {
  const authorization = parse(request.headers['authorization'] ?? '');
  if (!authorization) return 'AuthFailure.InvalidAuthorization';
  if (authorization.secretId !== credentials.secretId) return 'AuthFailure.SecretIdNotFound';
  const timestamp = Number(request.headers['x-tc-timestamp']);
  if (!(Math.abs(nowSeconds - timestamp) <= CLOCK_SKEW_SECONDS)) return 'AuthFailure.SignatureExpire';
  const utcDay = new Date(timestamp * 1000).toISOString().slice(0, 10);
  if (authorization.date !== utcDay || !covers(authorization)) return 'AuthFailure.SignatureFailure';
  const good = hostsOf(request).some((host) => {
    const headers = { ...request.headers, host };
    return (
      isService(authorization.service, host) &&
      equal(
        authorization.signature,
        signatureOf({ ...request, headers }, authorization, timestamp, credentials.secretKey),
      )
    );
  });
  return good ? null : 'AuthFailure.SignatureFailure';
}

function parse(header: string): Authorization | null {
  const [, secretId, date, service, signedHeaders, signature] = AUTHORIZATION.exec(header) ?? [];
  if (!secretId || !date || !service || !signedHeaders || !signature) return null;
  return { secretId, date, service, signedHeaders, signature };
}

/** The two that must be among the signed headers, and all of them in order. */
function covers({ signedHeaders }: Authorization): boolean {
  const names = signedHeaders.split(';');
  return (
    ['content-type', 'host'].every((name) => names.includes(name)) && names.join() === names.toSorted().join()
  );
}

/** The SDK signs the host without its port, which the cloud's own hosts do not have. */
function hostsOf({ headers }: SignedRequest): string[] {
  const host = headers['host'] ?? '';
  return [host, host.replace(/:\d+$/, '')];
}

/** The SDK takes the service's name from the host; at the cloud that is `ocr`. */
function isService(service: string, host: string): boolean {
  return service === 'ocr' || service === host.split('.')[0];
}

/** The signature that the request should have, in hex. */
export function signatureOf(
  { method, path, headers, body }: SignedRequest,
  { date, service, signedHeaders }: Pick<Authorization, 'date' | 'service' | 'signedHeaders'>,
  timestamp: number,
  secretKey: string,
): string {
  const canonicalHeaders = signedHeaders.split(';').map((name) => {
    const value = String(headers[name] ?? '').trim();
    return `${name}:${name === 'content-type' ? value : value.toLowerCase()}\n`;
  });
  const canonical = [method, path, '', canonicalHeaders.join(''), signedHeaders, sha256(body)].join('\n');
  const scope = `${date}/${service}/tc3_request`;
  const toSign = [ALGORITHM, timestamp, scope, sha256(canonical)].join('\n');
  const key = [date, service, 'tc3_request'].reduce<string | Buffer>(hmac, `TC3${secretKey}`);
  return hmac(key, toSign).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
