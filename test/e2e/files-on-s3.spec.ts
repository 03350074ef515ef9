import { ObjectStorage } from '../../src/platforms/storage/object-storage';
import { S3Storage } from '../../src/platforms/storage/s3-storage';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import {
  bytesOf,
  createResume,
  film,
  jpeg,
  openFile,
  resumeOf,
  RESUMES,
  upload,
  uploadSeveral,
} from '../support/files';
import { refusal } from '../support/refusal';
import { TestS3 } from '../support/s3';

describe('files on an S3 storage', () => {
  let s3: TestS3;
  let app: TestApp;
  let admin: Actor;
  let id: string;
  beforeAll(async () => {
    s3 = await TestS3.start();
    app = await TestApp.start({ env: s3.environment() });
    admin = await app.asAdmin();
    id = await createResume(admin);
  });
  afterAll(async () => {
    await app.stop();
    await s3.stop();
  });

  async function objects(): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of app.app.get(ObjectStorage).list('objects/')) keys.push(key);
    return keys;
  }

  it('are uploaded, opened, replaced and deleted as on a disk', async () => {
    expect(app.app.get(ObjectStorage)).toBeInstanceOf(S3Storage);
    const image = await jpeg();
    const answer = await uploadSeveral(admin, id, [
      ['idCardFront', image],
      ['certificate', image],
    ]);
    const urls = answer.body.data.uploadedFiles.map(
      ({ fileUrl }: { fileUrl: string }) => fileUrl,
    ) as string[];
    for (const url of urls) expect((await openFile(app.url, url)).status).toBe(200);
    expect(await objects()).toHaveLength(4);
    await upload(admin, id, 'idCardFront', image);
    expect((await openFile(app.url, urls[0]!)).status).toBe(404);
    await admin.delete(`${RESUMES}/${id}/delete-file`, { fileUrl: urls[1], fileType: 'certificate' });
    expect(await objects()).toHaveLength(2);
  });

  it('are films that can be opened in the middle', async () => {
    const bytes = film(3 * 1024 * 1024);
    const { fileUrl } = (await upload(admin, id, 'selfIntroductionVideo', bytes)).body.data;
    for (const [range, start, end] of [
      ['bytes=0-0', 0, 0],
      ['bytes=1000000-1999999', 1_000_000, 1_999_999],
      ['bytes=-1000', bytes.length - 1000, bytes.length - 1],
    ] as const) {
      const response = await openFile(app.url, fileUrl, { headers: { range } });
      expect(response.status).toBe(206);
      expect((await bytesOf(response)).equals(bytes.subarray(start, end + 1))).toBe(true);
    }
    // equals: Jest's own comparison looks at each of three million bytes in turn
    expect((await bytesOf(await openFile(app.url, fileUrl))).equals(bytes)).toBe(true);
  });

  it('are refused with a clear answer, and kept by nobody, while the storage is away', async () => {
    const away = await TestApp.start({ env: s3.environment('http://127.0.0.1:9') });
    const boss = await away.asAdmin();
    const resume = await createResume(boss);
    expect(await upload(boss, resume, 'certificate', await jpeg())).toMatchObject(refusal('UPSTREAM_ERROR'));
    expect((await resumeOf(boss, resume)).certificates).toEqual([]);
    expect(await away.connection.collection('stored_files').countDocuments({ state: 'attached' })).toBe(0);
    await away.stop();
  });
});
