import { createSign, createVerify, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Certificate, selfSigned } from './certificate';

const generate = promisify(generateKeyPair);

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** What a service is told of its merchant account: the values of its settings. */
export interface MerchantAccount {
  merchantId: string;
  serialNo: string;
  /** PEM */
  privateKey: string;
  apiV3Key: string;
  publicKeyId: string;
  /** PEM */
  publicKey: string;
}

interface SigningKey {
  serial: string;
  key: KeyObject;
}

const MERCHANT_ID = '1900000109';
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000001092026010100000000000001';

const newPair = (): Promise<KeyPair> => generate('rsa', { modulusLength: 2048 });

/** The keys of a merchant and of WeChat Pay, made anew at each start: none of them is good for anything else. */
export class PayKeys {
  /** the newest last; older ones go on being answered for, as they are while certificates are renewed */
  readonly certificates: { certificate: Certificate; key: KeyObject }[] = [];
  readonly account: MerchantAccount;

  private constructor(
    private readonly merchant: KeyPair,
    private readonly platform: KeyPair,
  ) {
    this.account = {
      merchantId: MERCHANT_ID,
      serialNo: selfSigned('sandbox merchant', merchant).serialNo,
      privateKey: String(merchant.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      apiV3Key: randomBytes(16).toString('hex'),
      publicKeyId: PUBLIC_KEY_ID,
      publicKey: String(platform.publicKey.export({ type: 'spki', format: 'pem' })),
    };
  }

  static async make(): Promise<PayKeys> {
    const [merchant, platform, first] = await Promise.all([newPair(), newPair(), newPair()]);
    const keys = new PayKeys(merchant, platform);
    keys.certify(first);
    return keys;
  }

  /** A new certificate, with which is signed from now on. */
  async renew(): Promise<string> {
    return this.certify(await newPair());
  }

  get publicKey(): SigningKey {
    return { serial: PUBLIC_KEY_ID, key: this.platform.privateKey };
  }

  get certificate(): SigningKey {
    const newest = this.certificates.at(-1);
    if (!newest) throw new Error('no certificate');
    return { serial: newest.certificate.serialNo, key: newest.key };
  }

  /** Whether the merchant has signed these lines. */
  isMerchants(lines: readonly string[], signature: string): boolean {
    return createVerify('RSA-SHA256')
      .update(joined(lines))
      .verify(this.merchant.publicKey, signature, 'base64');
  }

  private certify(pair: KeyPair): string {
    const certificate = selfSigned('sandbox Tenpay.com', pair);
    this.certificates.push({ certificate, key: pair.privateKey });
    return certificate.serialNo;
  }
}

/** What stands in the headers of everything that WeChat Pay says. */
export function signedHeaders(
  body: string,
  { serial, key }: SigningKey,
  now = Date.now(),
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const nonce = randomBytes(16).toString('hex');
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': serial,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    'wechatpay-signature': createSign('RSA-SHA256')
      .update(joined([timestamp, nonce, body]))
      .sign(key, 'base64'),
  };
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
