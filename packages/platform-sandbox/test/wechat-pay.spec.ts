import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Formatter } from 'wechatpay-axios-plugin';
import { Merchant, OPENID, REFUNDS, TRANSACTIONS } from './support/merchant';
import { type Json, Platforms } from './support/platforms';
import { Receiver } from './support/receiver';

const SHANGHAI_MS = 8 * 3_600_000;
const yesterday = (): string => new Date(Date.now() + SHANGHAI_MS - 86_400_000).toISOString().slice(0, 10);

describe('WeChat Pay in the sandbox', () => {
  let platforms: Platforms;
  let receiver: Receiver;
  let merchant: Merchant;

  beforeAll(async () => {
    platforms = await Platforms.start({ wechatPay: true });
    receiver = await Receiver.start();
    merchant = new Merchant(platforms);
  });
  beforeEach(async () => {
    receiver.reset();
    await platforms.order('reset');
    await platforms.order('configure', {
      wechatPay: { deliverTo: new URL(receiver.url).origin, daysAgo: 0, spoilBills: false },
    });
  });
  afterAll(async () => {
    await platforms.stop();
    await receiver.stop();
  });

  describe('an order', () => {
    it("is taken on from another library's client, whose check of the answer it passes", async () => {
      const order = merchant.order();
      const prepared = await merchant.prepareByLibrary(order);
      expect(prepared).toEqual({ prepay_id: expect.stringMatching(/^wx\w{20,62}$/) });
      expect(await merchant.prepareByLibrary(order)).toEqual(prepared);
      expect(await merchant.query(order.out_trade_no)).toMatchObject({
        trade_state: 'NOTPAY',
        amount: { total: 399, currency: 'CNY' },
      });
    });

    it.each<[string, Json]>([
      ['PARAM_ERROR', { mchid: '1900000999' }],
      ['APPID_MCHID_NOT_MATCH', { appid: 'wx0000000000000000' }],
      ['PARAM_ERROR', { description: '' }],
      ['PARAM_ERROR', { description: '长'.repeat(128) }],
      ['PARAM_ERROR', { out_trade_no: 'CV123' }],
      ['PARAM_ERROR', { out_trade_no: 'CV'.padEnd(33, '1') }],
      ['PARAM_ERROR', { out_trade_no: 'CV2026/0001' }],
      ['PARAM_ERROR', { attach: 'x'.repeat(129) }],
      ['PARAM_ERROR', { amount: { total: 0 } }],
      ['PARAM_ERROR', { amount: { total: 3.99 } }],
      ['PARAM_ERROR', { amount: { total: '399' } }],
      ['PARAM_ERROR', { amount: { total: 399, currency: 'USD' } }],
      ['PARAM_ERROR', { payer: {} }],
      ['PARAM_ERROR', { payer: { openid: 'g_xiaoli' } }],
      ['PARAM_ERROR', { notify_url: 'https://market.example.cn/notify?a=1' }],
      ['PARAM_ERROR', { notify_url: 'http://market.example.cn/notify' }],
      ['PARAM_ERROR', { notify_url: 'notify' }],
      ['PARAM_ERROR', { time_expire: '2020-01-01T00:00:00+08:00' }],
      ['PARAM_ERROR', { time_expire: 'in two hours' }],
    ])('is refused with %s for %o', async (code, change) => {
      const { status, body } = await merchant.send('POST', `${TRANSACTIONS}/jsapi`, merchant.order(change));
      expect([status, body['code']]).toEqual([400, code]);
    });

    it.each<[string, object]>([
      ['no merchant of that number', { parts: { mchid: '1900000999' } }],
      ['another serial', { parts: { serial: 'ABCDEF0123456789' } }],
      ['an old timestamp', { parts: { timestamp: String(Formatter.timestamp() - 310) } }],
      ['a timestamp to come', { parts: { timestamp: String(Formatter.timestamp() + 400) } }],
      ['another body than the signed one', { sent: '{"appid":"wx"}' }],
      ['no authorization', { headers: { authorization: '' } }],
      ['another scheme', { headers: { authorization: 'Bearer token' } }],
    ])('is refused for %s', async (_what, spoil) => {
      const answer = await merchant.send('POST', `${TRANSACTIONS}/jsapi`, merchant.order(), spoil);
      expect([answer.status, answer.body['code']]).toEqual([401, 'SIGN_ERROR']);
    });

    it('does not take a serial for answers that is not its own', async () => {
      const headers = { 'wechatpay-serial': 'PUB_KEY_ID_1' };
      const answer = await merchant.send('POST', `${TRANSACTIONS}/jsapi`, merchant.order(), { headers });
      expect(answer.body['code']).toBe('PARAM_ERROR');
    });

    it('is one order whatever is sent under its number', async () => {
      const out_trade_no = await merchant.prepared();
      const changed = merchant.order({ out_trade_no, amount: { total: 400, currency: 'CNY' } });
      const { status, body } = await merchant.send('POST', `${TRANSACTIONS}/jsapi`, changed);
      expect([status, body['code']]).toEqual([403, 'OUT_TRADE_NO_USED']);
    });

    it('is closed, and cannot be paid or prepared any more', async () => {
      const out_trade_no = await merchant.prepared();
      expect((await merchant.close(out_trade_no)).status).toBe(204);
      expect((await merchant.close(out_trade_no)).status).toBe(204);
      expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: 'CLOSED' });
      expect((await platforms.orderReply('pay', { out_trade_no })).status).toBe(409);
      const again = await merchant.send('POST', `${TRANSACTIONS}/jsapi`, merchant.order({ out_trade_no }));
      expect(again.body['code']).toBe('ORDER_CLOSED');
    });

    it('is closed by itself when its time is over', async () => {
      const soon = new Date(Date.now() + 1500).toISOString().replace(/\.\d+/, '');
      const out_trade_no = await merchant.prepared({ time_expire: soon });
      await new Promise((pass) => setTimeout(pass, Date.parse(soon) - Date.now() + 50));
      expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: 'CLOSED' });
    });

    it('is unknown under any other number', async () => {
      expect(await merchant.query('CV202601101520159999')).toMatchObject({ code: 'ORDER_NOT_EXIST' });
      expect((await merchant.close('CV202601101520159999')).status).toBe(404);
    });

    it('is in whatever state the control has put it', async () => {
      const out_trade_no = await merchant.prepared();
      for (const state of ['USERPAYING', 'PAYERROR', 'REVOKED']) {
        await platforms.order('trade-state', { out_trade_no, state });
        expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: state });
      }
    });
  });

  describe('a payment', () => {
    it('is told by a notice that another library finds genuine, with either key by turns', async () => {
      const out_trade_no = await merchant.prepared();
      const told = await platforms.order('pay', { out_trade_no, times: 4 });
      expect(told).toEqual({ delivered: true, answers: [200, 200, 200, 200] });
      const serials = receiver.received.map(({ headers }) => headers['wechatpay-serial']);
      expect(new Set(serials).size).toBe(2);
      expect(serials).toContain(platforms.merchant.publicKeyId);
      for (const notice of receiver.received) expect(await merchant.isGenuine(notice)).toBe(true);
      // one notice, however often it is posted
      expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
      expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
        event_type: 'TRANSACTION.SUCCESS',
        resource_type: 'encrypt-resource',
        resource: { algorithm: 'AEAD_AES_256_GCM', original_type: 'transaction' },
      });
      const paid = merchant.opened(receiver.received[0]!);
      expect(paid).toMatchObject({
        out_trade_no,
        trade_state: 'SUCCESS',
        payer: { openid: OPENID },
        amount: { total: 399 },
      });
      expect(await merchant.query(out_trade_no)).toEqual(paid);
    });

    it('is made once', async () => {
      const out_trade_no = await merchant.prepared();
      await platforms.order('pay', { out_trade_no });
      const again = await platforms.orderReply('pay', { out_trade_no });
      expect(again.status).toBe(409);
      expect(again.json['error']).toContain('ORDERPAID');
      expect((await merchant.close(out_trade_no)).body['code']).toBe('ORDERPAID');
      expect((await platforms.orderReply('pay', { out_trade_no: 'CV0' })).status).toBe(404);
    });

    it('may arrive although the order is closed: it was on its way', async () => {
      const out_trade_no = await merchant.prepared();
      await merchant.close(out_trade_no);
      await platforms.order('pay', { out_trade_no, force: true });
      expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: 'SUCCESS' });
    });

    it('whose notice is lost is known to who asks, and can be told later', async () => {
      const out_trade_no = await merchant.prepared();
      expect((await platforms.orderReply('notice', { out_trade_no })).status).toBe(409);
      expect(await platforms.order('pay', { out_trade_no, times: 0 })).toEqual({
        delivered: false,
        answers: [],
      });
      expect(receiver.received).toEqual([]);
      expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: 'SUCCESS' });
      await platforms.order('notice', { out_trade_no });
      expect(merchant.opened(receiver.received[0]!)).toMatchObject({ trade_state: 'SUCCESS' });
    });

    it('says what the service has answered, and that nobody has', async () => {
      const out_trade_no = await merchant.prepared();
      receiver.answerWith((_received, response) => response.writeHead(503).end());
      const refused = await platforms.order('pay', { out_trade_no, times: 2, atOnce: true });
      expect(refused).toEqual({ delivered: false, answers: [503, 503] });
      await platforms.order('configure', { wechatPay: { answerWithinMs: 100 } });
      receiver.answerWith(() => undefined);
      expect(await platforms.order('notice', { out_trade_no })).toEqual({ delivered: false, answers: [0] });
    });

    it.each(['body', 'signature', 'serial', 'probe'])(
      'is not believed with its %s spoilt',
      async (tamper) => {
        const out_trade_no = await merchant.prepared();
        await platforms.order('pay', { out_trade_no, tamper });
        expect(await merchant.isGenuine(receiver.received[0]!)).toBe(false);
      },
    );

    it('is old news with its timestamp spoilt, though genuine', async () => {
      const out_trade_no = await merchant.prepared();
      await platforms.order('pay', { out_trade_no, tamper: 'timestamp' });
      const [notice] = receiver.received;
      expect(await merchant.isGenuine(notice!)).toBe(true);
      expect(Formatter.timestamp() - Number(notice!.headers['wechatpay-timestamp'])).toBeGreaterThan(300);
    });

    it.each<[string, Json]>([
      ['amount', { amount: { total: 398 } }],
      ['mchid', { mchid: '1900000999' }],
      ['appid', { appid: 'wx0000000000000000' }],
      ['payer', { payer: { openid: 'o_somebody_else' } }],
    ])('is genuine and about something else with its %s spoilt', async (tamper, content) => {
      const out_trade_no = await merchant.prepared();
      await platforms.order('pay', { out_trade_no, tamper });
      expect(await merchant.isGenuine(receiver.received[0]!)).toBe(true);
      expect(merchant.opened(receiver.received[0]!)).toMatchObject(content);
    });
  });

  describe('a refund', () => {
    const paid = async (): Promise<string> => {
      const out_trade_no = await merchant.prepared();
      await platforms.order('pay', { out_trade_no, times: 0 });
      return out_trade_no;
    };

    it.each([
      ['SUCCESS', 'REFUND'],
      ['ABNORMAL', 'REFUND'],
      ['CLOSED', 'SUCCESS'],
    ])('is taken on, and then comes to %s, of which a notice tells', async (status, tradeState) => {
      const out_trade_no = await paid();
      const asked = await merchant.refund(out_trade_no);
      expect(asked.body).toMatchObject({ status: 'PROCESSING', amount: { refund: 399, total: 399 } });
      const out_refund_no = `${out_trade_no}R1`;
      const told = await platforms.order('refund-result', { out_refund_no, status });
      expect(told).toEqual({ delivered: true, answers: [200] });
      expect(await merchant.isGenuine(receiver.received[0]!)).toBe(true);
      expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ event_type: `REFUND.${status}` });
      expect(merchant.opened(receiver.received[0]!)).toMatchObject({ out_refund_no, refund_status: status });
      expect((await merchant.send('GET', `${REFUNDS}/${out_refund_no}`)).body).toMatchObject({ status });
      expect(await merchant.query(out_trade_no)).toMatchObject({ trade_state: tradeState });
    });

    it('asked for twice under one number is one refund', async () => {
      const out_trade_no = await paid();
      const [first, second] = [await merchant.refund(out_trade_no), await merchant.refund(out_trade_no)];
      expect(second.body).toEqual(first.body);
      const other = { amount: { refund: 100, total: 399, currency: 'CNY' } };
      expect((await merchant.refund(out_trade_no, other)).body['code']).toBe('INVALID_REQUEST');
    });

    it('gives back in parts, and no more than was paid', async () => {
      const out_trade_no = await paid();
      const part = (n: number, refund: number) =>
        merchant.refund(out_trade_no, {
          out_refund_no: `${out_trade_no}P${n}`,
          amount: { refund, total: 399, currency: 'CNY' },
        });
      expect((await part(1, 300)).status).toBe(200);
      expect((await part(2, 100)).body['code']).toBe('INVALID_REQUEST');
      expect((await part(3, 99)).status).toBe(200);
      expect((await part(4, 1)).body['code']).toBe('INVALID_REQUEST');
    });

    it('of what was not paid, or of another amount, is refused; an unknown one is unknown', async () => {
      const unpaid = await merchant.prepared();
      expect((await merchant.refund(unpaid)).body['code']).toBe('INVALID_REQUEST');
      const wrong = { amount: { refund: 1, total: 400, currency: 'CNY' } };
      expect((await merchant.refund(await paid(), wrong)).body['code']).toBe('INVALID_REQUEST');
      const unknown = await merchant.send('GET', `${REFUNDS}/CV202601101520159999R1`);
      expect([unknown.status, unknown.body['code']]).toEqual([404, 'RESOURCE_NOT_EXISTS']);
    });
  });

  describe('a bill', () => {
    const order = (day: string) => merchant.send('GET', `/v3/bill/tradebill?bill_date=${day}&tar_type=GZIP`);

    it("holds the day's payments and refunds, hashed unzipped, as another library reads them", async () => {
      await platforms.order('configure', { wechatPay: { daysAgo: 1 } });
      const out_trade_no = await merchant.prepared({ description: '联系券 1 张,特价' });
      await platforms.order('pay', { out_trade_no, times: 0 });
      await merchant.refund(out_trade_no);
      const { body } = await order(yesterday());
      const path = String(body['download_url']).replace(`${platforms.url}/wechat-pay`, '');
      const unsigned = await platforms.request(`/wechat-pay${path}`);
      expect(unsigned.status).toBe(401);
      const text = gunzipSync(await merchant.billByLibrary(String(body['download_url'])));
      expect(createHash('sha1').update(text).digest('hex')).toBe(body['hash_value']);
      const { rows, summary } = Formatter.castCsvBill(text) as {
        rows: Record<string, string>[];
        summary: Record<string, string>;
      };
      expect(rows.filter((row) => row['商户订单号'])).toEqual([
        expect.objectContaining({
          商户订单号: out_trade_no,
          交易状态: 'SUCCESS',
          订单金额: '3.99',
          商品名称: '联系券 1 张,特价',
        }),
        expect.objectContaining({
          商户退款单号: `${out_trade_no}R1`,
          交易状态: 'REFUND',
          申请退款金额: '3.99',
          退款状态: 'PROCESSING',
        }),
      ]);
      expect(summary).toMatchObject({ 总交易单数: '2', 订单总金额: '3.99', 申请退款总金额: '3.99' });
    });

    it('is refused for days that have none', async () => {
      const today = new Date(Date.now() + SHANGHAI_MS).toISOString().slice(0, 10);
      for (const day of [today, '2020-01-01', '2026-13-01', 'yesterday'])
        expect((await order(day)).body['code']).toBe('PARAM_ERROR');
      expect((await order(yesterday())).body['code']).toBe('NO_STATEMENT_EXIST');
    });

    it('can be spoilt on its way', async () => {
      await platforms.order('configure', { wechatPay: { daysAgo: 1, spoilBills: true } });
      await platforms.order('pay', { out_trade_no: await merchant.prepared(), times: 0 });
      const { body } = await order(yesterday());
      const text = gunzipSync(await merchant.billByLibrary(String(body['download_url'])));
      const hash = createHash('sha1').update(text).digest('hex');
      expect(hash).not.toBe(body['hash_value']);
    });
  });

  describe('certificates', () => {
    it('are real ones, go on being known when there is a new one, and sign what it says from then on', async () => {
      const before = await merchant.certificates();
      const { serialNo } = await platforms.order('renew-certificate');
      const after = await merchant.certificates();
      expect([...after.keys()]).toEqual([...before.keys(), serialNo]);
      for (const [serial, certificate] of after) {
        expect(certificate.serialNumber).toBe(serial);
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
      }
      const { headers } = await merchant.send('GET', '/v3/certificates');
      expect(headers.get('wechatpay-serial')).toBe(serialNo);
    });
  });

  it('goes wrong as it is told: an error of its own, an HTTP status, or nothing', async () => {
    const path = `${TRANSACTIONS}/jsapi`;
    const fault = (more: Json) => platforms.order('faults', { platform: 'wechat-pay', route: path, ...more });
    await fault({ kind: 'error', errcode: 'FREQUENCY_LIMITED' });
    const limited = await merchant.send('POST', path, merchant.order());
    expect([limited.status, limited.body['code']]).toEqual([429, 'FREQUENCY_LIMITED']);
    await fault({ kind: 'drop', when: 'after' });
    const order = merchant.order();
    await expect(merchant.send('POST', path, order)).rejects.toThrow();
    // carried out all the same
    expect(await merchant.query(order.out_trade_no)).toMatchObject({ trade_state: 'NOTPAY' });
  });

  it('shows orders and refunds, and the settings of its merchant', async () => {
    const out_trade_no = await merchant.prepared();
    await platforms.order('pay', { out_trade_no, times: 0 });
    await merchant.refund(out_trade_no);
    expect(await platforms.records('trades')).toEqual([
      expect.objectContaining({ out_trade_no, state: 'REFUND', total: 399, openid: OPENID }),
    ]);
    expect(await platforms.records('refunds')).toEqual([
      expect.objectContaining({ out_refund_no: `${out_trade_no}R1`, status: 'PROCESSING' }),
    ]);
    expect((await platforms.request('/_control/wechat-pay-settings')).json).toMatchObject({
      WECHAT_PAY_MCH_ID: platforms.merchant.merchantId,
    });
  });
});
