import { Picture } from '../platform/platform';
import type { Pattern } from './pattern';
import type { Rgb } from './png';

const COMPONENTS = [1, 2, 3];
/** Every coefficient is divided by 8, which makes the mean of a block its DC coefficient. */
const QUANTISER = 8;
/** DC differences of up to 8 bits: nine codes of four bits each, the code being the size itself. */
const DC_CODE_BITS = 4;
const DC_SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const WHITE: Rgb = [255, 255, 255];

function segment(marker: number, data: readonly number[]): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, Buffer.from(data)]);
}

/** How many codes there are of each length from 1 to 16 bits. */
const codeCounts = (bits: number, count: number): number[] =>
  Array.from({ length: 16 }, (_, index) => (index + 1 === bits ? count : 0));

/** Y, Cb and Cr around zero (JFIF). */
function components([red, green, blue]: Rgb): number[] {
  const clamp = (value: number): number => Math.max(-128, Math.min(127, Math.round(value)));
  return [
    clamp(0.299 * red + 0.587 * green + 0.114 * blue - 128),
    clamp(-0.168736 * red - 0.331264 * green + 0.5 * blue),
    clamp(0.5 * red - 0.418688 * green - 0.081312 * blue),
  ];
}

class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  write(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.pending = (this.pending << 1) | ((value >> bit) & 1);
      this.count += 1;
      if (this.count === 8) this.flush();
    }
  }

  finish(): Buffer {
    while (this.count > 0) this.write(1, 1);
    return Buffer.from(this.bytes);
  }

  private flush(): void {
    this.bytes.push(this.pending);
    // a zero behind 0xff tells it from a marker
    if (this.pending === 0xff) this.bytes.push(0);
    this.pending = 0;
    this.count = 0;
  }
}

/** A block of one colour: the difference of its mean from the last block's, and the end of the block. */
function writeBlock(writer: BitWriter, difference: number): void {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
  writer.write(size, DC_CODE_BITS);
  writer.write(difference > 0 ? difference : difference + 2 ** size - 1, size);
  writer.write(0, 1);
}

function scan({ blocks, isDark }: Pattern, dark: Rgb): Buffer {
  const colours = { dark: components(dark), light: components(WHITE) };
  const writer = new BitWriter();
  let last = [0, 0, 0];
  for (let row = 0; row < blocks; row++)
    for (let column = 0; column < blocks; column++) {
      const colour = isDark(column, row) ? colours.dark : colours.light;
      for (const [index, mean] of colour.entries()) writeBlock(writer, mean - (last[index] ?? 0));
      last = colour;
    }
  return writer.finish();
}

/** The pattern on white. Source: ITU-T T.81, baseline, with blocks of one colour only. */
export function jpeg(pattern: Pattern, dark: Rgb): Picture {
  const size = [pattern.widthPx >> 8, pattern.widthPx & 0xff];
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => QUANTISER)]),
    segment(0xc0, [8, ...size, ...size, COMPONENTS.length, ...COMPONENTS.flatMap((id) => [id, 0x11, 0])]),
    segment(0xc4, [0x00, ...codeCounts(DC_CODE_BITS, DC_SIZES.length), ...DC_SIZES]),
    segment(0xc4, [0x10, ...codeCounts(1, 1), 0]),
    segment(0xda, [COMPONENTS.length, ...COMPONENTS.flatMap((id) => [id, 0x00]), 0, 63, 0]),
    scan(pattern, dark),
    Buffer.from([0xff, 0xd9]),
  ]);
  return new Picture('image/jpeg', bytes);
}
