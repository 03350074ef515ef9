import { Module, Post } from '@nestjs/common';
import sharp from 'sharp';
import { Access } from '../../src/common/access/access.decorator';
import { MarketplaceController } from '../../src/common/http/controllers';
import { CurrentExchange, type Exchange } from '../../src/common/http/exchange';
import { Idempotent } from '../../src/common/idempotency/idempotent.decorator';
import { IMAGE_TYPES } from '../../src/common/uploads/content-type';
import { MB, TakesFiles, type UploadForm } from '../../src/common/uploads/upload-form';
import { FileAddresses } from '../../src/modules/files/file-addresses';
import { FileIntake, referencesTo } from '../../src/modules/files/file-intake';
import { FileStore } from '../../src/modules/files/file-store';
import { FilesModule } from '../../src/modules/files/files.module';
import { TestApp } from '../support/app';
import { bmp, type BmpStyle, type Pixel } from '../support/bmp';
import { bytesOf, createResume, form, jpeg, openFile, png, upload, webp } from '../support/files';
import { refusal } from '../support/refusal';

const LARGEST = 20 * MB;
const PICTURES: UploadForm = {
  fileField: 'file',
  maxFiles: 4,
  maxBytes: 4 * LARGEST,
  textFields: {},
  limits: () => Object.fromEntries(IMAGE_TYPES.map((type) => [type, LARGEST])),
};

/** A route for pictures as any feature writes one: it says its limits and what it answers. */
@MarketplaceController('probe', 'probe')
class PicturesController {
  constructor(
    private readonly intake: FileIntake,
    private readonly files: FileStore,
    private readonly addresses: FileAddresses,
  ) {}

  @Post('pictures')
  @Access('public')
  @Idempotent()
  @TakesFiles(PICTURES)
  upload(@CurrentExchange() exchange: Exchange) {
    return this.intake.take(exchange, {
      form: PICTURES,
      sort: ({ files }) => files.map((file) => ({ file, private: false })),
      record: async (kept, session) => {
        await this.files.attach(referencesTo(kept), session);
        return { urls: kept.map(({ reference }) => this.addresses.view(reference).url) };
      },
    });
  }
}

@Module({ imports: [FilesModule], controllers: [PicturesController] })
class PicturesModule {}

const SIZE = 32;
const QUARTERS: Pixel[] = [
  [255, 0, 0, 255],
  [0, 255, 0, 255],
  [0, 0, 255, 255],
  [255, 255, 255, 255],
];

/** Red and green above, blue and white below; the first pixel as clear as is said. */
function drawn(style: BmpStyle = {}, opacity = 255): Buffer {
  const pixels = Array.from({ length: SIZE * SIZE }, (_, i): Pixel => {
    const quarter = (i >= (SIZE * SIZE) / 2 ? 2 : 0) + (i % SIZE >= SIZE / 2 ? 1 : 0);
    const [red, green, blue] = QUARTERS[quarter]!;
    return [red, green, blue, i === 0 ? opacity : 255];
  });
  return bmp(SIZE, pixels, style);
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

describe('pictures for a route that takes BMP too', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ features: [PicturesModule] });
  });
  afterAll(() => app.stop());

  const send = (pictures: Buffer[], headers = {}) =>
    app
      .asGuest()
      .post(
        '/probe/pictures',
        form(...pictures.map((bytes): Parameters<typeof form>[0] => ['file', { bytes, name: 'a.bmp' }])),
        headers,
      );

  /** The colours in the middle of each quarter; JPEG is a little off. */
  async function quartersOf(picture: Buffer): Promise<number[][]> {
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) =>
      Array.from({ length: 3 }, (_, i) => {
        const value = data[(y * SIZE + x) * info.channels + i] ?? -1;
        return Math.abs(value - 255) < 30 ? 255 : Math.abs(value) < 30 ? 0 : value;
      });
    return [at(8, 8), at(24, 8), at(8, 24), at(24, 24)];
  }

  it.each<[string, Buffer, string, string]>([
    ['of 24 bits', drawn(), 'image/jpeg', '.jpg'],
    ['of 32 bits, from the top', drawn({ topDown: true, bits: 32 }), 'image/jpeg', '.jpg'],
    [
      'without anything clear in its alpha',
      drawn({ bits: 32, headerBytes: 124, masks: [2, 1, 0, 3] }),
      'image/jpeg',
      '.jpg',
    ],
    [
      'that is clear in one place',
      drawn({ bits: 32, headerBytes: 124, masks: [2, 1, 0, 3] }, 0),
      'image/png',
      '.png',
    ],
  ])('keep a BMP %s as what every screen shows', async (_what, bytes, mimeType, ending) => {
    const answer = await send([bytes]);
    expect(answer).toMatchObject({ status: 200, body: { code: 0, message: 'ok' } });
    const [url] = answer.body.data.urls as [string];
    expect(url.endsWith(ending)).toBe(true);
    const opened = await openFile(app.url, url);
    expect(opened.headers.get('content-type')).toBe(mimeType);
    const picture = await bytesOf(opened);
    expect(await quartersOf(picture)).toEqual(QUARTERS.map((colour) => colour.slice(0, 3)));
    expect((await sharp(picture).metadata()).hasAlpha).toBe(mimeType === 'image/png');
    const thumbnail = await openFile(app.url, url.replace(ending, '-thumbnail.jpg'));
    expect(await quartersOf(await bytesOf(thumbnail))).toEqual(QUARTERS.map((colour) => colour.slice(0, 3)));
  });

  it('are four of all kinds at once, once under a key, and no fifth', async () => {
    const pictures = [drawn(), await jpeg(), await png(), await webp()];
    const key = { 'idempotency-key': 'four-pictures' };
    const [first, second] = [await send(pictures, key), await send(pictures, key)];
    expect(first.body.data.urls).toHaveLength(4);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await send([...pictures, await jpeg()])).toMatchObject({ status: 400, body: { code: 400 } });
    expect(await send([await jpeg()], key)).toMatchObject({ status: 422, body: { code: 422 } });
  });

  it.each<[string, () => Buffer, number, string]>([
    ['is compressed', () => changed(drawn(), 30, 1), 415, '24 位或 32 位'],
    ['is cut off', () => drawn().subarray(0, 1000), 415, '已损坏'],
    ['only begins like one', () => Buffer.from('BMW '.repeat(100)), 415, ''],
    [
      'is wider than any camera’s',
      () =>
        bmp(
          20_000,
          Array.from({ length: 20_000 }, (): Pixel => [0, 0, 0, 0]),
        ),
      400,
      '尺寸太大',
    ],
    ['has a byte more than 20 MB', () => Buffer.concat([drawn(), Buffer.alloc(20 * MB)]), 413, '20 MB'],
  ])('are refused with a BMP that %s, and none is kept', async (_what, make, status, reason) => {
    const files = app.connection.collection('stored_files');
    const before = await files.countDocuments();
    const data: unknown = expect.stringContaining(reason);
    expect(await send([await jpeg(), make()])).toMatchObject({ status, body: { code: status, data } });
    expect(await files.countDocuments()).toBe(before);
  });

  it('of a resume are still no BMP', async () => {
    const admin = await app.asAdmin();
    const id = await createResume(admin);
    expect(await upload(admin, id, 'personalPhoto', drawn())).toMatchObject(refusal('INVALID_FILE_TYPE'));
  });
});
