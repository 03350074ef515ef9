import { Types } from 'mongoose';
import { formatShanghaiDay } from '../../src/common/time/shanghai';
import type { AccessLog } from '../../src/modules/access-logs/access-log.schema';
import type { Actor } from '../support/actor';
import { written } from '../support/access-logs';
import { TestApp } from '../support/app';
import { ACCESS_LOG, accessEntry } from '../support/content';
import { refusal } from '../support/refusal';

const STATS = `${ACCESS_LOG}/stats`;
const DAY_MS = 86_400_000;
/** Days in a row, a month ago: what is older than ninety days may be removed by the database at any moment. */
const [BEFORE = '', FIRST = '', SECOND = '', AFTER = ''] = [33, 32, 31, 30].map((days) =>
  formatShanghaiDay(new Date(Date.now() - days * DAY_MS)),
);

describe('access logs, as managers read them', () => {
  let app: TestApp;
  let manager: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    manager = await app.asManager();
  });
  afterAll(() => app.stop());
  beforeEach(() => app.connection.collection('access_logs').deleteMany({}));

  const put = (records: Partial<AccessLog>[]) =>
    app.connection.collection('access_logs').insertMany(
      records.map((record) => {
        const receivedAt = record.receivedAt ?? new Date();
        return {
          url: '',
          pathname: '/',
          fileName: '',
          environment: '',
          userAgent: '',
          isWechat: false,
          isMiniProgram: false,
          referrer: '',
          event: '',
          ip: '203.0.113.7',
          visitor: 'v',
          _id: new Types.ObjectId(),
          timestamp: receivedAt,
          receivedAt,
          ...record,
        };
      }),
    );
  const at = (time: string) => new Date(`${time}+08:00`);
  const urls = async (query: Record<string, string | number>) =>
    ((await manager.get(ACCESS_LOG, query)).body.data.list as { url: string }[]).map(({ url }) => url);

  it('are listed newest first, by path, event and Shanghai days', async () => {
    await put([
      { url: 'a', pathname: '/x', event: 'view', receivedAt: at(`${BEFORE}T23:59:59.999`) },
      { url: 'b', pathname: '/x', event: 'leave', receivedAt: at(`${FIRST}T00:00:00.000`) },
      { url: 'c', pathname: '/y', event: 'view', receivedAt: at(`${FIRST}T23:59:59.999`) },
      { url: 'd', pathname: '/x', event: 'view', receivedAt: at(`${SECOND}T00:00:00.000`) },
    ]);
    expect(await urls({})).toEqual(['d', 'c', 'b', 'a']);
    expect(await urls({ pathname: '/x' })).toEqual(['d', 'b', 'a']);
    expect(await urls({ event: 'view' })).toEqual(['d', 'c', 'a']);
    expect(await urls({ pathname: '/x', event: 'view' })).toEqual(['d', 'a']);
    expect(await urls({ from: FIRST, to: FIRST })).toEqual(['c', 'b']);
    expect(await urls({ from: SECOND })).toEqual(['d']);
    expect(await urls({ to: BEFORE })).toEqual(['a']);
    expect(await urls({ event: 'view', from: FIRST, pageSize: 1, page: 2 })).toEqual(['c']);
    expect((await manager.get(ACCESS_LOG, { pageSize: 3 })).body.data).toMatchObject({
      total: 4,
      totalPages: 2,
      hasMore: true,
    });
  });

  it('show what was reported, and not by whom the service tells visitors apart', async () => {
    await app.asGuest().post(ACCESS_LOG, accessEntry({ event: 'shown', queryParams: { a: '1' } }));
    await written(app, 'shown', 1);
    const { body } = await manager.get(ACCESS_LOG, { event: 'shown' });
    expect(body.data.list[0]).toMatchObject({
      pathname: '/h5/interview',
      queryParams: { a: '1' },
      stayDuration: null,
      ip: '127.0.0.1',
    });
    expect(body.data.list[0]).not.toHaveProperty('visitor');
  });

  it('are counted in whole Shanghai days, by page and by visitor', async () => {
    await put([
      { pathname: '/x', visitor: 'one', receivedAt: at(`${BEFORE}T23:59:59.999`) },
      { pathname: '/x', visitor: 'one', receivedAt: at(`${FIRST}T00:00:00.000`) },
      { pathname: '/x', visitor: 'one', receivedAt: at(`${FIRST}T12:00:00.000`) },
      { pathname: '/y', visitor: 'two', receivedAt: at(`${FIRST}T23:59:59.999`) },
      { pathname: '/x', visitor: 'two', receivedAt: at(`${SECOND}T00:00:00.000`) },
      { pathname: '/x', visitor: 'three', receivedAt: at(`${AFTER}T00:00:00.000`) },
    ]);
    const { body } = await manager.get(STATS, { from: FIRST, to: SECOND });
    expect(body.data).toEqual({
      pv: 4,
      uv: 2,
      pages: [
        { pathname: '/x', pv: 3, uv: 2 },
        { pathname: '/y', pv: 1, uv: 1 },
      ],
      byDay: [
        { date: FIRST, pv: 3, uv: 2 },
        { date: SECOND, pv: 1, uv: 1 },
      ],
    });
  });

  it('are counted over the last seven days unless told otherwise', async () => {
    const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
    await put([0, 1, 6, 7, 8].map((days) => ({ receivedAt: ago(days) })));
    const { data } = (await manager.get(STATS)).body;
    expect(data.pv).toBe(3);
    expect(data.byDay.map(({ date }: { date: string }) => date)).toEqual(
      [6, 1, 0].map((days) => formatShanghaiDay(ago(days))),
    );
    expect((await manager.get(STATS, { from: '2001-01-01', to: '2001-01-02' })).body.data).toEqual({
      pv: 0,
      uv: 0,
      pages: [],
      byDay: [],
    });
  });

  it('know a visitor by address and browser', async () => {
    const guest = app.asGuest();
    const report = (userAgent: string) => guest.post(ACCESS_LOG, accessEntry({ event: 'visit', userAgent }));
    for (const userAgent of ['one', 'one', 'two']) await report(userAgent);
    const records = await written(app, 'visit', 3);
    expect((await manager.get(STATS)).body.data).toMatchObject({ pv: 3, uv: 2 });
    expect(JSON.stringify(records.map(({ visitor }) => visitor))).not.toMatch(/127|one|two/);
  });

  it('count a page that was opened, entered and left as one view', async () => {
    await put(
      ['page_view', 'join', 'leave', ''].map((event) => ({
        event,
        pathname: '/h5/interview',
        visitor: 'one',
      })),
    );
    const { data } = (await manager.get(STATS)).body;
    expect(data).toMatchObject({ pv: 2, uv: 1, pages: [{ pathname: '/h5/interview', pv: 2, uv: 1 }] });
    expect(data.byDay).toMatchObject([{ pv: 2, uv: 1 }]);
  });

  it('show the fifty pages that were looked at most', async () => {
    await put(
      Array.from({ length: 60 }, (_, n) =>
        Array.from({ length: n < 55 ? 1 : 2 }, () => ({ pathname: `/${n}` })),
      ).flat(),
    );
    const { pages } = (await manager.get(STATS)).body.data;
    expect(pages).toHaveLength(50);
    expect(pages.slice(0, 5).map(({ pv }: { pv: number }) => pv)).toEqual([2, 2, 2, 2, 2]);
    expect(pages[5].pv).toBe(1);
  });

  it.each([
    ['to', { from: '2026-01-17', to: '2026-01-16' }],
    ['from', { from: '2025-01-01', to: '2026-01-16' }],
    ['from', { from: '16.01.2026' }],
    ['to', { to: '2026-02-30' }],
  ])('are not counted for a wrong %s: %j', async (field, query) => {
    expect(await manager.get(STATS, query)).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it.each([
    ['pageSize', { pageSize: 101 }],
    ['page', { page: 101, pageSize: 100 }],
    ['pathname', { pathname: '' }],
    ['event', { event: 'x'.repeat(51) }],
    ['from', { from: 'yesterday' }],
  ])('are not listed for a wrong %s', async (field, query) => {
    expect(await manager.get(ACCESS_LOG, query as Record<string, string | number>)).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('are read by administrators and managers only', async () => {
    const [admin, employee, hr] = await Promise.all([app.asAdmin(), app.asEmployee(), app.asHr()]);
    for (const path of [ACCESS_LOG, STATS]) {
      expect((await admin.get(path)).status).toBe(200);
      expect(await employee.get(path)).toMatchObject(refusal('FORBIDDEN'));
      expect(await hr.get(path)).toMatchObject(refusal('FORBIDDEN'));
      expect(await app.asGuest().get(path)).toMatchObject(refusal('UNAUTHORIZED'));
    }
  });

  it('cost the database the same calls, however many there are', async () => {
    await put(Array.from({ length: 40 }, (_, n) => ({ pathname: `/${n % 7}`, visitor: `v${n % 5}` })));
    const calls = async (path: string, query = {}) =>
      (await app.databaseCalls(() => manager.get(path, query))).toSorted();
    expect(await calls(ACCESS_LOG)).toEqual(['count access_logs', 'find access_logs']);
    expect(await calls(ACCESS_LOG, { event: 'x' })).toEqual(['aggregate access_logs', 'find access_logs']);
    expect(await calls(STATS)).toEqual(Array<string>(3).fill('aggregate access_logs'));
    const report = () =>
      app.asGuest().post(
        ACCESS_LOG,
        Array.from({ length: 50 }, () => accessEntry({ event: 'b' })),
      );
    const inserts = await app.backgroundCalls(async () => {
      await report();
      await written(app, 'b', 50);
    });
    expect(inserts.filter((call) => call === 'insert access_logs')).toHaveLength(1);
  });

  it('end after ninety days', async () => {
    const indexes = await app.connection.collection('access_logs').indexes();
    expect(indexes.find(({ expireAfterSeconds }) => expireAfterSeconds)).toMatchObject({
      key: { receivedAt: 1 },
      expireAfterSeconds: 90 * 24 * 3600,
    });
  });
});
