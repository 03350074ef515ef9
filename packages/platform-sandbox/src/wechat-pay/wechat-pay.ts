import type { FastifyInstance } from 'fastify';
import { Download, NoContent, type Platform, type PlatformRequest } from '../platform/platform';
import { Bills } from './bills';
import { payControl } from './control';
import { objectOf } from './fields';
import { type PayKeys, signedHeaders } from './keys';
import { Notices } from './notices';
import { PAY_REFUSALS } from './refusals';
import { Refunds } from './refunds';
import { requireSignature } from './request-signature';
import { sealed } from './sealed';
import { rfc3339 } from './shanghai';
import { Trades } from './trades';

const TRANSACTIONS = '/v3/pay/transactions';
const REFUNDS = '/v3/refund/domestic/refunds';

/** WeChat Pay's interfaces of a merchant (API v3, JSAPI), and what it posts by itself, under `/wechat-pay`. */
export class WechatPay implements Platform {
  readonly name = 'wechat-pay';
  readonly refusals = PAY_REFUSALS;
  readonly trades: Trades;
  readonly refunds: Refunds;
  readonly bills: Bills;
  readonly notices: Notices;
  readonly routes: Platform['routes'];

  /** @param appId the one mini-program that is bound to the merchant */
  constructor(
    readonly keys: PayKeys,
    appId: () => string,
  ) {
    const owner = { merchantId: keys.account.merchantId, appId };
    this.trades = new Trades(owner);
    this.refunds = new Refunds(this.trades);
    this.bills = new Bills(owner, this.trades, this.refunds);
    this.notices = new Notices(keys);
    this.routes = this.signedRoutes([
      ['POST', `${TRANSACTIONS}/jsapi`, (request) => this.prepare(request)],
      ['GET', `${TRANSACTIONS}/out-trade-no/:out_trade_no`, (request) => this.query(request)],
      ['POST', `${TRANSACTIONS}/out-trade-no/:out_trade_no/close`, (request) => this.close(request)],
      ['POST', REFUNDS, ({ body }) => this.refunds.described(this.refunds.ask(objectOf(body)))],
      ['GET', `${REFUNDS}/:out_refund_no`, (request) => this.queryRefund(request)],
      ['GET', '/v3/bill/tradebill', (request) => this.bills.order(request.query, this.baseOf(request))],
      ['GET', '/v3/billdownload/file', ({ query }) => new Download(this.bills.fetch(query['token']))],
      ['GET', '/v3/certificates', () => this.certificates()],
    ]);
  }

  control(app: FastifyInstance): void {
    payControl(app, {
      merchantId: this.keys.account.merchantId,
      trades: this.trades,
      refunds: this.refunds,
      notices: this.notices,
      renewCertificate: () => this.keys.renew(),
      settings: () => this.settings(),
    });
  }

  /** A caller that names a key gets answers signed with it, others with the newest certificate. */
  signAnswer(body: string, { headers }: Pick<PlatformRequest, 'headers'>): Record<string, string> {
    const { publicKey, certificate } = this.keys;
    const asked = headers['wechatpay-serial'] === publicKey.serial;
    return signedHeaders(body, asked ? publicKey : certificate);
  }

  reset(): void {
    this.trades.reset();
    this.refunds.reset();
    this.bills.reset();
    this.notices.reset();
  }

  private signedRoutes(
    routes: [method: 'GET' | 'POST', path: string, handle: Platform['routes'][number]['handle']][],
  ): Platform['routes'] {
    return routes.map(([method, path, handle]) => ({
      method,
      path,
      handle: (request) => {
        // the prefix is part of what was asked for
        const target = `/${this.name}${request.url}`;
        requireSignature({ method, target, headers: request.headers, body: request.body }, this.keys);
        return handle(request);
      },
    }));
  }

  private prepare({ body }: PlatformRequest) {
    return { prepay_id: this.trades.prepare(objectOf(body)).prepayId };
  }

  private query({ params, query }: PlatformRequest) {
    this.trades.requireMerchant(query['mchid']);
    return this.trades.described(this.trades.find(params['out_trade_no'] ?? ''));
  }

  private close({ params, body }: PlatformRequest) {
    this.trades.close(params['out_trade_no'] ?? '', objectOf(body));
    return new NoContent();
  }

  private queryRefund({ params }: PlatformRequest) {
    return this.refunds.described(this.refunds.find(params['out_refund_no'] ?? ''));
  }

  private certificates() {
    const { account, certificates } = this.keys;
    return {
      data: certificates.map(({ certificate }) => ({
        serial_no: certificate.serialNo,
        effective_time: rfc3339(certificate.effectiveAt),
        expire_time: rfc3339(certificate.expiresAt),
        encrypt_certificate: sealed(certificate.pem, account.apiV3Key, 'certificate'),
      })),
    };
  }

  private baseOf({ headers }: PlatformRequest): string {
    return `http://${headers.host ?? ''}/${this.name}`;
  }

  private settings(): Record<string, string> {
    const { account } = this.keys;
    return {
      WECHAT_PAY_MCH_ID: account.merchantId,
      WECHAT_PAY_SERIAL_NO: account.serialNo,
      WECHAT_PAY_PRIVATE_KEY: account.privateKey,
      WECHAT_PAY_API_V3_KEY: account.apiV3Key,
      WECHAT_PAY_PUBLIC_KEY_ID: account.publicKeyId,
      WECHAT_PAY_PUBLIC_KEY: account.publicKey,
    };
  }
}
