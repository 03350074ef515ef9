import { Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';

/** Invented changes around the midnights of Shanghai (UTC+8) at both ends of 2026-01-20. */
const ROWS = [
  { entity: 'customer', entityId: 'c1', actorId: 'a1', at: '2026-01-19T15:59:59.999Z' },
  { entity: 'customer', entityId: 'c1', actorId: 'a2', at: '2026-01-19T16:00:00.000Z' },
  { entity: 'customer', entityId: 'c2', actorId: 'a1', at: '2026-01-20T04:00:00.000Z' },
  { entity: 'resume', entityId: 'r1', actorId: 'a1', at: '2026-01-20T15:59:59.999Z' },
  { entity: 'resume', entityId: 'c1', actorId: 'a2', at: '2026-01-20T16:00:00.000Z' },
];

describe('GET /api/audit-logs', () => {
  let app: TestApp;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    const logs = app.connection.collection('audit_logs');
    await logs.deleteMany({});
    await logs.insertMany(
      ROWS.map((row, i) => ({
        ...row,
        _id: new Types.ObjectId(),
        at: new Date(row.at),
        action: 'update',
        actorName: '李静',
        before: { status: 'new' },
        after: { status: 'contacted' },
        requestId: `request-${i}`,
      })),
    );
  });
  afterAll(() => app.stop());

  const list = async (query: Record<string, string | number> = {}) =>
    (await admin.get('/api/audit-logs', query)).body.data;
  /** Which of ROWS a page holds, in its order. */
  const rowsOf = (page: { list: { requestId: string }[] }) =>
    page.list.map(({ requestId }) => Number(requestId.replace('request-', '')));

  it('gives everything, newest first', async () => {
    const page = await list();
    expect(rowsOf(page)).toEqual([4, 3, 2, 1, 0]);
    expect(page).toMatchObject({ total: 5, page: 1, pageSize: 10, totalPages: 1, hasMore: false });
    expect(page.list[0]).toEqual({
      ...ROWS[4],
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      action: 'update',
      actorName: '李静',
      before: { status: 'new' },
      after: { status: 'contacted' },
      requestId: 'request-4',
    });
  });

  it.each([
    [{ entity: 'customer' }, [2, 1, 0]],
    [{ entityId: 'c1' }, [4, 1, 0]],
    [{ entity: 'customer', entityId: 'c1' }, [1, 0]],
    [{ actorId: 'a1' }, [3, 2, 0]],
    [{ actorId: 'a1', entity: 'resume' }, [3]],
    [{ actorId: 'nobody' }, []],
    [{ from: '2026-01-20' }, [4, 3, 2, 1]],
    [{ to: '2026-01-20' }, [3, 2, 1, 0]],
    [{ from: '2026-01-20', to: '2026-01-20' }, [3, 2, 1]],
    [{ from: '2026-01-20T15:59:59.999Z' }, [4, 3]],
    [{ from: '2026-01-20', to: '2026-01-19' }, []],
    [{ from: '2026-01-20', to: '2026-01-20', entity: 'customer', actorId: 'a2' }, [1]],
  ])('filters by %j', async (query, expected) => {
    const page = await list(query);
    expect(rowsOf(page)).toEqual(expected);
    expect(page.total).toBe(expected.length);
  });

  it('turns pages', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => list({ page, pageSize: 2 })));
    expect(pages.map(rowsOf)).toEqual([[4, 3], [2, 1], [0]]);
    expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, true, false]);
  });

  it.each([
    ['pageSize', 101],
    ['page', 0],
    ['page', 5000],
    ['entity', ''],
    ['entity', 'x'.repeat(41)],
    ['entityId', 'x'.repeat(65)],
    ['from', '2026-02-30'],
    ['to', 'yesterday'],
  ])('refuses %s=%s and names it', async (field, value) => {
    const answer = await admin.get('/api/audit-logs', { pageSize: 10, [field]: value });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('treats an operator in a filter as a plain field that it does not know', async () => {
    expect((await list({ 'actorId[$ne]': 'a1' })).total).toBe(5);
  });

  it('is for administrators only', async () => {
    expect(await app.asGuest().get('/api/audit-logs')).toMatchObject(refusal('UNAUTHORIZED'));
    for (const caller of [await app.asManager(), await app.asEmployee(), await app.asHr()]) {
      expect(await caller.get('/api/audit-logs')).toMatchObject(refusal('FORBIDDEN'));
    }
  });

  it('cannot be written to by anybody', async () => {
    const [{ id }] = (await list()).list;
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/api/audit-logs', `/api/audit-logs/${id}`]) {
        expect(await admin.send(method, path, {}, {})).toMatchObject(refusal('NOT_FOUND'));
      }
    }
  });
});
