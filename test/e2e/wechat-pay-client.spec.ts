import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { Metrics } from '../../src/common/metrics/metrics';
import { yuanText } from '../../src/common/money/money';
import { Settings } from '../../src/config/settings';
import type { WechatPaySettings } from '../../src/config/wechat-pay-settings';
import { Upstream } from '../../src/platforms/upstream/upstream';
import { UpstreamFailure } from '../../src/platforms/upstream/upstream-failure';
import { UpstreamMetrics } from '../../src/platforms/upstream/upstream-metrics';
import {
  type BillLine,
  type PaymentOrder,
  type ReceivedNotice,
  RefusedNotice,
} from '../../src/platforms/wechat-pay/payment-provider';
import { open } from '../../src/platforms/wechat-pay/sealed-resource';
import { BillError, checkHash, tradesOf } from '../../src/platforms/wechat-pay/trade-bill';
import { WechatPay } from '../../src/platforms/wechat-pay/wechat-pay';
import { WechatPayError } from '../../src/platforms/wechat-pay/wechat-pay-error';
import { type NoticeReceiver, receiveNotices } from '../support/notices';
import { type Delivery, PlatformSandbox } from '../support/sandbox';

const PREPAY = '/v3/pay/transactions/jsapi';
const QUERY = '/v3/pay/transactions/out-trade-no/:out_trade_no';
const REFUND = '/v3/refund/domestic/refunds';
const CERTIFICATES = '/v3/certificates';
const DAY_MS = 86_400_000;
const yesterday = (): string => new Date(Date.now() + 8 * 3_600_000 - DAY_MS).toISOString().slice(0, 10);

let orders = 0;
const newOrder = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  orderNo: `CV20260110152015${String(++orders).padStart(4, '0')}`,
  description: '联系券 1 张',
  amount: 399,
  openid: 'o_zhou',
  expiresAt: new Date(Date.now() + 2 * 3_600_000),
  ...changes,
});

