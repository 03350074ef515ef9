import type { Actor } from '../support/actor';
import { onRealMongo } from '../support/database';
import { type Command, explain, readsOf } from '../support/explain';
import { Market, RECORDS, STATUS, TEN } from '../support/payments';

const LOADING_MS = 600_000;
const FEW = 1000;
const MANY = 10_000;
const BATCH = 5000;
const DAY_MS = 86_400_000;
const OURS = /^(orders|refunds|skus|voucher_|reconciliation)/;
const dayBefore = (days: number): string =>
  new Date(Date.now() + 8 * 3_600_000 - days * DAY_MS).toISOString().slice(0, 10);

onRealMongo('the reads of orders, vouchers and reports', () => {
  let market: Market;
  let admin: Actor;
  let member: Actor;
  let orderNo: string;
  const sent = new Map<string, Command[]>();

  /** Orders `from` to `to` with a refund each tenth, and vouchers' entries, straight into the database. */
  async function load(from: number, to: number): Promise<void> {
    const { connection } = market.app;
    for (let start = from; start < to; start += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => start + i);
      const at = (i: number): Date => new Date(Date.now() - 30 * DAY_MS - i * 20_000);
      await connection.collection('orders').insertMany(
        rows.map((i) => ({
          _id: (1_000_000 + i) as never,
          orderNo: `CV2025${String(i).padStart(14, '0')}`,
          memberId: i % 3 ? (i % 500) + 1_000_000 : member.memberId,
          openid: 'o_load',
          type: ['top', 'refresh', 'voucher'][i % 3],
          skuCode: 'voucher_1',
          title: '联系券 1 张',
          amount: 399,
          status: (i % 4) + 1,
          ...(i % 4 === 1 ? { transactionId: `load${i}`, paidAt: at(i) } : {}),
          ...(i % 10 ? {} : { refund: { refundNo: `R${i}`, status: 'success', amount: 399 } }),
          expiresAt: at(i),
          refundCount: 0,
          nextCheckAt: i % 50 ? null : new Date(Date.now() + DAY_MS),
          checks: 1,
          events: [],
          createdAt: at(i),
          updatedAt: at(i),
        })),
      );
      await connection.collection('refunds').insertMany(
        rows.map((i) => ({
          _id: `R${i}` as never,
          orderId: 1_000_000 + i,
          orderNo: `CV2025${String(i).padStart(14, '0')}`,
          amount: 399,
          total: 399,
          status: 'success',
          active: true,
          acceptedAt: at(i),
          nextCheckAt: i % 50 ? null : new Date(Date.now() + DAY_MS),
          createdAt: at(i),
        })),
      );
      await connection.collection('voucher_entries').insertMany(
        rows.map((i) => ({
          _id: (1_000_000 + i) as never,
          memberId: i % 2 ? member.memberId + 500_000 : member.memberId + 500_001,
          seq: i,
          type: 'cost',
          title: '拨打电话',
          changeNum: -1,
          lastNum: 1,
          nextNum: 0,
          createdAt: at(i),
        })),
      );
    }
  }

  const listed = (query: Record<string, string | number>): [string, () => Promise<unknown>] => [
    `GET /api/admin/orders ${JSON.stringify(query)}`,
    async () => expect((await admin.get('/api/admin/orders', fill(query))).status).toBe(200),
  ];
  const fill = (query: Record<string, string | number>) => ({
    ...query,
    ...('memberId' in query ? { memberId: member.memberId } : {}),
    ...('orderNo' in query ? { orderNo } : {}),
  });
  const REQUESTS: [string, () => Promise<unknown>][] = [
    listed({}),
    listed({ page: 100, pageSize: 100 }),
    listed({ status: 2 }),
    listed({ type: 'top', status: 1 }),
    listed({ refundStatus: 'success' }),
    listed({ refundStatus: 'abnormal' }),
    listed({ from: dayBefore(60), to: dayBefore(31) }),
    listed({ memberId: 1 }),
    listed({ memberId: 1, status: 3, type: 'voucher' }),
    listed({ orderNo: 'x' }),
    ['GET /api/admin/orders/:id', () => admin.get(`/api/admin/orders/${orderNo}`)],
    ['POST /order/status', () => member.post(STATUS, { order_no: orderNo })],
    ['POST /contact_voucher/buy', () => market.bought(member, TEN)],
    ['POST /contact_voucher/records', () => member.post(RECORDS, { page_num: 1, page_size: 2 })],
    ['GET /sku/list', () => member.get('/sku/list')],
    ['the watch', () => market.watch(orderNo)],
    [
      'a reconciliation',
      async () => {
        const { status } = await admin.post('/api/admin/reconciliations', { date: dayBefore(31) });
        expect(status).toBe(200);
      },
    ],
    ['GET /api/admin/reconciliations', () => admin.get('/api/admin/reconciliations')],
    ['GET /api/admin/reconciliations/:date', () => admin.get(`/api/admin/reconciliations/${dayBefore(31)}`)],
  ];

  beforeAll(async () => {
    market = await Market.start();
    admin = await market.app.asAdmin();
    member = await market.app.asMember();
    orderNo = await market.order(member);
    await load(0, FEW);
    for (const [name, work] of REQUESTS) {
      const commands = await readsOf(market.app, '', work);
      const ours = commands.filter((command) => OURS.test(String(Object.values(command)[0])));
      sent.set(name, ours);
    }
  }, LOADING_MS);
  afterAll(() => market.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d orders', (size) => {
    beforeAll(async () => {
      if (size > FEW) await load(FEW, size);
    }, LOADING_MS);

    it.each(REQUESTS.map(([name]) => name))('%s', async (name) => {
      const commands = sent.get(name) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) {
        const { stages, documentsExamined, returned, skipped, collection } = await explain(
          market.app,
          command,
        );
        // the price list is a dozen records
        if (collection !== 'skus') expect(stages).not.toContain('COLLSCAN');
        // the differences of one day are that day's report: counting them reads them
        if (collection === 'reconciliation_differences') continue;
        expect([command, documentsExamined <= 3 * Math.max(returned, 1) + skipped]).toEqual([command, true]);
      }
    });
  });
});
