import type { Logger } from 'pino';
import { LOGGER } from '../../src/common/logging/logging.module';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { customerInput, PASSWORD, phone, userInput } from '../support/factories';

interface Line {
  level: string;
  msg: string;
  requestId?: string;
  [field: string]: unknown;
}

describe('the log', () => {
  let app: TestApp;
  let manager: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    manager = await app.asManager();
  });
  afterAll(() => app.stop());

  const lines = (): Line[] =>
    app.logLines
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);

  /** The lines of one request; the last is written just after its answer. */
  const linesOf = (requestId: string | null): Promise<Line[]> =>
    eventually(async () => {
      const found = lines().filter((line) => line.requestId === requestId);
      expect(found.some(({ msg }) => msg === 'request')).toBe(true);
      return Promise.resolve(found);
    });

  it('has one JSON line a request: who asked for what, how it ended and how long it took', async () => {
    const { headers } = await manager.get('/api/customers/miniprogram/list', { page: 2 });
    const found = await linesOf(headers.get('x-request-id'));
    expect(found).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        requestId: headers.get('x-request-id'),
        method: 'GET',
        route: '/api/customers/miniprogram/list',
        status: 200,
        ms: expect.any(Number) as number,
        ip: '127.0.0.1',
        user: `staff:${manager.id}`,
        msg: 'request',
      },
    ]);
  });

  it('names the pattern of the route, not the record', async () => {
    const { headers } = await manager.get('/api/customers/miniprogram/66f1a2b3c4d5e6f708192a3b');
    const [line] = await linesOf(headers.get('x-request-id'));
    expect(line).toMatchObject({ route: '/api/customers/miniprogram/:id', status: 404 });
    expect(JSON.stringify(line)).not.toContain('66f1a2b3c4d5e6f708192a3b');
  });

  it.each<[string, () => Promise<{ headers: Headers }>, object]>([
    [
      'an unknown address',
      () => app.asGuest().get('/api/nothing/13800138000'),
      { status: 404, route: 'unknown' },
    ],
    ['a refused caller', () => app.asGuest().get('/api/auth/me'), { status: 401, route: '/api/auth/me' }],
    ['a broken body', () => app.asGuest().post('/api/auth/login', '{'), { status: 400 }],
  ])('has a line for %s, too', async (_what, call, expected) => {
    const { headers } = await call();
    const [line, ...more] = await linesOf(headers.get('x-request-id'));
    expect(line).toMatchObject({ level: 'info', ...expected });
    expect(more).toEqual([]);
  });

  it('never holds what people entrust to the service', async () => {
    const [theirs, staffPhone] = [phone(), phone()];
    const input = customerInput({ phone: theirs, notes: '身份证 110101199003074514' });
    const admin = await app.asAdmin();
    const key = 'a-key-of-the-callers-own';
    const headers = { 'idempotency-key': key };
    const { body } = await manager.post('/api/customers/miniprogram/create', input, headers);
    await manager.post('/api/customers/miniprogram/create', input);
    await manager.get('/api/customers/miniprogram/list', { keyword: theirs });
    await manager.get(`/api/customers/miniprogram/${theirs}`);
    await manager.get(`/api/nothing/${theirs}?phone=${theirs}&token=${manager.token}`);
    await manager.patch(`/api/customers/miniprogram/${body.data.id as string}`, { phone: 'x'.repeat(3) });
    await admin.post('/api/users', userInput({ phone: staffPhone }));
    await app.asGuest().post('/api/auth/login', { username: manager.token, password: PASSWORD });
    const last = await app.asGuest().get('/api/health/live', {}, { 'x-request-id': theirs });
    expect(last.headers.get('x-request-id')).toBe(theirs);
    await eventually(() =>
      Promise.resolve(expect(lines().at(-1)).toMatchObject({ route: '/api/health/live' })),
    );

    const log = app.logLines.join('');
    for (const secret of [theirs, staffPhone, '110101199003074514', PASSWORD, manager.token, key]) {
      expect(log).not.toContain(secret);
    }
    expect(log).not.toContain('keyword');
  });

  it('keeps the stack of a failure, under the id that the caller was given', async () => {
    const employee = await app.asEmployee();
    await employee.post('/api/customers/miniprogram/create', customerInput());
    const sequences = app.connection.collection<{ _id: string }>('sequences');
    await sequences.updateOne({ _id: 'customer' }, { $set: { last: 'not a number' } });
    const failed = await employee.post('/api/customers/miniprogram/create', customerInput());
    expect(failed.status).toBe(500);
    const found = await linesOf(failed.headers.get('x-request-id'));
    expect(found.map(({ level, msg }) => [level, msg])).toEqual([
      ['error', 'request failed'],
      ['info', 'request'],
    ]);
    expect(found[0]).toMatchObject({ err: { stack: expect.stringContaining('    at ') as string } });
  });

  it('masks what an error of the database quotes', () => {
    const theirs = phone();
    const error = new Error(`E11000 duplicate key error dup key: { phone: "${theirs}" }`);
    app.app.get<Logger>(LOGGER).error({ err: error }, `lost ${theirs}`);
    expect(lines().at(-1)).toMatchObject({ level: 'error', err: { type: 'Error' } });
    expect(app.logLines.at(-1)).toContain(theirs.slice(-4));
    expect(app.logLines.join('')).not.toContain(theirs);
  });

  it('is as quiet as LOG_LEVEL says', async () => {
    const quiet = await TestApp.start({ env: { LOG_LEVEL: 'error' } });
    await quiet.asGuest().get('/api/health/live');
    await quiet.stop();
    expect(quiet.logLines).toEqual([]);
  });
});
