import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bmp, type BmpStyle, type Pixel } from '../../../test/support/bmp';
import { bmpLayoutOf, bmpPixels, readBmpHeader } from './bmp';

const byte = fc.integer({ min: 0, max: 255 });
const places = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 });
const styles = fc.oneof(
  fc.record<BmpStyle>({
    bits: fc.constantFrom(24 as const, 32 as const),
    topDown: fc.boolean(),
    headerBytes: fc.constantFrom(40 as const, 108 as const, 124 as const),
    gap: fc.nat(40),
    padded: fc.boolean(),
  }),
  fc.record<BmpStyle>({
    bits: fc.constant(32 as const),
    topDown: fc.boolean(),
    headerBytes: fc.constantFrom(56 as const, 108 as const, 124 as const),
    masks: places,
    gap: fc.nat(40),
  }),
  fc.record<BmpStyle>({
    bits: fc.constant(32 as const),
    headerBytes: fc.constantFrom(40 as const, 52 as const),
    masks: places.map((all) => all.slice(0, 3)),
  }),
  fc.record<BmpStyle>({ headerBytes: fc.constant(12 as const), padded: fc.boolean() }),
);
const drawings = fc.integer({ min: 1, max: 9 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    pixels: fc
      .array(fc.array(fc.tuple(byte, byte, byte, byte), { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 7,
      })
      .map((rows): Pixel[] => rows.flat()),
  }),
);

