import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import type { Resume } from '../modules/resumes/resume.schema';
import { LocalStorage } from '../platforms/storage/local-storage';
import { Gallery } from './gallery';
import { drawPortraits } from './portraits';
import { Random } from './random';
import { workerResume } from './resumes';
import { staff } from './staff';

const BASE = new Date('2026-01-16T10:00:00Z');

describe('invented portraits', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'homecare-portraits-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function drawn(seed: number) {
    const random = new Random(seed);
    const team = staff(random, BASE, 'hash');
    const resumes: Resume[] = Array.from({ length: 30 }, (_, i) => workerResume(random, i, BASE, team));
    const storage = new LocalStorage(join(directory, String(seed)));
    const files = await Gallery.open(storage, (gallery) => drawPortraits(random, resumes, gallery));
    return { resumes, storage, files };
  }

  it('are stored as uploads are, one for each published resume', async () => {
    const { resumes, storage, files } = await drawn(1);
    const published = resumes.filter(({ status }) => status === 'published');
    expect(files).toHaveLength(published.length);
    expect(published.map(({ personalPhotos }) => personalPhotos?.[0]?.id)).toEqual(
      files.map(({ _id }) => _id),
    );
    expect(resumes.filter(({ personalPhotos }) => personalPhotos?.length)).toHaveLength(published.length);
    for (const { key, thumbnailKey = '', fileSize, thumbnailSize } of files.slice(0, 3)) {
      const [image, thumbnail] = await Promise.all(
        [key, thumbnailKey].map(async (name) => buffer((await storage.get(name)) as Readable)),
      );
      expect([image?.length, thumbnail?.length]).toEqual([fileSize, thumbnailSize]);
      expect(await sharp(image).metadata()).toMatchObject({ format: 'jpeg', width: 480, height: 640 });
    }
  });

  it('are the same for the same seed', async () => {
    const names = async (seed: number) =>
      (await drawn(seed)).files.map(({ key, fileSize }) => [key, fileSize]);
    expect(await names(2)).toEqual(await names(2));
    expect(await names(3)).not.toEqual(await names(2));
  });
});
