import { crc32, deflateSync } from 'node:zlib';
import { Picture } from '../platform/platform';
import { BLOCK_PX, type Pattern } from './pattern';

export type Rgb = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE = 3;
const BITS_PER_PIXEL = 1;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

/** One bit a pixel, so a block is one byte of each of its eight lines. */
function lines({ widthPx, isDark }: Pattern): Buffer {
  const bytesPerLine = Math.ceil(widthPx / BLOCK_PX);
  const raw = Buffer.alloc((bytesPerLine + 1) * widthPx);
  for (let y = 0; y < widthPx; y++)
    for (let column = 0; column < bytesPerLine; column++)
      if (isDark(column, Math.floor(y / BLOCK_PX))) raw[y * (bytesPerLine + 1) + 1 + column] = 0xff;
  return raw;
}

/** The pattern on a transparent ground. Source: PNG specification, palette of two colours. */
export function png(pattern: Pattern, dark: Rgb): Picture {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pattern.widthPx, 0);
  header.writeUInt32BE(pattern.widthPx, 4);
  header.set([BITS_PER_PIXEL, PALETTE], 8);
  const bytes = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from([255, 255, 255, ...dark])),
    chunk('tRNS', Buffer.from([0])),
    chunk('IDAT', deflateSync(lines(pattern))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return new Picture('image/png', bytes);
}
