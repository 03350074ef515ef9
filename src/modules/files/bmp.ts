import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../common/errors/app-error';

/** Where the pixels of a BMP are in its file, as its header says and the size of the file confirms. */
export interface BmpLayout {
  /** pixels */
  width: number;
  height: number;
  /** the usual BMP begins with its lowest row */
  topDown: boolean;
  /** bytes before the first row */
  pixelsAt: number;
  bytesPerPixel: 3 | 4;
  /** bytes from one row to the next */
  stride: number;
  /** places of red, green, blue and, where there is one, alpha within the bytes of a pixel */
  channels: number[];
}

/** Both headers and the masks behind them, of the longest kind. */
const HEADER_BYTES = 14 + 124;
/** Sizes of the second header: OS/2's; Windows' (BITMAPINFOHEADER), with masks, with alpha's mask, versions 4 and 5. */
const CORE_HEADER = 12;
const INFO_HEADERS = new Set([40, 52, 56, 108, 124]);
const WITH_ALPHA_MASK = 56;
const UNCOMPRESSED = 0;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;
/** A mask of a whole byte, and the place of that byte. */
const WHOLE_BYTES = new Map([0xff, 0xff00, 0xff0000, 0xff000000].map((mask, place) => [mask, place]));
const BLUE_GREEN_RED = [2, 1, 0];
/** Bytes read and turned round at a time, so that nobody waits long for it. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Reads the header of a BMP of 24 or 32 bits, uncompressed, which is what programs write; no pixel is looked at.
 * @throws {AppError} INVALID_FILE_TYPE for another kind of BMP, and for one whose pixels are not all there
 */
export async function bmpLayoutOf(path: string): Promise<BmpLayout> {
  return opened(path, async (file) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return readBmpHeader(buffer.subarray(0, bytesRead), (await file.stat()).size);
  });
}

/** @param header the first bytes of a file of `size` bytes */
export function readBmpHeader(header: Buffer, size: number): BmpLayout {
  if (header.length < 14 + CORE_HEADER || header.toString('latin1', 0, 2) !== 'BM') throw damaged();
  const pixelsAt = header.readUInt32LE(10);
  const infoBytes = header.readUInt32LE(14);
  if (infoBytes !== CORE_HEADER && !INFO_HEADERS.has(infoBytes)) throw unsupported();
  if (header.length < 14 + infoBytes) throw damaged();
  const format = infoBytes === CORE_HEADER ? coreFormat(header) : infoFormat(header, infoBytes);
  const { width, height, bytesPerPixel } = format;
  // rows are padded to four bytes
  const stride = Math.ceil((width * bytesPerPixel) / 4) * 4;
  const lastRow = width * bytesPerPixel;
  const whole = pixelsAt >= 14 + infoBytes && pixelsAt + stride * (height - 1) + lastRow <= size;
  if (width < 1 || height < 1 || !whole) throw damaged();
  return { ...format, pixelsAt, stride };
}

type Format = Omit<BmpLayout, 'pixelsAt' | 'stride'>;

function coreFormat(header: Buffer): Format {
  if (header.readUInt16LE(24) !== 24) throw unsupported();
  const [width, height] = [header.readUInt16LE(18), header.readUInt16LE(20)];
  return { width, height, topDown: false, bytesPerPixel: 3, channels: BLUE_GREEN_RED };
}

function infoFormat(header: Buffer, infoBytes: number): Format {
  const height = header.readInt32LE(22);
  const bits = header.readUInt16LE(28);
  if (bits !== 24 && bits !== 32) throw unsupported();
  return {
    width: header.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bytesPerPixel: bits === 24 ? 3 : 4,
    channels: channelsOf(header, infoBytes, bits),
  };
}

/** Where no masks say otherwise, a fourth byte means nothing. */
function channelsOf(header: Buffer, infoBytes: number, bits: 24 | 32): number[] {
  const compression = header.readUInt32LE(30);
  if (compression === UNCOMPRESSED) return BLUE_GREEN_RED;
  if (bits !== 32 || (compression !== BITFIELDS && compression !== ALPHA_BITFIELDS)) throw unsupported();
  // of the shortest header the masks stand behind it, at the same place
  const alpha = infoBytes >= WITH_ALPHA_MASK || compression === ALPHA_BITFIELDS;
  if (header.length < (alpha ? 70 : 66)) throw damaged();
  const masks = [54, 58, 62].map((at) => header.readUInt32LE(at));
  if (alpha && header.readUInt32LE(66) !== 0) masks.push(header.readUInt32LE(66));
  const places = masks.flatMap((mask) => WHOLE_BYTES.get(mask) ?? []);
  if (new Set(places).size !== masks.length) throw unsupported();
  return places;
}

/** Pixels one after another, rows from the top, as RGB or RGBA. */
export interface RawPixels {
  pixels: Buffer;
  width: number;
  height: number;
  channels: 3 | 4;
  /** whether anything is transparent; programs that write alpha's mask and nothing into it mean nothing by it */
  transparent: boolean;
}

/**
 * The pixels of a BMP. They take as many bytes as the file at most, and a third more for alpha.
 * @throws {AppError} INVALID_FILE_TYPE when the file ends too early
 */
export async function bmpPixels(path: string, layout: BmpLayout): Promise<RawPixels> {
  const { width, height, stride, pixelsAt, topDown } = layout;
  const channels = layout.channels.length === 4 ? 4 : 3;
  const pixels = Buffer.allocUnsafe(width * height * channels);
  const rowsAtOnce = Math.max(1, Math.floor(BLOCK_BYTES / stride));
  const block = Buffer.allocUnsafe(Math.min(rowsAtOnce, height) * stride);
  const alpha = { least: 255, most: 0 };
  await opened(path, async (file) => {
    for (let first = 0; first < height; first += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, height - first);
      const { bytesRead } = await file.read(block, 0, rows * stride, pixelsAt + first * stride);
      // the padding of the last row may be missing
      if (bytesRead < (rows - 1) * stride + width * layout.bytesPerPixel) throw damaged();
      for (let i = 0; i < rows; i++) {
        const row = topDown ? first + i : height - 1 - first - i;
        copyRow(block.subarray(i * stride), pixels.subarray(row * width * channels), layout, alpha);
      }
    }
  });
  return { pixels, width, height, channels, transparent: alpha.most > 0 && alpha.least < 255 };
}

interface Alpha {
  least: number;
  most: number;
}

function copyRow(from: Buffer, to: Buffer, layout: BmpLayout, seen: Alpha): void {
  const { width, bytesPerPixel, channels } = layout;
  const [red = 0, green = 0, blue = 0, alpha] = channels;
  let written = 0;
  for (let read = 0; read < width * bytesPerPixel; read += bytesPerPixel) {
    to[written++] = from[read + red] ?? 0;
    to[written++] = from[read + green] ?? 0;
    to[written++] = from[read + blue] ?? 0;
    if (alpha === undefined) continue;
    const opacity = from[read + alpha] ?? 0;
    if (opacity < seen.least) seen.least = opacity;
    if (opacity > seen.most) seen.most = opacity;
    to[written++] = opacity;
  }
}

async function opened<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function damaged(): AppError {
  return new AppError('INVALID_FILE_TYPE', { message: '图片已损坏或无法识别' });
}

function unsupported(): AppError {
  return new AppError('INVALID_FILE_TYPE', {
    message: '只支持 24 位或 32 位、未压缩的 BMP 图片，请另存为 JPG 或 PNG 再上传',
  });
}
