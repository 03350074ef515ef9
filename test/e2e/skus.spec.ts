import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';

const ADMIN = '/api/admin/skus';

describe('the price list', () => {
  let app: TestApp;
  let admin: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    guest = app.asGuest();
  });
  afterAll(() => app.stop());

  interface Item {
    sku_code: string;
    price: number;
  }
  const shown = async (): Promise<Item[]> => (await guest.get('/sku/list')).body.data.list as Item[];
  const prices = async () =>
    Object.fromEntries((await shown()).map(({ sku_code, price }) => [sku_code, price]));
  let codes = 0;
  const input = (overrides: Record<string, unknown> = {}) => ({
    skuCode: `voucher_new_${++codes}`,
    type: 'voucher',
    title: '联系券大包',
    price: 66.5,
    contactVoucherNum: 1000 + codes,
    ...overrides,
  });

  it('is there from the first start on, with the documented prices, for everybody and by both verbs', async () => {
    const answer = await guest.get('/sku/list');
    expect(answer.body.data.list).toEqual(
      expect.arrayContaining([
        { sku_code: 'top_72', type: 'top', title: '置顶 72 小时', price: 5, top_hour: 72 },
        { sku_code: 'refresh', type: 'refresh', title: '刷新一次', price: 1.99 },
        {
          sku_code: 'voucher_1',
          type: 'voucher',
          title: '联系券 1 张',
          price: 3.99,
          contact_voucher_num: 1,
        },
      ]),
    );
    expect((await guest.post('/sku/list')).body).toEqual(answer.body);
  });

  it('is made once, also by instances that start together, and never again', async () => {
    const before = await app.connection.collection('skus').find().toArray();
    const others = await Promise.all([1, 2].map(() => TestApp.start({ database: app.database })));
    expect(await app.connection.collection('skus').find().toArray()).toEqual(before);
    await Promise.all(others.map((other) => other.app.close()));
  });

  it('takes a new thing, which is sold from then on', async () => {
    const sku = input();
    const { body } = await admin.post(ADMIN, sku);
    expect(body.data).toMatchObject({
      id: sku.skuCode,
      ...sku,
      topHour: null,
      active: true,
      order: 100,
    });
    expect(await prices()).toMatchObject({ [sku.skuCode]: 66.5 });
    const again = await admin.post(ADMIN, input({ skuCode: sku.skuCode }));
    expect(again).toMatchObject(refusal('CONFLICT'));
    const sameSize = await admin.post(ADMIN, input({ contactVoucherNum: sku.contactVoucherNum }));
    expect(sameSize).toMatchObject(refusal('CONFLICT'));
  });

  it('is changed: name, price, place; a thing is sold no more, and again', async () => {
    const sku = input();
    await admin.post(ADMIN, sku);
    const changed = await admin.patch(`${ADMIN}/${sku.skuCode}`, { price: '70.00', title: '更名', order: 1 });
    expect(changed.body.data).toMatchObject({ price: 70, title: '更名', order: 1 });
    expect((await shown())[0]).toMatchObject({ sku_code: sku.skuCode, price: 70 });
    await admin.delete(`${ADMIN}/${sku.skuCode}`);
    expect(await prices()).not.toHaveProperty(sku.skuCode);
    // its size is free for another one, and then it cannot come back
    const successor = input({ contactVoucherNum: sku.contactVoucherNum });
    expect((await admin.post(ADMIN, successor)).status).toBe(200);
    const back = await admin.patch(`${ADMIN}/${sku.skuCode}`, { active: true });
    expect(back).toMatchObject(refusal('CONFLICT'));
    await admin.patch(`${ADMIN}/${successor.skuCode}`, { active: false });
    expect((await admin.patch(`${ADMIN}/${sku.skuCode}`, { active: true })).status).toBe(200);
  });

  it('shows administrators everything, page by page', async () => {
    const page = await admin.get(ADMIN, { page: 1, pageSize: 3 });
    expect(page.body.data).toMatchObject({ page: 1, pageSize: 3, list: { length: 3 } });
    const all = await admin.get(ADMIN, { pageSize: 100 });
    const listed = all.body.data.list as { id: string; active: boolean }[];
    expect(listed).toHaveLength(all.body.data.total as number);
    expect(listed.some(({ active }) => !active)).toBe(true);
    expect(await admin.get(ADMIN, { pageSize: 101 })).toMatchObject(refusal('INVALID_PARAMS', 'pageSize'));
  });

  it('leaves a trace of every change', async () => {
    const sku = input();
    await admin.post(ADMIN, sku);
    await admin.patch(`${ADMIN}/${sku.skuCode}`, { price: 1 });
    const { body } = await admin.get('/api/audit-logs', { entity: 'sku', entityId: sku.skuCode });
    expect(body.data.list).toEqual([
      expect.objectContaining({
        action: 'update',
        actorId: admin.id,
        before: { price: 6650 },
        after: { price: 100 },
      }),
      expect.objectContaining({ action: 'create', before: null }),
    ]);
  });

  it.each([
    ['skuCode', { skuCode: 'a' }],
    ['skuCode', { skuCode: '中文' }],
    ['type', { type: 'gift' }],
    ['title', { title: '' }],
    ['title', { title: 'a`b' }],
    ['price', { price: 0 }],
    ['price', { price: 1.999 }],
    ['price', { price: 100_001 }],
    ['contactVoucherNum', { contactVoucherNum: undefined }],
    ['contactVoucherNum', { contactVoucherNum: 0 }],
    ['topHour', { topHour: 24 }],
    ['topHour', { type: 'top', contactVoucherNum: undefined }],
    ['contactVoucherNum', { type: 'refresh' }],
    ['order', { order: -1 }],
  ])('takes no wrong %s: %o', async (field, change) => {
    expect(await admin.post(ADMIN, input(change))).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('changes nothing that there is not, and nothing for anybody else', async () => {
    expect(await admin.patch(`${ADMIN}/nothing`, { price: 1 })).toMatchObject(refusal('NOT_FOUND'));
    expect(await admin.delete(`${ADMIN}/nothing`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await admin.patch(`${ADMIN}/x`, { price: 1 })).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    expect(await guest.post(ADMIN, input())).toMatchObject(refusal('UNAUTHORIZED'));
    for (const who of [await app.asManager(), await app.asEmployee(), await app.asHr()]) {
      expect(await who.get(ADMIN)).toMatchObject(refusal('FORBIDDEN'));
      expect(await who.patch(`${ADMIN}/top_72`, { price: 0.01 })).toMatchObject(refusal('FORBIDDEN'));
    }
  });
});
