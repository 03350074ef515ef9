import { gunzipSync } from 'node:zlib';
import { TestApp } from '../support/app';
import { fetchRaw, type RawAnswer } from '../support/raw-http';

/** What a guest's phone loads before joining, compressed. */
const MOST_BYTES_BEFORE_JOINING = 60_000;
const PAGES = ['interview', 'host'];

describe('the pages below /h5', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const get = (path: string, headers: Record<string, string> = {}) => fetchRaw(app.url + path, headers);
  const htmlOf = async (page: string) => (await get(`/h5/${page}`)).body.toString();
  /** Every file that a page names, as an address of this service. */
  const filesOf = async (page: string) =>
    [...(await htmlOf(page)).matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
      ([, file]) => `/h5/${file}`,
    );

  it.each(PAGES)('%s is sent with a policy that lets in nothing but its own files', async (page) => {
    const { status, headers } = await get(`/h5/${page}?roomId=room_1`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|https?:|wss?:/);
    expect(headers['permissions-policy']).toContain('camera=(self), microphone=(self)');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each(PAGES)('%s holds no inline code or style, and names its files beside itself', async (page) => {
    const html = await htmlOf(page);
    expect(html).toContain('lang="zh-CN"');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?!\.\/assets\/)/);
    expect((await filesOf(page)).length).toBeGreaterThan(2);
  });

  it.each(PAGES)('%s: its files are kept for good, since their names change with them', async (page) => {
    for (const file of await filesOf(page)) {
      const { status, headers } = await get(file);
      expect([file, status]).toEqual([file, 200]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-type']).toMatch(
        /^(application\/javascript|text\/css); charset=utf-8$|^image\/svg\+xml/,
      );
    }
  });

  it.each(PAGES)('%s is small: less than 60 kB before anybody joins', async (page) => {
    const files = [`/h5/${page}`, ...(await filesOf(page))];
    const sizes = await Promise.all(files.map((file) => get(file, { 'accept-encoding': 'gzip' })));
    for (const { headers } of sizes) expect(headers['content-encoding']).toBe('gzip');
    const total = sizes.reduce((sum, { body }) => sum + body.length, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(MOST_BYTES_BEFORE_JOINING);
  });

  it('sends what the caller can read: Brotli, gzip, or neither, and says so to caches', async () => {
    const script = (await filesOf('interview')).find((file) => file.endsWith('.js')) ?? '';
    const [brotli, gzip, plain] = await Promise.all(
      ['br, gzip', 'gzip', 'identity'].map((encoding) => get(script, { 'accept-encoding': encoding })),
    );
    expect(brotli?.headers['content-encoding']).toBe('br');
    expect(plain?.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(gzip?.body ?? '').equals(plain?.body ?? Buffer.of())).toBe(true);
    for (const answer of [brotli, gzip]) expect(answer?.headers['vary']).toMatch(/accept-encoding/i);
  });

  it('is not sent again to whom has it', async () => {
    const { headers } = await get('/h5/interview');
    const again = await get('/h5/interview', { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('leads an address with a slash behind it to the page itself, with its room', async () => {
    const { status, headers } = await get('/h5/interview/?roomId=room_1&a=%E9%9D%A2');
    expect(status).toBe(308);
    const target = new URL(String(headers['location']), `${app.url}/h5/interview/`);
    expect(target.pathname + target.search).toBe('/h5/interview?roomId=room_1&a=%E9%9D%A2');
  });

  it.each([
    '/h5',
    '/h5/',
    '/h5/nothing',
    '/h5/interview.html',
    '/h5/interview/room_1',
    '/h5/assets',
    '/h5/assets/nothing.js',
    '/h5/assets/..%2Finterview.html',
    '/h5/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/h5/assets/x.js%00',
  ])('answers %s with a page that says so', async (path) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(body.toString()).toContain('页面不存在');
  });

  it('leaves everything else to the APIs', async () => {
    const other: RawAnswer = await get('/h5interview');
    expect([other.status, other.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
    const response = await fetch(`${app.url}/h5/interview`, { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([404, { code: 404 }]);
  });
});
