import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import {
  bytesOf,
  createResume,
  gif,
  jpeg,
  jpegOfPhone,
  openFile,
  PDF,
  png,
  resumeOf,
  upload,
} from '../support/files';
import { refusal } from '../support/refusal';

const SCRIPT = Buffer.from('<html><script>alert(document.domain)</script></html>');
const ARCHIVE = Buffer.from('PK\u0003\u0004 an archive that some programs find behind anything');

/** A PNG of a hundred bytes that says it is that large. Whoever decodes it finds it damaged instead. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(data: Buffer): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe('uploaded images', () => {
  let app: TestApp;
  let admin: Actor;
  let id: string;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    id = await createResume(admin);
  });
  afterAll(() => app.stop());

  /** What the service hands out of an upload, and its thumbnail. */
  async function kept(bytes: Buffer): Promise<{ image: Buffer; thumbnail: Buffer; response: Response }> {
    const answer = await upload(admin, id, 'personalPhoto', bytes);
    expect(answer.status).toBe(200);
    const { personalPhotos } = await resumeOf(admin, id);
    const response = await openFile(app.url, answer.body.data.fileUrl);
    const thumbnail = await openFile(app.url, personalPhotos.at(-1).thumbnailUrl);
    return { image: await bytesOf(response), thumbnail: await bytesOf(thumbnail), response };
  }

  it('lose place, camera and everything else that was written beside the pixels', async () => {
    const original = await jpegOfPhone({ width: 300, height: 200 });
    expect(original.includes('InventedPhone')).toBe(true);
    const { image, thumbnail } = await kept(original);
    for (const bytes of [image, thumbnail]) {
      const found = await sharp(bytes).metadata();
      for (const part of ['exif', 'xmp', 'iptc', 'icc', 'orientation'] as const)
        expect(found[part]).toBeUndefined();
      expect(bytes.includes('InventedPhone')).toBe(false);
      expect(bytes.includes('Exif')).toBe(false);
    }
  });

  it('stand upright, as the phone was held', async () => {
    const { image, thumbnail } = await kept(await jpegOfPhone({ width: 600, height: 200 }));
    expect(await sharp(image).metadata()).toMatchObject({ width: 200, height: 600 });
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 133, height: 400 });
  });

  it('lose the text chunks of a PNG', async () => {
    const original = await sharp(await png())
      .png()
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">secret place</x:xmpmeta>')
      .toBuffer();
    expect((await sharp(original).metadata()).xmp).toBeDefined();
    expect((await sharp((await kept(original)).image).metadata()).xmp).toBeUndefined();
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['a JPEG with a page behind it', async () => Buffer.concat([await jpeg(), SCRIPT])],
    ['a PNG with a page behind it', async () => Buffer.concat([await png(), SCRIPT])],
    ['a JPEG with a page in its comment', async () => withComment(await jpeg(), SCRIPT)],
    ['a JPEG with an archive behind it', async () => Buffer.concat([await jpeg(), ARCHIVE])],
  ])('of two kinds keep only the image: %s', async (_, make) => {
    const { image, response } = await kept(await make());
    for (const rest of ['<script', '<html', 'an archive']) expect(image.includes(rest)).toBe(false);
    expect(response.headers.get('content-type')).toMatch(/^image\//);
  });

  it.each<[string, () => Promise<Buffer> | Buffer]>([
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a page', () => SCRIPT],
    ['a GIF', () => gif()],
    ['a GIF with a page in it', async () => Buffer.concat([await gif(), SCRIPT])],
    ['a GIF header with a script', () => Buffer.from('GIF89a=1;alert(1)//')],
    ['an archive', () => ARCHIVE],
    ['a PDF', () => PDF],
    ['a JPEG header and nothing behind it', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ['a JPEG header and a page', () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), SCRIPT])],
    ['half a JPEG', async () => half(await jpeg({ width: 400, height: 400 }))],
    ['half a PNG', async () => half(await png({ width: 400, height: 400 }))],
    ['a WebP header and nothing behind it', () => Buffer.from('RIFF\u0010\u0000\u0000\u0000WEBPVP8 ')],
    ['zeros', () => Buffer.alloc(10_000)],
  ])('are refused when they are none: %s', async (_, make) => {
    expect(await upload(admin, id, 'personalPhoto', await make(), 'photo.jpg')).toMatchObject(
      refusal('INVALID_FILE_TYPE'),
    );
  });

  it.each([
    [30_000, 30_000],
    [100_000, 10],
    [8000, 8000],
  ])('of %i × %i pixels are refused by their header, undecoded', async (width, height) => {
    const bytes = hugePng(width, height);
    expect(await upload(admin, id, 'personalPhoto', bytes)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it('have a thumbnail on white where they are transparent', async () => {
    const clear = sharp({
      create: { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const { image, thumbnail } = await kept(await clear.png().toBuffer());
    expect((await sharp(image).metadata()).hasAlpha).toBe(true);
    expect([...(await sharp(thumbnail).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  it('are worked on a few at a time, and all in the end', async () => {
    const image = await jpeg({ width: 1200, height: 1200 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => upload(admin, id, 'confinementMealPhoto', image)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
  });
});

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length / 2);
}

/** A JPEG whose comment segment, right behind its start, holds those bytes. */
function withComment(image: Buffer, comment: Buffer): Buffer {
  const segment = Buffer.from([0xff, 0xfe, 0, 0]);
  segment.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([image.subarray(0, 2), segment, comment, image.subarray(2)]);
}
