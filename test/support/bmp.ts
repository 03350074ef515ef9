/** How a BMP is written; what is left out is as most programs write it: 24 bits, from the lowest row up. */
export interface BmpStyle {
  bits?: 24 | 32;
  topDown?: boolean;
  /** bytes of the second header: OS/2's 12, Windows' 40, with masks 52, 56, 108, 124 */
  headerBytes?: 12 | 40 | 52 | 56 | 108 | 124;
  /** places of red, green, blue and alpha in the bytes of a pixel of 32 bits; without them no masks are written */
  masks?: number[];
  /** bytes between the headers and the pixels */
  gap?: number;
  /** whether the last row is written with its padding */
  padded?: boolean;
}

/** A pixel's red, green, blue and alpha. */
export type Pixel = [number, number, number, number];

/** A BMP of those pixels, which are given from the top, row by row. */
export function bmp(width: number, pixels: Pixel[], style: BmpStyle = {}): Buffer {
  const { bits = 24, topDown = false, headerBytes = 40, masks, gap = 0, padded = true } = style;
  const height = pixels.length / width;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const maskBytes = masks && headerBytes === 40 ? 12 : 0;
  const pixelsAt = 14 + headerBytes + maskBytes + gap;
  const file = Buffer.alloc(pixelsAt + stride * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(pixelsAt, 10);
  file.writeUInt32LE(headerBytes, 14);
  if (headerBytes === 12) writeCore(file, width, height);
  else writeInfo(file, width, topDown ? -height : height, bits, masks);
  const places = masks ?? [2, 1, 0];
  pixels.forEach((pixel, i) => {
    const row = Math.floor(i / width);
    const line = topDown ? row : height - 1 - row;
    const at = pixelsAt + line * stride + (i % width) * (bits / 8);
    places.forEach((place, channel) => file.writeUInt8(pixel[channel]!, at + place));
  });
  return padded ? file : file.subarray(0, file.length - (stride - (width * bits) / 8));
}

function writeCore(file: Buffer, width: number, height: number): void {
  file.writeUInt16LE(width, 18);
  file.writeUInt16LE(height, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt16LE(24, 24);
}

function writeInfo(file: Buffer, width: number, height: number, bits: number, masks?: number[]): void {
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(masks ? 3 : 0, 30);
  masks?.forEach((place, channel) => file.writeUInt32LE((0xff << (8 * place)) >>> 0, 54 + 4 * channel));
}
