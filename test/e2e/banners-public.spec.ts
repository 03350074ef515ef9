import { LIMITS } from '../../src/common/rate-limit/limits';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { bannerInput, BANNERS, created } from '../support/content';
import { NOBODY } from '../support/customers';
import { refusal } from '../support/refusal';

const ACTIVE = `${BANNERS}/miniprogram/active`;
const HOUR_MS = 3_600_000;
const hours = (count: number) => new Date(Date.now() + count * HOUR_MS).toISOString();

describe('banners, as the mini-program shows them', () => {
  let app: TestApp;
  let manager: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    manager = await app.asManager();
    guest = app.asGuest();
  });
  afterAll(() => app.stop());
  beforeEach(() => app.connection.collection('banners').deleteMany({}));
  const create = (overrides: Record<string, unknown> = {}) =>
    created(manager, BANNERS, bannerInput(overrides));
  const shown = async () =>
    ((await guest.get(ACTIVE)).body.data as { title: string }[]).map(({ title }) => title);

  it('are those that are active, within their time, by their order', async () => {
    await create({ title: '第二', order: 2 });
    await create({ title: '第一', order: 1, startTime: hours(-1), endTime: hours(1) });
    await create({ title: '第三', order: 3, startTime: hours(-1) });
    await create({ title: '第四', order: 4, endTime: hours(1) });
    await create({ title: '停用', status: 'inactive' });
    await create({ title: '还没开始', startTime: hours(1) });
    await create({ title: '已经结束', endTime: hours(-1) });
    await create({ title: '早已结束', startTime: hours(-2), endTime: hours(-1) });
    expect(await shown()).toEqual(['第一', '第二', '第三', '第四']);
  });

  it('tell nothing of their schedule and figures', async () => {
    await create({ endTime: hours(1) });
    const [banner] = (await guest.get(ACTIVE)).body.data;
    expect(Object.keys(banner).toSorted()).toEqual(
      ['id', 'title', 'imageUrl', 'linkUrl', 'linkType', 'order'].toSorted(),
    );
  });

  it('disappear when switched off, and come back', async () => {
    const { id } = await create({ title: '开关' });
    await manager.patch(`${BANNERS}/${id}`, { status: 'inactive' });
    expect(await shown()).toEqual([]);
    await manager.patch(`${BANNERS}/${id}`, { status: 'active' });
    expect(await shown()).toEqual(['开关']);
  });

  it('are at most fifty', async () => {
    await Promise.all(Array.from({ length: 55 }, (_, order) => create({ order })));
    const list = (await guest.get(ACTIVE)).body.data as { order: number }[];
    expect(list.map(({ order }) => order)).toEqual(Array.from({ length: 50 }, (_, order) => order));
  });

  it('count every one of fifty views and fifty clicks at once, and a change beside them', async () => {
    const { id } = await create();
    const answers = await Promise.all([
      ...Array.from({ length: 50 }, () => guest.post(`${BANNERS}/${id}/view`)),
      ...Array.from({ length: 50 }, () => guest.post(`${BANNERS}/${id}/click`)),
      manager.patch(`${BANNERS}/${id}`, { title: '改了标题' }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await manager.get(`${BANNERS}/${id}`)).body.data).toMatchObject({
      title: '改了标题',
      viewCount: 50,
      clickCount: 50,
    });
  });

  it('that are not there count nothing', async () => {
    for (const what of ['view', 'click']) {
      expect(await guest.post(`${BANNERS}/${NOBODY}/${what}`)).toMatchObject(refusal('NOT_FOUND'));
      expect(await guest.post(`${BANNERS}/1/${what}`)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    }
  });

  it('cost the database the same calls, however many there are', async () => {
    const banners = await Promise.all(Array.from({ length: 12 }, () => create()));
    const first = banners[0].id as string;
    const items = banners.map(({ id }, order) => ({ id, order }));
    expect(await app.databaseCalls(() => guest.get(ACTIVE))).toEqual(['find banners']);
    expect((await app.databaseCalls(() => manager.get(BANNERS))).toSorted()).toEqual([
      'count banners',
      'find banners',
    ]);
    expect(await app.databaseCalls(() => guest.post(`${BANNERS}/${first}/view`))).toEqual(['update banners']);
    expect(await app.databaseCalls(() => manager.patch(`${BANNERS}/reorder`, { items }))).toEqual([
      'find banners',
      'update banners',
      'insert audit_logs',
      'commitTransaction 1',
    ]);
  });

  it('are counted from one address no more often than the limit allows', async () => {
    const most = LIMITS.bannerCount.points / 10;
    const limited = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '0.1' }, database: app.database });
    const { id } = await create();
    const caller = limited.asGuest();
    const answers = [];
    for (let n = 0; n < most + 1; n++)
      answers.push(await caller.post(`${BANNERS}/${id}/${n % 2 ? 'view' : 'click'}`));
    expect(answers.slice(0, most).every(({ status }) => status === 200)).toBe(true);
    expect(answers[most]).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(answers[most]?.headers.get('retry-after'))).toBeGreaterThan(0);
    await limited.app.close();
  });
});
