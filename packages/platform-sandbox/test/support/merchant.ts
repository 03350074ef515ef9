import { createPublicKey, X509Certificate } from 'node:crypto';
import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { SANDBOX_CREDENTIALS } from '../../src';
import type { Json, Platforms } from './platforms';
import type { Received } from './receiver';

export const OPENID = 'o_xiaoli';
export const TRANSACTIONS = '/v3/pay/transactions';
export const REFUNDS = '/v3/refund/domestic/refunds';

interface Reply {
  status: number;
  body: Json;
  headers: Headers;
}

interface LibraryClient {
  request(path: string, method: string, data?: unknown, config?: object): Promise<{ data: unknown }>;
}

let orders = 0;

/**
 * A merchant whose requests and checks are those of a library that others have paid with for years: what the sandbox
 * takes for right is not just what its own code takes for right.
 */
export class Merchant {
  constructor(private readonly platforms: Platforms) {}

  /** An order by way of the library's own client, which signs the request and checks the answer's signature. */
  async prepareByLibrary(order: Json): Promise<unknown> {
    return (await this.client.request('v3/pay/transactions/jsapi', 'post', order)).data;
  }

  /** The bytes of a bill, by way of the same client. */
  async billByLibrary(downloadUrl: string): Promise<Buffer> {
    const params = { token: new URL(downloadUrl).searchParams.get('token') };
    const config = { params, responseType: 'arraybuffer' };
    return (await this.client.request('v3/billdownload/file', 'get', undefined, config)).data as Buffer;
  }

  private get client(): LibraryClient {
    const { merchantId, serialNo, privateKey, publicKeyId, publicKey } = this.platforms.merchant;
    const library = new Wechatpay({
      mchid: merchantId,
      serial: serialNo,
      privateKey,
      certs: { [publicKeyId]: publicKey },
      baseURL: `${this.platforms.url}/wechat-pay/`,
      headers: { 'Wechatpay-Serial': publicKeyId },
    });
    // its types describe the shorthands alone
    return (library as unknown as { client: LibraryClient }).client;
  }

  /** A request signed by the library, in which a test may spoil a part. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    spoil: { parts?: Record<string, string>; sent?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const { merchantId, serialNo, privateKey } = this.platforms.merchant;
    const text = body === undefined ? '' : JSON.stringify(body);
    const parts = {
      timestamp: String(Formatter.timestamp()),
      nonce: Formatter.nonce(),
      mchid: merchantId,
      serial: serialNo,
      ...spoil.parts,
    };
    const lines = Formatter.request(method, `/wechat-pay${path}`, parts.timestamp, parts.nonce, text);
    const signature = Rsa.sign(lines, Rsa.from(privateKey, Rsa.KEY_TYPE_PRIVATE));
    const response = await fetch(`${this.platforms.url}/wechat-pay${path}`, {
      method,
      headers: {
        authorization: Formatter.authorization(
          parts.mchid,
          parts.nonce,
          signature,
          parts.timestamp,
          parts.serial,
        ),
        ...spoil.headers,
      },
      ...(body === undefined ? {} : { body: spoil.sent ?? text }),
    });
    const answer = await response.text();
    const json = answer === '' ? {} : (JSON.parse(answer) as Json);
    return { status: response.status, body: json, headers: response.headers };
  }

  order(changes: Json = {}): Json & { out_trade_no: string } {
    return {
      appid: SANDBOX_CREDENTIALS.wechat.appId,
      mchid: this.platforms.merchant.merchantId,
      description: '联系券 1 张',
      out_trade_no: `CV20260110152015${String(++orders).padStart(4, '0')}`,
      notify_url: 'https://market.example.cn/wechat/pay/notify',
      amount: { total: 399, currency: 'CNY' },
      payer: { openid: OPENID },
      ...changes,
    };
  }

  /** The number of an order that WeChat Pay has taken on. */
  async prepared(changes: Json = {}): Promise<string> {
    const order = this.order(changes);
    const { status, body } = await this.send('POST', `${TRANSACTIONS}/jsapi`, order);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return order.out_trade_no;
  }

  async query(outTradeNo: string): Promise<Json> {
    const path = `${TRANSACTIONS}/out-trade-no/${outTradeNo}?mchid=${this.platforms.merchant.merchantId}`;
    return (await this.send('GET', path)).body;
  }

  close(outTradeNo: string): Promise<Reply> {
    const path = `${TRANSACTIONS}/out-trade-no/${outTradeNo}/close`;
    return this.send('POST', path, { mchid: this.platforms.merchant.merchantId });
  }

  refund(outTradeNo: string, changes: Json = {}): Promise<Reply> {
    return this.send('POST', REFUNDS, {
      out_trade_no: outTradeNo,
      out_refund_no: `${outTradeNo}R1`,
      reason: '误购',
      notify_url: 'https://market.example.cn/wechat/pay/refund_notify',
      amount: { refund: 399, total: 399, currency: 'CNY' },
      ...changes,
    });
  }

  /** Certificates as the merchant sees them, by serial. */
  async certificates(): Promise<Map<string, X509Certificate>> {
    const { body } = await this.send('GET', '/v3/certificates');
    const { apiV3Key } = this.platforms.merchant;
    const data = body['data'] as { serial_no: string; encrypt_certificate: Record<string, string> }[];
    return new Map(
      data.map(({ serial_no, encrypt_certificate: { ciphertext = '', nonce = '', associated_data } }) => [
        serial_no,
        new X509Certificate(Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data)),
      ]),
    );
  }

  /** The key that a serial stands for. */
  async keyOf(serial: string) {
    const { publicKeyId, publicKey } = this.platforms.merchant;
    if (serial === publicKeyId) return createPublicKey(publicKey);
    return (await this.certificates()).get(serial)?.publicKey;
  }

  /** Whether a notice is WeChat Pay's, as the library tells. */
  async isGenuine({ headers, body }: Received): Promise<boolean> {
    const header = (name: string): string => String(headers[`wechatpay-${name}`]);
    const key = await this.keyOf(header('serial'));
    if (!key) return false;
    return Rsa.verify(
      Formatter.response(header('timestamp'), header('nonce'), body),
      header('signature'),
      key,
    );
  }

  /** What is in a notice. */
  opened({ body }: Received): Json {
    const { resource } = JSON.parse(body) as { resource: Record<string, string> };
    const { ciphertext = '', nonce = '', associated_data } = resource;
    const { apiV3Key } = this.platforms.merchant;
    return JSON.parse(Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data)) as Json;
  }
}
