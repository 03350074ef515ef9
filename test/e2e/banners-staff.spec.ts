import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { bannerInput, BANNERS, created } from '../support/content';
import { NOBODY } from '../support/customers';
import { refusal } from '../support/refusal';

describe('banners, as staff keep them', () => {
  let app: TestApp;
  let manager: Actor;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, admin] = await Promise.all([app.asManager(), app.asAdmin()]);
  });
  afterAll(() => app.stop());
  const create = (overrides: Record<string, unknown> = {}) =>
    created(manager, BANNERS, bannerInput(overrides));
  const auditOf = async (entityId: string) =>
    (await admin.get('/api/audit-logs', { entity: 'banner', entityId, pageSize: 100 })).body.data.list;

  it('are made with what was given, and defaults for the rest', async () => {
    const banner = await create({ title: '  新春活动  ', unknown: 'dropped', viewCount: 9 });
    expect(banner).toMatchObject({
      title: '新春活动',
      linkUrl: '',
      linkType: 'none',
      order: 0,
      status: 'active',
      startTime: null,
      endTime: null,
      viewCount: 0,
      clickCount: 0,
    });
    expect(banner).not.toHaveProperty('unknown');
    expect((await manager.get(`${BANNERS}/${banner.id}`)).body.data).toEqual(banner);
  });

  it.each([
    ['title', { title: '  ' }],
    ['title', { title: '长'.repeat(101) }],
    ['title', { title: 7 }],
    ['imageUrl', { imageUrl: undefined }],
    ['imageUrl', { imageUrl: 'javascript:alert(1)' }],
    ['imageUrl', { imageUrl: 'data:image/png;base64,AAAA' }],
    ['imageUrl', { imageUrl: '//evil.example.cn/a.jpg' }],
    ['imageUrl', { imageUrl: '/\\evil.example.cn/a.jpg' }],
    ['imageUrl', { imageUrl: 'https://cdn.example.cn/a"onerror="alert(1)' }],
    ['imageUrl', { imageUrl: `https://cdn.example.cn/${'a'.repeat(1000)}` }],
    ['linkType', { linkType: 'app' }],
    ['linkUrl', { linkType: 'miniprogram', linkUrl: 'https://h5.example.cn' }],
    ['linkUrl', { linkType: 'miniprogram' }],
    ['linkUrl', { linkType: 'h5', linkUrl: 'pages/index/index' }],
    ['linkUrl', { linkType: 'external', linkUrl: ' javascript:alert(1)' }],
    ['linkUrl', { linkType: 'none', linkUrl: 'javascript:alert(1)' }],
    ['order', { order: -1 }],
    ['order', { order: 1.5 }],
    ['order', { order: '1' }],
    ['status', { status: 'deleted' }],
    ['startTime', { startTime: '明天' }],
    ['startTime', { startTime: '2026-02-30T00:00:00Z' }],
    ['endTime', { startTime: '2026-02-02T00:00:00Z', endTime: '2026-02-02T00:00:00Z' }],
  ])('are refused for their %s: %j', async (field, overrides) => {
    expect(await manager.post(BANNERS, bannerInput(overrides))).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it.each([
    { linkType: 'miniprogram', linkUrl: 'pages/activity/index?from=banner&id=1' },
    { linkType: 'miniprogram', linkUrl: '/pages/activity/index' },
    { linkType: 'h5', linkUrl: '/h5/activity' },
    { linkType: 'h5', linkUrl: 'https://h5.example.cn/活动?a=1#b' },
    { linkType: 'external', linkUrl: 'http://www.example.cn/' },
    { linkType: 'none', linkUrl: 'pages/later/index' },
  ])('may lead to %j', async (link) => {
    expect(await create(link)).toMatchObject(link);
  });

  it('are made once for one key', async () => {
    const key = { 'idempotency-key': 'banner-once' };
    const [first, second] = await Promise.all([
      manager.post(BANNERS, bannerInput(), key),
      manager.post(BANNERS, bannerInput(), key),
    ]);
    const again = await manager.post(BANNERS, bannerInput(), key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const ids = [first, second, again].filter(({ status }) => status === 200).map(({ body }) => body.data.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('are listed in their order, by status, in pages', async () => {
    const inactive = await create({ status: 'inactive', order: 999_999 });
    const all = (await manager.get(BANNERS, { pageSize: 100 })).body.data;
    const orders = (all.list as { order: number }[]).map(({ order }) => order);
    expect(orders).toEqual(orders.toSorted((a, b) => a - b));
    expect(all.total).toBe(all.list.length);
    const filtered = (await manager.get(BANNERS, { status: 'inactive' })).body.data;
    expect(filtered.list.map(({ id }: { id: string }) => id)).toEqual([inactive.id]);
    const second = (await manager.get(BANNERS, { page: 2, pageSize: 3 })).body.data;
    expect(second).toMatchObject({ list: all.list.slice(3, 6), hasMore: true, total: all.total });
  });

  it.each([
    ['page', { page: 0 }],
    ['pageSize', { pageSize: 101 }],
    ['page', { page: 101, pageSize: 100 }],
    ['status', { status: 'gone' }],
  ])('are not listed for a wrong %s: %j', async (field, query) => {
    expect(await manager.get(BANNERS, query as Record<string, string | number>)).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('change where they are told to, and judge the change with what stays', async () => {
    const banner = await create({ linkType: 'h5', linkUrl: '/h5/a', endTime: '2030-01-01T00:00:00.000Z' });
    const path = `${BANNERS}/${banner.id}`;
    const changed = await manager.patch(path, { title: '新标题', viewCount: 100 });
    expect(changed.body.data).toMatchObject({ title: '新标题', linkUrl: '/h5/a', viewCount: 0 });
    expect(await manager.patch(path, { linkUrl: 'pages/a/b' })).toMatchObject(
      refusal('INVALID_PARAMS', 'linkUrl'),
    );
    expect(await manager.patch(path, { startTime: '2031-01-01T00:00:00Z' })).toMatchObject(
      refusal('INVALID_PARAMS', 'endTime'),
    );
    const opened = await manager.patch(path, { endTime: null, startTime: '2031-01-01T00:00:00Z' });
    expect(opened.body.data).toMatchObject({ endTime: null, startTime: '2031-01-01T00:00:00.000Z' });
    expect((await auditOf(banner.id)).map(({ action }: { action: string }) => action)).toEqual([
      'update',
      'update',
      'create',
    ]);
  });

  it('keep both of two changes at once', async () => {
    const banner = await create();
    const path = `${BANNERS}/${banner.id}`;
    const answers = await Promise.all([
      manager.patch(path, { title: '甲改的标题' }),
      admin.patch(path, { order: 77 }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await manager.get(path)).body.data).toMatchObject({ title: '甲改的标题', order: 77 });
  });

  it('never end before they begin, whoever changes what at once', async () => {
    const banner = await create();
    const path = `${BANNERS}/${banner.id}`;
    const answers = await Promise.all([
      manager.patch(path, { startTime: '2026-03-01T00:00:00Z' }),
      admin.patch(path, { endTime: '2026-02-01T00:00:00Z' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  it('are put in order together', async () => {
    const [a, b, c] = [await create({ order: 1 }), await create({ order: 2 }), await create({ order: 3 })];
    const items = [a, b, c].map(({ id }, at) => ({ id, order: 30 - at }));
    const answer = await manager.patch(`${BANNERS}/reorder`, { items });
    expect(answer.body.data).toEqual({ updated: 3 });
    for (const { id, order } of items)
      expect((await manager.get(`${BANNERS}/${id}`)).body.data.order).toBe(order);
    expect((await auditOf(a.id))[0]).toMatchObject({
      action: 'reorder',
      before: { order: 1 },
      after: { order: 30 },
    });
  });

  it('keep their order when one of them is not there', async () => {
    const banner = await create({ order: 5 });
    const items = [
      { id: banner.id, order: 6 },
      { id: NOBODY, order: 7 },
    ];
    expect(await manager.patch(`${BANNERS}/reorder`, { items })).toMatchObject(refusal('NOT_FOUND'));
    expect((await manager.get(`${BANNERS}/${banner.id}`)).body.data).toEqual(banner);
  });

  it('take one of two orders given at once, as a whole', async () => {
    const banners = await Promise.all(Array.from({ length: 5 }, () => create()));
    const to = (first: number) => ({ items: banners.map(({ id }, at) => ({ id, order: first + at })) });
    const answers = await Promise.all([
      manager.patch(`${BANNERS}/reorder`, to(100)),
      admin.patch(`${BANNERS}/reorder`, to(200)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const now = await Promise.all(banners.map(({ id }) => manager.get(`${BANNERS}/${id}`)));
    const orders = now.map(({ body }) => body.data.order as number);
    expect([to(100), to(200)].map(({ items }) => items.map(({ order }) => order))).toContainEqual(orders);
  });

  it.each([
    ['items', []],
    ['items', undefined],
    [
      'items',
      [
        { id: NOBODY, order: 1 },
        { id: NOBODY, order: 2 },
      ],
    ],
    ['items', Array.from({ length: 201 }, (_, n) => ({ id: n.toString(16).padStart(24, '0'), order: n }))],
    ['items.0.id', [{ id: 'x', order: 1 }]],
    ['items.0.order', [{ id: NOBODY, order: 'first' }]],
  ])('are not put in order by wrong %s', async (field, items) => {
    expect(await manager.patch(`${BANNERS}/reorder`, { items })).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('are gone once removed', async () => {
    const banner = await create();
    const path = `${BANNERS}/${banner.id}`;
    expect(await manager.delete(path)).toMatchObject({
      status: 200,
      body: { message: '删除成功', data: null },
    });
    expect(await manager.delete(path)).toMatchObject(refusal('NOT_FOUND'));
    expect(await manager.get(path)).toMatchObject(refusal('NOT_FOUND'));
    expect((await auditOf(banner.id))[0]).toMatchObject({ action: 'delete', after: null });
  });

  it('that are not there are NOT_FOUND, and what is no id is INVALID_PARAMS', async () => {
    for (const id of [NOBODY, 'x']) {
      const refused = id === 'x' ? refusal('INVALID_PARAMS', 'id') : refusal('NOT_FOUND');
      expect(await manager.get(`${BANNERS}/${id}`)).toMatchObject(refused);
      expect(await manager.patch(`${BANNERS}/${id}`, { order: 1 })).toMatchObject(refused);
      expect(await manager.delete(`${BANNERS}/${id}`)).toMatchObject(refused);
    }
  });

  it('are nothing to an employee, an interviewer or a stranger', async () => {
    const banner = await create();
    const [employee, hr] = await Promise.all([app.asEmployee(), app.asHr()]);
    for (const caller of [employee, hr, app.asGuest()]) {
      const refused = refusal(caller.identity ? 'FORBIDDEN' : 'UNAUTHORIZED');
      expect(await caller.get(BANNERS)).toMatchObject(refused);
      expect(await caller.post(BANNERS, bannerInput())).toMatchObject(refused);
      expect(await caller.patch(`${BANNERS}/${banner.id}`, { order: 1 })).toMatchObject(refused);
      expect(await caller.delete(`${BANNERS}/${banner.id}`)).toMatchObject(refused);
      expect(
        await caller.patch(`${BANNERS}/reorder`, { items: [{ id: banner.id, order: 1 }] }),
      ).toMatchObject(refused);
    }
    expect((await manager.get(`${BANNERS}/${banner.id}`)).body.data).toEqual(banner);
  });
});
