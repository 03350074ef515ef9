import { TestApp } from '../support/app';

describe('an address that the router cannot read', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const get = async (path: string) => {
    const response = await fetch(app.url + path);
    return { response, body: (await response.json()) as Record<string, unknown> };
  };

  it.each([
    ['with broken escapes', '/api/users/%zz'],
    ['with half a character', '/api/%E0%A4%A'],
    ['with a lone percent sign', '/api/customers/miniprogram/%'],
    ['with a parameter beyond all length', `/api/customers/miniprogram/${'x'.repeat(4000)}`],
  ])('%s is INVALID_PARAMS under /api', async (_what, path) => {
    const { response, body } = await get(path);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({
      success: false,
      code: 'INVALID_PARAMS',
      details: [{ field: 'url' }],
      requestId: response.headers.get('x-request-id'),
    });
  });

  it('is 400 in the marketplace’s words elsewhere', async () => {
    const { response, body } = await get('/jobs/%zz');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ code: 400, message: 'Bad Request' });
  });
});
