import { request as httpRequest } from 'node:http';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

const JSON_TYPE = { 'content-type': 'application/json' };
const CREATE = '/api/customers/miniprogram/create';

describe('a request that makes no sense', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  it.each([
    ['broken', '{"name": "张三"'],
    ['not JSON at all', 'name=张三'],
    ['empty', ''],
    ['a prototype', '{"name":"张三","wechatId":"w","__proto__":{"role":"admin"}}'],
    ['a constructor', '{"name":"张三","wechatId":"w","constructor":{"prototype":{"role":"admin"}}}'],
    ['a list', '[]'],
    ['a word', '"张三"'],
    ['null', 'null'],
    ['a number', '1'],
  ])('is INVALID_PARAMS when its body is %s', async (_what, body) => {
    const answer = await employee.post(CREATE, body);
    expect(answer).toMatchObject(refusal('INVALID_PARAMS'));
    expect(answer.body.details[0].field).toMatch(/^(body|name)$/);
    expect(({} as { role?: unknown }).role).toBeUndefined();
  });

  it('makes sense without a body where none is asked for, whatever type it names', async () => {
    const staff = await app.asEmployee();
    expect((await staff.send('POST', '/api/auth/logout', '', JSON_TYPE)).status).toBe(200);
  });

  it('is INVALID_PARAMS without a body', async () => {
    expect(await employee.send('POST', CREATE, undefined, {})).toMatchObject(refusal('INVALID_PARAMS'));
  });

  it.each(['application/xml', 'multipart/form-data; boundary=x', 'application/octet-stream', 'x'])(
    'is INVALID_PARAMS when its content is %s',
    async (type) => {
      const answer = await employee.post(CREATE, JSON.stringify(customerInput()), { 'content-type': type });
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'content-type'));
    },
  );

  it('is INVALID_PARAMS when its content is plain text, JSON or not', async () => {
    const answer = await employee.post(CREATE, JSON.stringify(customerInput()), {
      'content-type': 'text/plain',
    });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'body'));
  });

  it('is understood with a character set beside its content type', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await employee.post(CREATE, customerInput(), headers)).status).toBe(200);
  });

  it('is PAYLOAD_TOO_LARGE beyond the limit, and its caller may go on', async () => {
    const answer = await employee.post(CREATE, customerInput({ extra: 'x'.repeat(1024 * 1024) }));
    expect(answer).toMatchObject(refusal('PAYLOAD_TOO_LARGE'));
    expect((await employee.get('/api/auth/me')).status).toBe(200);
  });

  it('is answered quickly when it is nothing but brackets', async () => {
    const started = Date.now();
    const answer = await employee.post(CREATE, '['.repeat(500_000) + ']'.repeat(500_000));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS'));
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it.each([
    ['twice the same parameter', 'page=1&page=2', 'page'],
    ['an object', 'page[gt]=1', undefined],
    ['an operator for a value', 'keyword[$ne]=1', undefined],
  ])('takes %s neither for a value nor for a query: %s', async (_what, query, field) => {
    const answer = await employee.get(`/api/customers/miniprogram/list?${query}`);
    if (field) expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    else expect(answer).toMatchObject({ status: 200, body: { data: { page: 1 } } });
  });

  it('is INVALID_PARAMS when a record’s key is none', async () => {
    for (const id of ['1', 'x'.repeat(24), '66f1a2b3c4d5e6f708192a3', '..%2F..%2Fetc', 'x'.repeat(150)]) {
      const answer = await employee.get(`/api/customers/miniprogram/${id}`);
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    }
  });

  it('is INVALID_PARAMS when its search words are very long', async () => {
    const answer = await employee.get('/api/customers/miniprogram/list', { keyword: 'x'.repeat(8000) });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'keyword'));
  });

  it('gets no answer of the application when its headers are too large', async () => {
    const status = await new Promise<number | undefined>((done, failed) => {
      const headers = { 'x-large': 'x'.repeat(20_000) };
      const call = httpRequest(`${app.url}/api/health/live`, { headers }, (response) => {
        response.resume();
        done(response.statusCode);
      });
      call.on('error', failed).end();
    });
    expect(status).toBe(431);
  });
});

describe('an unknown address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nothing'],
    ['POST', '/api/nothing'],
    ['DELETE', '/api/auth/me'],
    ['PUT', '/api/users'],
    ['GET', '/api/nothing?page=1'],
  ])('under /api speaks as the CRM does: %s %s', async (method, path) => {
    const response = await fetch(app.url + path, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      success: false,
      code: 'NOT_FOUND',
      message: '接口不存在',
      requestId: response.headers.get('x-request-id'),
      timestamp: expect.any(Number) as number,
    });
  });

  it.each([
    ['GET', '/'],
    ['POST', '/jobs/nothing'],
    ['GET', '/apis'],
    ['GET', '/nothing/api'],
    ['GET', '/.env'],
  ])('elsewhere speaks as the marketplace does: %s %s', async (method, path) => {
    const response = await fetch(app.url + path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(await response.json()).toEqual({ code: 404, message: 'Not Found', data: '接口不存在' });
  });
});

describe('a fault of the service itself', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('is told without a word of its cause, which is in the log under the same request id', async () => {
    const employee = await app.asEmployee();
    await employee.post(CREATE, customerInput());
    const sequences = app.connection.collection<{ _id: string }>('sequences');
    await sequences.updateOne({ _id: 'customer' }, { $set: { last: 'not a number' } });
    const answer = await employee.post(CREATE, customerInput());
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      success: false,
      code: 'INTERNAL_ERROR',
      message: '服务器出错了，请稍后重试',
      requestId: answer.headers.get('x-request-id'),
      timestamp: expect.any(Number) as number,
    });
    const logged = app.logLines.find((line) => line.includes('request failed'));
    expect(JSON.parse(logged ?? '{}')).toMatchObject({
      level: 'error',
      requestId: answer.body.requestId,
      code: 'INTERNAL_ERROR',
      err: { stack: expect.stringContaining('    at ') as string },
    });
  });
});