describe('the client of WeChat Pay', () => {
  let sandbox: PlatformSandbox;
  let receiver: NoticeReceiver;
  let settings: WechatPaySettings;
  let metrics: Metrics;
  let pay: WechatPay;

  const clientOf = (changes: Partial<WechatPaySettings> = {}): WechatPay => {
    const all = { ...settings, ...changes };
    metrics = new Metrics();
    return new WechatPay(new Upstream('wechat-pay', all.baseUrl, new UpstreamMetrics(metrics)), all, {
      payment: 'https://market.example.cn/wechat/pay/notify',
      refund: 'https://market.example.cn/wechat/pay/refund_notify',
    });
  };
  const fault = (route: string, more: object) =>
    sandbox.fault({ platform: 'wechat-pay', route, kind: 'error', ...more });
  const callsOf = async (route: string) => (await sandbox.calls()).filter((call) => call.route === route);

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start({ wechatPay: true });
    receiver = await receiveNotices();
    const env = { ...sandbox.environment, ...sandbox.merchantEnvironment };
    settings = Settings.load({
      ...env,
      JWT_SECRET: 'a secret of the tests, long enough for HS256',
    }).wechatPay!;
  });
  beforeEach(async () => {
    await sandbox.reset();
    await sandbox.configurePay({ deliverTo: receiver.url, daysAgo: 0, spoilBills: false });
    receiver.notices.length = 0;
    pay = clientOf();
  });
  afterAll(async () => {
    await sandbox.stop();
    receiver.stop();
  });

  /** A payment's notices, as they arrived. */
  async function noticesOf(orderNo: string, how: Delivery = {}): Promise<ReceivedNotice[]> {
    await sandbox.pay(orderNo, how);
    return receiver.notices.splice(0);
  }
  async function prepared(changes: Partial<PaymentOrder> = {}): Promise<PaymentOrder> {
    const order = newOrder(changes);
    await pay.prepare(order);
    return order;
  }

  describe('prepares an order', () => {
    it('and signs what the mini-program pays with, as another library verifies', async () => {
      const order = newOrder();
      const prepayId = await pay.prepare(order);
      expect(await sandbox.trades()).toMatchObject([
        { out_trade_no: order.orderNo, state: 'NOTPAY', total: 399, openid: 'o_zhou' },
      ]);
      const params = pay.payParams(prepayId);
      expect(params).toEqual({
        timeStamp: expect.stringMatching(/^\d{10}$/),
        nonceStr: expect.stringMatching(/^[0-9A-Z]{32}$/),
        package: `prepay_id=${prepayId}`,
        signType: 'RSA',
        paySign: expect.any(String),
      });
      const lines = [settings.appId, params.timeStamp, params.nonceStr, params.package];
      const key = createPublicKey(settings.privateKey);
      expect(Rsa.verify(Formatter.joinedByLineFeed(...lines), params.paySign, key)).toBe(true);
      expect(pay.payParams(prepayId).nonceStr).not.toBe(params.nonceStr);
    });

    it.each<[string, object]>([
      ['a lost answer', { kind: 'drop', when: 'after' }],
      ['a failure', { status: 502 }],
      ['an error that is WeChat Pay’s own', { errcode: 'SYSTEM_ERROR' }],
    ])('once, in spite of %s', async (_what, how) => {
      const order = newOrder();
      await fault(PREPAY, { count: 2, ...how });
      const prepayId = await pay.prepare(order);
      expect(await callsOf(PREPAY)).toHaveLength(3);
      expect(await pay.prepare(order)).toBe(prepayId);
      expect(await sandbox.trades()).toHaveLength(1);
    });

    it('and tells in WeChat Pay’s words what is wrong with it, without trying again', async () => {
      await expect(pay.prepare(newOrder({ amount: 0 }))).rejects.toMatchObject({
        code: 'UPSTREAM_ERROR',
        httpStatus: 400,
        reason: 'PARAM_ERROR',
      });
      expect(await callsOf(PREPAY)).toHaveLength(1);
      expect(await metrics.text()).toContain(
        'upstream_requests_total{api="wechat-pay",operation="jsapi",outcome="PARAM_ERROR"} 1',
      );
    });

    it('and gives up on who does not answer', async () => {
      await fault(PREPAY, { status: 503, count: 3 });
      await expect(pay.prepare(newOrder())).rejects.toBeInstanceOf(UpstreamFailure);
      await fault(PREPAY, { errcode: 'FREQUENCY_LIMITED' });
      const error: unknown = await pay.prepare(newOrder()).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WechatPayError);
      expect((error as WechatPayError).isPassing).toBe(true);
    });

    it('with a key or a serial that is not the merchant’s in vain', async () => {
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
      for (const changes of [{ privateKey: other.privateKey }, { serialNo: 'ABCDEF0123456789' }])
        await expect(clientOf(changes).prepare(newOrder())).rejects.toMatchObject({
          reason: 'SIGN_ERROR',
          isOurs: true,
        });
    });
  });

  describe('believes an answer', () => {
    it('signed with the public key that it has', async () => {
      await prepared();
      expect(await callsOf(CERTIFICATES)).toHaveLength(0);
    });

    it('signed with a certificate, which it fetches once, and again when there is a new one', async () => {
      pay = clientOf({ publicKey: undefined });
      await Promise.all([prepared(), prepared(), prepared()]);
      expect(await callsOf(CERTIFICATES)).toHaveLength(1);
      await sandbox.renewCertificate();
      const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
      await prepared();
      await prepared();
      now.mockRestore();
      expect(await callsOf(CERTIFICATES)).toHaveLength(2);
    });

    it('not, when it is signed by nobody that it knows: it asks again, and then fails', async () => {
      const impostor = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
      pay = clientOf({ publicKey: { id: settings.publicKey!.id, key: impostor } });
      await expect(pay.prepare(newOrder())).rejects.toMatchObject({ kind: 'malformed' });
      expect(await callsOf(PREPAY)).toHaveLength(3);
    });

    it('not, when the certificates were sealed with another key', async () => {
      pay = clientOf({ publicKey: undefined, apiV3Key: 'x'.repeat(32) });
      await expect(pay.prepare(newOrder())).rejects.toMatchObject({ kind: 'malformed' });
    });
  });

  describe('queries an order', () => {
    it.each([
      ['NOTPAY', 'unpaid'],
      ['PAYERROR', 'unpaid'],
      ['USERPAYING', 'paying'],
      ['CLOSED', 'closed'],
      ['REVOKED', 'closed'],
    ])('that is %s', async (state, kind) => {
      const { orderNo } = await prepared();
      await sandbox.tradeState(orderNo, state);
      expect(await pay.query(orderNo)).toEqual({ kind });
    });

    it('that is paid, and one that was given back', async () => {
      const { orderNo } = await prepared();
      await sandbox.pay(orderNo, { times: 0 });
      const payment = {
        transactionId: expect.stringMatching(/^42\d+$/),
        paidAt: expect.any(Date),
        amount: 399,
        currency: 'CNY',
        openid: 'o_zhou',
      };
      expect(await pay.query(orderNo)).toEqual({ kind: 'paid', payment });
      await pay.refund({ orderNo, refundNo: `${orderNo}R1`, total: 399, amount: 399, reason: '误购' });
      expect(await pay.query(orderNo)).toEqual({ kind: 'refunded', payment });
    });

    it('that WeChat Pay does not know', async () => {
      expect(await pay.query('CV202601101520159999')).toEqual({ kind: 'unknown' });
    });

    it('once, when nobody has the time for more', async () => {
      const { orderNo } = await prepared();
      await fault(QUERY, { status: 503 });
      await expect(pay.query(orderNo, { patient: false })).rejects.toBeInstanceOf(UpstreamFailure);
      expect(await callsOf(QUERY)).toHaveLength(1);
    });
  });

  describe('closes an order', () => {
    it('that is not paid, as often as it is asked', async () => {
      const { orderNo } = await prepared();
      expect([await pay.close(orderNo), await pay.close(orderNo)]).toEqual([true, true]);
      expect(await pay.query(orderNo)).toEqual({ kind: 'closed' });
    });

    it('and not one that is paid, or unknown', async () => {
      const { orderNo } = await prepared();
      await sandbox.pay(orderNo, { times: 0 });
      expect(await pay.close(orderNo)).toBe(false);
      expect(await pay.close('CV202601101520159999')).toBe(false);
    });

    it('and fails where it cannot know', async () => {
      const { orderNo } = await prepared();
      for (const errcode of ['FREQUENCY_LIMITED', 'SIGN_ERROR']) {
        await fault('/v3/pay/transactions/out-trade-no/:out_trade_no/close', { errcode });
        await expect(pay.close(orderNo)).rejects.toMatchObject({ reason: errcode });
      }
    });
  });

  describe('refunds', () => {
    it('once, whatever becomes of the answer, and knows what has become of it', async () => {
      const { orderNo } = await prepared();
      await sandbox.pay(orderNo, { times: 0 });
      const refundNo = `${orderNo}R1`;
      expect(await pay.queryRefund(refundNo)).toBeNull();
      await fault(REFUND, { kind: 'drop', when: 'after', count: 2 });
      const refund = await pay.refund({ orderNo, refundNo, total: 399, amount: 200, reason: '误购' });
      expect(refund).toMatchObject({ orderNo, refundNo, status: 'processing', amount: 200, total: 399 });
      expect(refund.createdAt).toBeInstanceOf(Date);
      expect(await sandbox.refunds()).toHaveLength(1);
      await sandbox.refundResult(refundNo);
      expect(await pay.queryRefund(refundNo)).toMatchObject({
        status: 'success',
        succeededAt: expect.any(Date),
      });
    });

    it('not what was not paid', async () => {
      const { orderNo } = await prepared();
      const refund = { orderNo, refundNo: `${orderNo}R1`, total: 399, amount: 399, reason: '误购' };
      await expect(pay.refund(refund)).rejects.toMatchObject({ reason: 'INVALID_REQUEST', isOurs: false });
      await fault(REFUND, { errcode: 'NOT_ENOUGH' });
      await expect(pay.refund(refund)).rejects.toMatchObject({ reason: 'NOT_ENOUGH', isOurs: true });
    });
  });

  describe('reads a notice', () => {
    it('of a payment, with either key, and with one that has come up since', async () => {
      for (const signWith of ['public-key', 'certificate']) {
        await sandbox.configurePay({ signWith });
        const { orderNo } = await prepared();
        const [notice] = await noticesOf(orderNo);
        expect(await pay.readNotice(notice!)).toEqual({
          kind: 'payment',
          id: expect.any(String),
          orderNo,
          state: { kind: 'paid', payment: expect.objectContaining({ amount: 399, openid: 'o_zhou' }) },
        });
      }
      await sandbox.renewCertificate();
      const [unknownYet] = await noticesOf((await prepared()).orderNo);
      await expect(pay.readNotice(unknownYet!)).rejects.toThrow('unknown serial');
      const soon = Date.now() + 61_000;
      const now = jest.spyOn(Date, 'now').mockReturnValue(soon);
      expect((await pay.readNotice(unknownYet!)).kind).toBe('payment');
      now.mockRestore();
    });

    it.each(['SUCCESS', 'ABNORMAL', 'CLOSED'] as const)('of a refund that came to %s', async (status) => {
      const { orderNo } = await prepared();
      await sandbox.pay(orderNo, { times: 0 });
      const refundNo = `${orderNo}R1`;
      await pay.refund({ orderNo, refundNo, total: 399, amount: 399, reason: '误购' });
      await sandbox.refundResult(refundNo, status);
      expect(await pay.readNotice(receiver.notices[0]!)).toMatchObject({
        kind: 'refund',
        refund: { orderNo, refundNo, status: status.toLowerCase(), amount: 399, total: 399 },
      });
    });

    it.each([
      ['body', 'wrong signature'],
      ['signature', 'wrong signature'],
      ['serial', 'unknown serial'],
      ['timestamp', 'out of time'],
      ['probe', 'a probe'],
      ['mchid', 'unreadable'],
      ['appid', 'unreadable'],
    ] as const)('not with its %s spoilt: %s', async (tamper, why) => {
      const [notice] = await noticesOf((await prepared()).orderNo, { tamper });
      const refused = pay.readNotice(notice!);
      await expect(refused).rejects.toBeInstanceOf(RefusedNotice);
      await expect(refused).rejects.toThrow(why);
    });

    it('not five minutes later, and not without any of its headers', async () => {
      const [notice] = await noticesOf((await prepared()).orderNo);
      const at = Number(notice!.headers['wechatpay-timestamp']) * 1000;
      const clock = jest.spyOn(Date, 'now');
      for (const seconds of [-300, 300]) {
        clock.mockReturnValue(at + seconds * 1000);
        expect((await pay.readNotice(notice!)).kind).toBe('payment');
      }
      for (const seconds of [-301, 301]) {
        clock.mockReturnValue(at + seconds * 1000);
        await expect(pay.readNotice(notice!)).rejects.toThrow('out of time');
      }
      clock.mockRestore();
      for (const part of ['timestamp', 'nonce', 'serial', 'signature']) {
        const headers = { ...notice!.headers, [`wechatpay-${part}`]: undefined };
        await expect(pay.readNotice({ ...notice!, headers })).rejects.toThrow('unsigned');
      }
    });

    it('not sealed with another key, and does not ask for certificates at every stranger’s word', async () => {
      await sandbox.configurePay({ signWith: 'public-key' });
      const [notice] = await noticesOf((await prepared()).orderNo);
      await expect(clientOf({ apiV3Key: 'x'.repeat(32) }).readNotice(notice!)).rejects.toThrow('unreadable');
      const headers = { ...notice!.headers, 'wechatpay-serial': 'ABCDEF' };
      for (let tries = 0; tries < 5; tries += 1)
        await expect(pay.readNotice({ ...notice!, headers })).rejects.toThrow('unknown serial');
      expect(await callsOf(CERTIFICATES)).toHaveLength(1);
    });

    it('from a merchant who has only the public key, too', async () => {
      await fault(CERTIFICATES, { errcode: 'RESOURCE_NOT_EXISTS' });
      await sandbox.configurePay({ signWith: 'certificate' });
      const [notice] = await noticesOf((await prepared()).orderNo);
      await expect(pay.readNotice(notice!)).rejects.toThrow('unknown serial');
    });
  });

  it('opens what another library has sealed, and nothing that was touched', () => {
    const key = '0123456789abcdef0123456789abcdef';
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 16 }), (text, associated_data) => {
        const nonce = Formatter.nonce(12);
        const ciphertext = Aes.AesGcm.encrypt(text, key, nonce, associated_data);
        const resource = { algorithm: 'AEAD_AES_256_GCM' as const, ciphertext, nonce, associated_data };
        expect(open(resource, key)).toBe(text);
        const bytes = Buffer.from(ciphertext, 'base64');
        bytes[0]! ^= 1;
        expect(() => open({ ...resource, ciphertext: bytes.toString('base64') }, key)).toThrow();
        expect(() => open({ ...resource, associated_data: `${associated_data}x` }, key)).toThrow();
      }),
    );
    expect(() =>
      open({ algorithm: 'AEAD_AES_256_GCM', ciphertext: 'AAAA', nonce: '0'.repeat(12) }, key),
    ).toThrow();
  });

  describe('fetches a bill', () => {
    const linesOf = async (bill: { lines(): AsyncIterable<BillLine> }): Promise<BillLine[]> => {
      const lines: BillLine[] = [];
      for await (const line of bill.lines()) lines.push(line);
      return lines;
    };

    it('of a day with payments and refunds, and reads it as often as wanted', async () => {
      await sandbox.configurePay({ daysAgo: 1 });
      const { orderNo } = await prepared({ description: '联系券 10 张,特价' });
      await sandbox.pay(orderNo, { times: 0 });
      await pay.refund({ orderNo, refundNo: `${orderNo}R1`, total: 399, amount: 100, reason: '误购' });
      const bill = (await pay.bill(yesterday()))!;
      expect(bill.hash).toMatch(/^[0-9a-f]{40}$/);
      const lines = await linesOf(bill);
      expect(lines).toEqual([
        expect.objectContaining({ kind: 'payment', orderNo, amount: 399, status: 'SUCCESS' }),
        expect.objectContaining({
          kind: 'refund',
          orderNo,
          refundNo: `${orderNo}R1`,
          amount: 100,
          status: 'PROCESSING',
        }),
      ]);
      expect(lines[0]!.at.slice(0, 10)).toBe(yesterday());
      expect(await linesOf(bill)).toEqual(lines);
    });

    it('of a day without any, once that is certain, and not of one whose bill is still being made', async () => {
      const day = yesterday();
      const ready = Date.parse(`${day}T00:00:00+08:00`) + 34 * 3_600_000;
      const clock = jest.spyOn(Date, 'now').mockReturnValue(ready - 1);
      expect(await pay.bill(day)).toBeNull();
      clock.mockReturnValue(ready);
      const bill = await pay.bill(day);
      clock.mockRestore();
      expect([bill?.hash, await linesOf(bill!)]).toEqual(['', []]);
      await fault('/v3/bill/tradebill', { errcode: 'STATEMENT_CREATING' });
      expect(await pay.bill(yesterday())).toBeNull();
    });

    it('not of a day that has none yet, and not an altered one', async () => {
      const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
      await expect(pay.bill(today)).rejects.toMatchObject({ reason: 'PARAM_ERROR' });
      await sandbox.configurePay({ daysAgo: 1, spoilBills: true });
      await sandbox.pay((await prepared()).orderNo, { times: 0 });
      await expect(pay.bill(yesterday())).rejects.toBeInstanceOf(BillError);
    });

    it('again, when the download breaks off', async () => {
      await sandbox.configurePay({ daysAgo: 1 });
      await sandbox.pay((await prepared()).orderNo, { times: 0 });
      await fault('/v3/billdownload/file', { kind: 'drop' });
      expect(await linesOf((await pay.bill(yesterday()))!)).toHaveLength(1);
    });
  });

  describe('reads of a bill', () => {
    const APP = 'wx5a4db0c000000001';
    const HEADER =
      '交易时间,公众账号ID,微信订单号,商户订单号,交易状态,商品名称,微信退款单号,商户退款单号,退款状态,订单金额,申请退款金额';
    const SUMMARY = '总交易单数,应结订单总金额';
    const billOf = (rows: string[][], { header = HEADER, bom = true, end = '\r\n' } = {}): Buffer => {
      const ticked = (row: string[]) => row.map((field) => `\`${field}`).join(',');
      const lines = [header, ...rows.map(ticked), SUMMARY, ticked([String(rows.length), '0.00'])];
      return gzipSync(`${bom ? '\ufeff' : ''}${lines.join(end)}${end}`);
    };
    const all = async (zipped: Buffer): Promise<BillLine[]> => {
      const lines: BillLine[] = [];
      for await (const line of tradesOf(zipped, APP)) lines.push(line);
      return lines;
    };
    const row = (orderNo: string, amount: string, title = '联系券', app = APP) => {
      const at = '2026-01-10 15:20:15';
      return [at, app, '4200001', orderNo, 'SUCCESS', title, '0', '0', '', amount, '0.00'];
    };

    it('every amount to the fen, whatever stands in the titles', async () => {
      const anyTitle = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[`\r\n]/g, ''));
      const anyRows = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999_999 }), anyTitle), {
        maxLength: 30,
      });
      const anyForm = fc.record({ bom: fc.boolean(), end: fc.constantFrom('\r\n', '\n') });
      await fc.assert(
        fc.asyncProperty(anyRows, anyForm, async (rows, form) => {
          const zipped = billOf(
            rows.map(([fen, title], i) => row(`CV${i}`, yuanText(fen), title)),
            form,
          );
          const lines = await all(zipped);
          expect(lines.map(({ orderNo, amount }) => [orderNo, amount])).toEqual(
            rows.map(([fen], i) => [`CV${i}`, fen]),
          );
        }),
        { numRuns: 50 },
      );
    });

    it('only what is of its own app', async () => {
      const lines = await all(billOf([row('CV1', '1.00'), row('SHOP1', '9.00', '奶茶', 'wx999')]));
      expect(lines.map(({ orderNo }) => orderNo)).toEqual(['CV1']);
    });

    it.each<[string, Buffer]>([
      ['a column is missing', billOf([], { header: HEADER.replace('订单金额', '金额') })],
      ['a line lacks a field', billOf([row('CV1', '1.00').slice(0, -1)])],
      ['a line has one too many', billOf([[...row('CV1', '1.00'), 'x']])],
      ['an amount is none', billOf([row('CV1', '1.0.0')])],
      ['an amount is less than a fen', billOf([row('CV1', '1.001')])],
      ['its end is missing', gzipSync(`${HEADER}\r\n`)],
      ['there is nothing', gzipSync('')],
    ])('nothing, where %s', async (_what, zipped) => {
      await expect(all(zipped)).rejects.toBeInstanceOf(BillError);
    });

    it('nothing that is not gzip, or not what its hash says', async () => {
      const zipped = billOf([row('CV1', '1.00')]);
      await expect(checkHash(Buffer.from('no gzip'), '0'.repeat(40))).rejects.toBeInstanceOf(BillError);
      await expect(checkHash(zipped.subarray(0, -9), '0'.repeat(40))).rejects.toBeInstanceOf(BillError);
      await expect(checkHash(zipped, '0'.repeat(40))).rejects.toBeInstanceOf(BillError);
      const text = `\ufeff${HEADER}\r\n`;
      const hash = createHash('sha1').update(text).digest('hex');
      await expect(checkHash(gzipSync(text), hash.toUpperCase())).resolves.toBeUndefined();
    });
  });
});