describe('a BMP', () => {
  const directory = mkdtempSync(join(tmpdir(), 'homecare-bmp-'));
  const path = join(directory, 'a.bmp');
  afterAll(() => rmSync(directory, { recursive: true }));

  async function decode(bytes: Buffer) {
    writeFileSync(path, bytes);
    return bmpPixels(path, await bmpLayoutOf(path));
  }

  it('is read pixel for pixel, whatever its header, its order and its padding', async () => {
    await fc.assert(
      fc.asyncProperty(drawings, styles, async ({ width, pixels }, style) => {
        const alpha = style.masks?.length === 4;
        const read = await decode(bmp(width, pixels, style));
        expect([read.width, read.height, read.channels]).toEqual([
          width,
          pixels.length / width,
          alpha ? 4 : 3,
        ]);
        const expected = pixels.flatMap(([red, green, blue, opacity]) => [
          red,
          green,
          blue,
          ...(alpha ? [opacity] : []),
        ]);
        expect([...read.pixels]).toEqual(expected);
      }),
    );
  });

  it('is read in blocks, each row in its place', async () => {
    const width = 300;
    // more than one block of rows
    const pixels = Array.from({ length: width * 700 }, (_, i): Pixel => [
      i & 255,
      (i >> 8) & 255,
      i >> 16,
      0,
    ]);
    for (const topDown of [true, false]) {
      const read = await decode(bmp(width, pixels, { topDown }));
      expect(Buffer.compare(read.pixels, Buffer.from(pixels.flatMap((pixel) => pixel.slice(0, 3))))).toBe(0);
    }
  });

  it.each([
    ['some of it is clear', [0, 255], true],
    ['all of it is half clear', [128, 128], true],
    ['all of it is opaque', [255, 255], false],
    ['nothing was written into its alpha', [0, 0], false],
  ])('is transparent or not: %s', async (_what, alphas, transparent) => {
    const pixels = alphas.map((alpha): Pixel => [1, 2, 3, alpha]);
    const read = await decode(bmp(2, pixels, { bits: 32, headerBytes: 108, masks: [2, 1, 0, 3] }));
    expect(read.transparent).toBe(transparent);
  });

  const sound = bmp(
    3,
    Array.from({ length: 6 }, (): Pixel => [9, 8, 7, 0]),
  );
  const changed = (change: (file: Buffer) => void): Buffer => {
    const file = Buffer.from(sound);
    change(file);
    return file;
  };
  const refused = (file: Buffer, message: string) =>
    expect(() => readBmpHeader(file.subarray(0, 138), file.length)).toThrow(
      expect.objectContaining({ code: 'INVALID_FILE_TYPE', message: expect.stringContaining(message) }),
    );

  it.each<[string, Buffer]>([
    ['ends within its header', sound.subarray(0, 30)],
    ['is two letters', Buffer.from('BM')],
    ['is a letter that begins so', Buffer.from('BMW 从 2019 年开始'.repeat(20))],
    ['lacks its last row', sound.subarray(0, sound.length - 12)],
    ['lacks a byte', sound.subarray(0, sound.length - 4)],
    ['has no width', changed((file) => file.writeInt32LE(0, 18))],
    ['has a width below nothing', changed((file) => file.writeInt32LE(-3, 18))],
    ['has no height', changed((file) => file.writeInt32LE(0, 22))],
    ['says that it is enormous', changed((file) => file.writeInt32LE(0x7fffffff, 18))],
    ['says that it is as high as can be written', changed((file) => file.writeInt32LE(-0x80000000, 22))],
    ['has its pixels in its header', changed((file) => file.writeUInt32LE(20, 10))],
    ['has its pixels behind its end', changed((file) => file.writeUInt32LE(0xffffffff, 10))],
  ])('is refused as damaged when it %s', (_what, file) => refused(file, ''));

  it.each<[string, Buffer]>([
    ['of 16 bits', changed((file) => file.writeUInt16LE(16, 28))],
    ['of 8 bits', changed((file) => file.writeUInt16LE(8, 28))],
    ['of 1 bit', changed((file) => file.writeUInt16LE(1, 28))],
    ['compressed by RLE', changed((file) => file.writeUInt32LE(1, 30))],
    ['with a PNG in it', changed((file) => file.writeUInt32LE(5, 30))],
    ['with masks for 24 bits', changed((file) => file.writeUInt32LE(3, 30))],
    ['with a header that nobody knows', changed((file) => file.writeUInt32LE(64, 14))],
    ['with a header without an end', changed((file) => file.writeUInt32LE(0xffffffff, 14))],
    [
      'with two channels in one byte',
      bmp(1, [[1, 2, 3, 4]], { bits: 32, headerBytes: 56, masks: [2, 2, 0, 3] }),
    ],
    ['with masks of five bits', withMask(0x7c00)],
    ['with a mask of nothing', withMask(0)],
  ])('is refused as one that is not supported when it is %s', (_what, file) =>
    refused(file, '24 位或 32 位'),
  );

  it('whatever its header says, is refused or lies within its file and is no larger', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 138 }), fc.nat(10_000), (noise, size) => {
        const header = Buffer.from(noise);
        // most noise is refused for its first bytes alone
        header.set(Buffer.from('BM').subarray(0, header.length));
        if (header.length > 18) header.writeUInt32LE([12, 40, 56, 124][size % 4]!, 14);
        if (header.length > 30) header.writeUInt16LE(size % 2 ? 24 : 32, 28);
        // and most of what is left for its size
        if (header.length > 26 && size % 3) {
          header.writeUInt32LE(138 + (size % 50), 10);
          header.writeInt32LE((size % 61) - 10, 18);
          header.writeInt32LE((size % 53) - 26, 22);
        }
        let layout;
        try {
          layout = readBmpHeader(header, size);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_FILE_TYPE' });
          return;
        }
        const { width, height, pixelsAt, stride, bytesPerPixel } = layout;
        expect(pixelsAt + stride * (height - 1) + width * bytesPerPixel).toBeLessThanOrEqual(size);
        expect(Math.min(width, height)).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('that shrinks after its header was read is refused as damaged', async () => {
    writeFileSync(path, sound);
    const layout = await bmpLayoutOf(path);
    writeFileSync(path, sound.subarray(0, 60));
    await expect(bmpPixels(path, layout)).rejects.toMatchObject({ code: 'INVALID_FILE_TYPE' });
  });

  /** A pixel whose mask of red is that one. */
  function withMask(mask: number): Buffer {
    const file = bmp(1, [[1, 2, 3, 4]], { bits: 32, headerBytes: 56, masks: [2, 1, 0, 3] });
    file.writeUInt32LE(mask, 54);
    return file;
  }
});
