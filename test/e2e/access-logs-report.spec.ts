import * as fc from 'fast-check';
import { RateLimiter } from '../../src/common/rate-limit/rate-limiter';
import { LIMITS } from '../../src/common/rate-limit/limits';
import type { Actor } from '../support/actor';
import { written } from '../support/access-logs';
import { TestApp } from '../support/app';
import { ACCESS_LOG, accessEntry } from '../support/content';
import { customerInput } from '../support/factories';
import { from } from '../support/log-in';
import { refusal } from '../support/refusal';

const TEXT = { 'content-type': 'text/plain;charset=UTF-8' };

describe('a report of access', () => {
  let app: TestApp;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
    guest = app.asGuest();
  });
  afterAll(() => app.stop());
  let events = 0;
  const freshEvent = () => `event-${events++}`;
  /** What is written of an entry that was taken. */
  const reported = async (overrides: Record<string, unknown>, headers = {}) => {
    const event = freshEvent();
    const answer = await guest.post(ACCESS_LOG, accessEntry({ ...overrides, event }), headers);
    expect(answer).toMatchObject({ status: 200, body: { data: { received: 1 } } });
    return (await written(app, event, 1))[0]!;
  };

  it('is one record, with whence and when added', async () => {
    const before = Date.now();
    const record = await reported(
      {
        fileName: 'index.js',
        environment: 'production',
        isMiniProgram: true,
        referrer: 'https://www.example.cn/',
        queryParams: { roomId: 'room_1', n: 1, on: true, none: null },
        timestamp: '2026-01-16T10:30:00+08:00',
        stayDuration: 1500.5,
        stayDurationSeconds: 1.5,
        ip: '1.1.1.1',
        receivedAt: 0,
        extra: 'dropped',
      },
      from('203.0.113.7'),
    );
    expect(record).toMatchObject({
      url: 'https://h5.example.cn/h5/interview?roomId=room_1',
      pathname: '/h5/interview',
      fileName: 'index.js',
      environment: 'production',
      isWechat: true,
      isMiniProgram: true,
      queryParams: { roomId: 'room_1', n: 1, on: true, none: null },
      timestamp: new Date('2026-01-16T02:30:00Z'),
      stayDuration: 1500.5,
      stayDurationSeconds: 1.5,
      ip: '203.0.113.7',
    });
    expect(record.receivedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(record).not.toHaveProperty('extra');
  });

  it('may say nothing at all', async () => {
    const before = await app.connection.collection('access_logs').countDocuments({ event: '' });
    expect((await guest.post(ACCESS_LOG, {})).body.data).toEqual({ received: 1 });
    await written(app, '', before + 1);
  });

  it.each([false, true])('takes null for nothing said (in a list: %s)', async (listed) => {
    const event = freshEvent();
    const nulls = {
      url: null,
      pathname: null,
      fileName: null,
      environment: null,
      queryParams: null,
      userAgent: null,
      isWechat: null,
      isMiniProgram: null,
      referrer: null,
      timestamp: null,
      stayDuration: null,
      stayDurationSeconds: null,
    };
    const report = { ...nulls, event };
    const answer = await guest.post(ACCESS_LOG, listed ? [report, accessEntry({ event })] : report);
    expect(answer).toMatchObject({ status: 200, body: { data: { received: listed ? 2 : 1 } } });
    const record = (await written(app, event, listed ? 2 : 1)).find(({ url }) => url === '');
    expect(record).toMatchObject({ pathname: '', environment: '', isWechat: false, userAgent: '' });
    expect(record).not.toHaveProperty('stayDuration');
  });

  it('is a hundred records at once, and no more', async () => {
    const event = freshEvent();
    const entries = Array.from({ length: 101 }, () => accessEntry({ event }));
    expect(await guest.post(ACCESS_LOG, entries)).toMatchObject(refusal('INVALID_PARAMS'));
    expect((await guest.post(ACCESS_LOG, entries.slice(1))).body.data).toEqual({ received: 100 });
    await written(app, event, 100);
  });

  it.each([
    ['an empty list', []],
    ['a number', '1'],
    ['null', 'null'],
    ['nothing', ''],
    ['broken JSON', '{"url":'],
    ['a list of a list', [[accessEntry()]]],
    ['a prototype', '{"__proto__":{"x":1}}'],
  ])('is INVALID_PARAMS when it is %s', async (_what, body) => {
    expect(await guest.post(ACCESS_LOG, body)).toMatchObject(refusal('INVALID_PARAMS'));
  });

  it.each([
    ['url', { url: 1 }],
    ['isWechat', { isWechat: 'yes' }],
    ['queryParams.a', { queryParams: { a: { b: 1 } } }],
    ['queryParams', { queryParams: 'a=1' }],
    ['timestamp', { timestamp: 'yesterday' }],
    ['timestamp', { timestamp: -1 }],
    ['stayDuration', { stayDuration: '10' }],
    ['stayDuration', { stayDuration: -1 }],
    ['stayDurationSeconds', { stayDurationSeconds: 1e7 }],
  ])('is INVALID_PARAMS naming %s: %j', async (field, overrides) => {
    expect(await guest.post(ACCESS_LOG, accessEntry(overrides))).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
    const second = await guest.post(ACCESS_LOG, [accessEntry(), accessEntry(overrides)]);
    expect(second).toMatchObject(refusal('INVALID_PARAMS', `1.${field}`));
  });

  it('is cut where it is too long', async () => {
    const long = '长'.repeat(30_000);
    const record = await reported({
      url: `https://h5.example.cn/${long}`,
      pathname: long,
      fileName: long,
      environment: long,
      userAgent: long,
      referrer: long,
      queryParams: {
        [long]: long,
        ...Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`p${n}`, n])),
      },
    });
    const { url, pathname, fileName, environment, userAgent, referrer, queryParams = {} } = record;
    const lengths = [url, pathname, fileName, environment, userAgent, referrer].map(({ length }) => length);
    expect(lengths).toEqual([2000, 500, 200, 50, 500, 2000]);
    expect(Object.keys(queryParams)).toHaveLength(50);
    expect(queryParams['长'.repeat(100)]).toBe('长'.repeat(500));
  });

  it.each([
    ['https://h5.example.cn/h5/a/b?x=1#y', '/h5/a/b'],
    ['pages/index/index?scene=1', 'pages/index/index'],
    ['', ''],
  ])('without a pathname takes it from its address %s', async (url, pathname) => {
    expect((await reported({ url, pathname: undefined })).pathname).toBe(pathname);
  });

  it('never keeps phones, identity numbers and tokens', async () => {
    const secret = 'S3cretS3cretS3cret';
    const inner = encodeURIComponent(`/pages/a?token=${secret}&phone=13800138000`);
    const record = await reported({
      url: `https://h5.example.cn/h5/a?token=${secret}&phone=13800138000&name=%E5%BC%A0%2013800138001&to=${inner}#access_token=${secret}`,
      referrer: `https://h5.example.cn/?to=${encodeURIComponent(`/b?to=${inner}`)}`,
      queryParams: {
        token: secret,
        phone: '13800138000',
        n: 13800138000,
        id: '11010519491231002X',
        q: `?token=${secret}`,
      },
      pathname: '/u/13800138000',
    });
    const kept = JSON.stringify(record);
    expect(kept).not.toMatch(/1380013800[01]/);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain('194912310');
    expect(record.queryParams).toMatchObject({ token: '[masked]', phone: '138****8000' });
    expect(record.pathname).toBe('/u/138****8000');
  });

  it('is written whatever its parameters are called', async () => {
    const event = freshEvent();
    const names = [
      'a\0b',
      '\0',
      '$where',
      '$ref',
      '$id',
      '$$',
      'a.b',
      '',
      '.',
      'constructor',
      'toString',
      '_id',
    ];
    const entries = names.map((name) => accessEntry({ event, queryParams: { [name]: 'v\0' } }));
    await guest.post(ACCESS_LOG, [...entries, accessEntry({ event, queryParams: { $ref: 'a', $id: 1 } })]);
    await written(app, event, names.length + 1);
    const manager = await app.asManager();
    expect((await manager.get(ACCESS_LOG, { event })).body.data.total).toBe(names.length + 1);
  });

  it('is written whatever it says', async () => {
    const event = freshEvent();
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const entry = fc.record({
      url: text,
      pathname: text,
      referrer: text,
      queryParams: fc.dictionary(text, value),
    });
    const entries = fc.sample(entry, 100).map((each) => ({ ...each, event }));
    const sent = JSON.stringify(entries).replaceAll('"__proto__"', '"proto"');
    expect((await guest.post(ACCESS_LOG, sent)).status).toBe(200);
    await written(app, event, 100);
  });

  it('may be sent as plain text, as a page does that is being left', async () => {
    const event = freshEvent();
    expect((await guest.post(ACCESS_LOG, accessEntry({ event }), TEXT)).body.data).toEqual({ received: 1 });
    expect((await guest.post(ACCESS_LOG, [accessEntry({ event })], TEXT)).body.data).toEqual({ received: 1 });
    await written(app, event, 2);
  });

  it.each(['', 'url=1', '{"url":', '{"__proto__":{"x":1}}', '"text"'])(
    'is INVALID_PARAMS as plain text that is %j',
    async (body) => {
      expect(await guest.post(ACCESS_LOG, body, TEXT)).toMatchObject(refusal('INVALID_PARAMS'));
    },
  );

  it('is PAYLOAD_TOO_LARGE as plain text, too', async () => {
    const body = JSON.stringify(accessEntry({ extra: 'x'.repeat(1024 * 1024) }));
    expect(await guest.post(ACCESS_LOG, body, TEXT)).toMatchObject(refusal('PAYLOAD_TOO_LARGE'));
  });

  it('makes plain text acceptable nowhere else', async () => {
    const employee = await app.asEmployee();
    const body = JSON.stringify(customerInput());
    for (const path of ['/api/customers/miniprogram/create', '/api/auth/login'])
      expect(await employee.post(path, body, TEXT)).toMatchObject(refusal('INVALID_PARAMS', 'body'));
  });

  it('is taken from one address no more often than the limit allows', async () => {
    const most = LIMITS.accessLog.points / 10;
    const limited = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '0.1' }, database: app.database });
    const caller = limited.asGuest();
    const statuses = [];
    for (let n = 0; n < most; n++) statuses.push((await caller.post(ACCESS_LOG, {})).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await caller.post(ACCESS_LOG, {})).toMatchObject(refusal('RATE_LIMITED'));
    await limited.app.close();
  });

  it('is taken from one address no more than a day allows: records count, not requests', async () => {
    const share = 0.001;
    const most = LIMITS.accessLogDay.points * share;
    const limited = await TestApp.start({
      env: { RATE_LIMIT_FACTOR: String(share) },
      database: app.database,
    });
    // the limit on requests would let in one only
    const limits = limited.app.get(RateLimiter);
    const caller = limited.asGuest();
    await limits.take('accessLogDay', '127.0.0.1', most);
    expect(
      await caller.post(
        ACCESS_LOG,
        Array.from({ length: 100 }, () => ({})),
      ),
    ).toMatchObject(refusal('RATE_LIMITED'));
    await limited.app.close();
  });
});
