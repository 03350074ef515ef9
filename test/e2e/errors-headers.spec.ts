import { TestApp } from '../support/app';

const ORIGIN = 'https://h5.tongxin.cn';

describe('the headers of every answer', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { CORS_ORIGINS: `${ORIGIN},https://admin.tongxin.cn` } });
  });
  afterAll(() => app.stop());

  const call = (path: string, init: RequestInit = {}) => fetch(app.url + path, init);
  const requestIdFor = async (given: string) => {
    const response = await call('/api/health/live', { headers: { 'x-request-id': given } });
    return response.headers.get('x-request-id');
  };

  it.each(['/api/health/live', '/api/auth/me', '/api/nothing', '/nothing', '/metrics', '/api/docs'])(
    'carry a request id: %s',
    async (path) => {
      const ids = await Promise.all([call(path), call(path)]);
      const [one, two] = ids.map(({ headers }) => headers.get('x-request-id'));
      expect(one).toMatch(/^[\w-]{36}$/);
      expect(one).not.toBe(two);
    },
  );

  it.each(['12345678', 'req-2026.01_20', 'a'.repeat(64)])('keep the caller’s request id %s', async (id) => {
    expect(await requestIdFor(id)).toBe(id);
  });

  it.each([
    'short',
    'a'.repeat(65),
    'with space',
    '<script>alert(1)</script>',
    '"},{"a":"',
    '../../etc',
    'é'.repeat(8),
  ])('replace the request id %j', async (id) => {
    expect(await requestIdFor(id)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('name the request id in the body of an error too', async () => {
    const response = await call('/api/auth/me', { headers: { 'x-request-id': 'my-request-1' } });
    expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', requestId: 'my-request-1' });
  });

  it.each(['/api/health/live', '/api/nothing', '/nothing'])(
    'protect a browser that opens %s',
    async (path) => {
      const { headers } = await call(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringContaining('max-age=') as string,
        'content-security-policy': expect.stringContaining("default-src 'self'") as string,
      });
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );

  it('say UTF-8 JSON', async () => {
    for (const path of ['/api/health/live', '/api/nothing', '/nothing']) {
      expect((await call(path)).headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
  });

  describe('to a browser on another origin', () => {
    const preflight = (origin: string) =>
      call('/api/customers/miniprogram/create', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,idempotency-key',
        },
      });

    it('allow a known one what it needs', async () => {
      const response = await preflight(ORIGIN);
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(response.headers.get('access-control-allow-methods')).toContain('POST');
      expect(response.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    });

    it.each(['PATCH', 'DELETE'])('allow a known one the method %s', async (method) => {
      const headers = { origin: ORIGIN, 'access-control-request-method': method };
      const response = await call('/api/users', { method: 'OPTIONS', headers });
      expect(response.headers.get('access-control-allow-methods')).toContain(method);
    });

    it.each(['https://evil.cn', 'https://h5.tongxin.cn.evil.cn', 'http://h5.tongxin.cn', 'null'])(
      'allow %s nothing',
      async (origin) => {
        expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
        const answer = await call('/api/health/live', { headers: { origin } });
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      },
    );

    it.each(['/api/health/live', '/api/auth/me'])('let a known one read the answer of %s', async (path) => {
      const { headers } = await call(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('vary')).toMatch(/origin/i);
      const exposed = headers.get('access-control-expose-headers')?.split(/,\s*/);
      expect(exposed).toEqual(
        expect.arrayContaining(['Authorization', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After']),
      );
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    });
  });

  it('are those of GET for HEAD, without a body', async () => {
    const response = await call('/api/health/live', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(await response.text()).toBe('');
    expect((await call('/api/auth/me', { method: 'HEAD' })).status).toBe(401);
  });

  it('allow no other origin at all when none is set', async () => {
    const closed = await TestApp.start();
    const { headers } = await fetch(`${closed.url}/api/health/live`, { headers: { origin: ORIGIN } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    await closed.stop();
  });
});
