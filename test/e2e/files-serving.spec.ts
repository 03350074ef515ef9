import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import {
  bytesOf,
  createResume,
  film,
  form,
  jpeg,
  openFile,
  PDF,
  resumeOf,
  RESUMES,
  upload,
} from '../support/files';

describe('GET /files/:name', () => {
  let app: TestApp;
  let admin: Actor;
  let id: string;
  let video: string;
  let photo: string;
  const bytes = film(100_000);
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    id = await createResume(admin);
    video = (await upload(admin, id, 'selfIntroductionVideo', bytes, '自我 "介绍".mp4')).body.data.fileUrl;
    photo = (await upload(admin, id, 'personalPhoto', await jpeg())).body.data.fileUrl;
    await upload(admin, id, 'idCardFront', await jpeg());
  });
  afterAll(() => app.stop());

  const open = (address: string, headers: Record<string, string> = {}, method = 'GET') =>
    openFile(app.url, address, { headers, method });
  const idCard = async () => (await resumeOf(admin, id)).idCardFront as { url: string; thumbnailUrl: string };

  it('sends the whole file with headers that keep a browser from taking it for a page', async () => {
    const response = await open(video);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '100000',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=86400, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      // without the name that somebody gave it
      'content-disposition': 'inline',
    });
    expect(await bytesOf(response)).toEqual(bytes);
  });

  it('has a PDF downloaded rather than shown', async () => {
    await upload(admin, id, 'medicalReport', PDF, '体检 (1).pdf');
    const { medicalReports } = await resumeOf(admin, id);
    const response = await open(medicalReports.at(-1).url);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="__ (1).pdf"; filename*=UTF-8''%E4%BD%93%E6%A3%80%20%281%29.pdf`,
    );
  });

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=100-', 100, 99_999],
    ['bytes=-100', 99_900, 99_999],
    ['bytes=-200000', 0, 99_999],
    ['bytes=99999-', 99_999, 99_999],
    ['bytes=50-200000', 50, 99_999],
  ])('sends the part that Range %s asks for', async (range, start, end) => {
    const response = await open(video, { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/100000`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect(await bytesOf(response)).toEqual(bytes.subarray(start, end + 1));
  });

  it.each(['bytes=100000-', 'bytes=200000-300000', 'bytes=-0'])(
    'answers Range %s with 416 and the size',
    async (range) => {
      const response = await open(video, { range });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe('bytes */100000');
      expect(response.headers.get('cache-control')).toBeNull();
    },
  );

  it.each(['bytes=0-1,5-9', 'bytes=9-5', 'items=0-1', 'bytes=a-b', 'bytes=-', 'bytes'])(
    'sends the whole for Range %s',
    async (range) => {
      const response = await open(video, { range });
      expect(response.status).toBe(200);
      expect((await bytesOf(response)).length).toBe(100_000);
    },
  );

  it('holds a range to the file that the client has the beginning of', async () => {
    const etag = (await open(video)).headers.get('etag')!;
    expect((await open(video, { range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    expect((await open(video, { range: 'bytes=0-9', 'if-range': '"another"' })).status).toBe(200);
  });

  it('tells who has the file already that it is the same', async () => {
    const etag = (await open(photo)).headers.get('etag')!;
    const response = await open(photo, { 'if-none-match': etag });
    expect(response.status).toBe(304);
    expect((await bytesOf(response)).length).toBe(0);
    expect((await open(photo, { 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('answers HEAD with the size and without the file', async () => {
    const response = await open(video, {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('100000');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
  });

  it.each([
    'ffffffffffffffffffffffffffffffff.jpg',
    'ffffffffffffffffffffffffffffffff',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2f%2e%2e%2fjwt-secret',
    '....//....//jwt-secret',
    'objects%2f00%2ffile.jpg',
    '%00.jpg',
    'constructor.jpg',
    `${'f'.repeat(190)}.jpg`,
  ])('finds nothing under %s', async (name) => {
    const response = await fetch(`${app.url}/files/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 404 });
    expect(response.headers.get('cache-control')).toBeNull();
  });

  it('has no thumbnail of a film, and no file that is not attached', async () => {
    expect((await open(video.replace('.mp4', '-thumbnail.jpg'))).status).toBe(404);
    const name = /files\/([0-9a-f]{32})/.exec(photo)![1]!;
    const files = app.connection.collection<{ _id: string }>('stored_files');
    for (const state of ['pending', 'orphaned']) {
      await files.updateOne({ _id: name }, { $set: { state } });
      expect((await open(photo)).status).toBe(404);
    }
    await files.updateOne({ _id: name }, { $set: { state: 'attached' } });
    expect((await open(photo)).status).toBe(200);
  });

  it('answers 404 for a file whose object is lost, without headers that would keep it', async () => {
    const lost = (await upload(admin, id, 'cookingPhoto', await jpeg())).body.data.fileUrl as string;
    const name = /files\/([0-9a-f]{32})/.exec(lost)![1]!;
    await app.connection
      .collection<{ _id: string }>('stored_files')
      .updateOne({ _id: name }, { $set: { key: 'objects/00/lost/file.jpg' } });
    const response = await open(lost);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBeNull();
  });

  describe('of a private file', () => {
    it('opens by the address that staff was given, and is kept by nobody on the way', async () => {
      const { url, thumbnailUrl } = await idCard();
      for (const address of [url, thumbnailUrl]) {
        const response = await open(address);
        expect(response.status).toBe(200);
        expect(response.headers.get('cache-control')).toBe('private, no-store');
      }
    });

    it.each<[string, (url: URL, other: URL) => void]>([
      ['none', (url) => (url.search = '')],
      ['no signature', (url) => url.searchParams.delete('signature')],
      ['an empty signature', (url) => url.searchParams.set('signature', '')],
      ['no expiry', (url) => url.searchParams.delete('expires')],
      [
        'a later expiry',
        (url) => url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1)),
      ],
      ['an expiry that is no number', (url) => url.searchParams.set('expires', 'never')],
      ['two expiries', (url) => url.searchParams.append('expires', '9999999999')],
      ['another character in it', (url) => flip(url)],
      ["the thumbnail's", (url, other) => (url.search = other.search)],
      ['another ending', (url) => (url.pathname = url.pathname.replace('.jpg', '.png'))],
    ])('stays closed with a signature that is changed: %s', async (_, change) => {
      const { url: address, thumbnailUrl } = await idCard();
      const url = new URL(address);
      change(url, new URL(thumbnailUrl));
      const response = await open(url.href);
      expect(response.status).toBe(403);
      expect(response.headers.get('etag')).toBeNull();
    });

    it('stays closed once its time is over', async () => {
      const { url } = await idCard();
      expect((await open(url)).status).toBe(200);
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now + 3_601_000);
      const response = await open(url);
      clock.mockRestore();
      expect(response.status).toBe(403);
    });

    it('does not open by the signature of another instance with another secret', async () => {
      const { url } = await idCard();
      const other = await TestApp.start({
        database: app.database,
        env: { JWT_SECRET: 'another secret of the tests, as long as the first' },
      });
      expect((await openFile(other.url, url)).status).toBe(403);
      await other.app.close();
    });

    it('is what an upload answers with, too', async () => {
      const file = { bytes: await jpeg(), name: 'a.jpg' };
      const { body } = await admin.post(
        `${RESUMES}/${id}/upload-file`,
        form(['type', 'idCardBack'], ['file', file]),
      );
      expect(body.data.fileUrl).toMatch(/\?expires=\d+&signature=[\w-]{43}$/);
      expect((await open(body.data.fileUrl)).status).toBe(200);
    });
  });
});

/** Another first character of the signature. */
function flip(url: URL): void {
  const signature = url.searchParams.get('signature')!;
  url.searchParams.set('signature', (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1));
}
