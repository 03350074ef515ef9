import sharp from 'sharp';
import { Random } from '../../../src/seed/random';
import { CARD_HEIGHT, CARD_WIDTH } from './card';

/** What a telephone's camera and its owner add to a card. */
export interface Conditions {
  /** degrees; the card does not lie straight */
  rotation: number;
  /** sigma of a Gaussian, in pixels of the card */
  blur: number;
  /** standard deviation of the sensor's noise, of 255 */
  noise: number;
  /** 0 none – 1 black, across a part of the card */
  shadow: number;
  /** 1 as it is; below, the picture is smaller */
  scale: number;
  /** JPEG */
  quality: number;
}

export const IDEAL: Conditions = { rotation: 0, blur: 0, noise: 0, shadow: 0, scale: 1, quality: 92 };

/** Conditions of chance, within what a clerk would still accept. */
export function conditionsOf(seed: number): Conditions {
  const random = new Random(seed * 104_729 + 5);
  return {
    rotation: (random.next() - 0.5) * 14,
    blur: random.next() * 1.1,
    noise: random.next() * 14,
    shadow: random.next() * 0.45,
    scale: 0.85 + random.next() * 0.7,
    quality: random.int(60, 92),
  };
}

const TABLES = ['#6b4f3a', '#8d8f93', '#2f3b46', '#c9c3b6', '#49603f'];

/** A photograph of a card on a table, as JPEG; the same arguments give the same picture. */
export async function photograph(card: Buffer, conditions: Conditions, seed: number): Promise<Buffer> {
  const random = new Random(seed * 31 + 11);
  const table = random.pick(TABLES);
  const margin = random.int(20, 90);
  const shaded = await raw(
    sharp(card)
      .composite([{ input: shadowOf(conditions.shadow, random), blend: 'over' }])
      .blur(Math.max(conditions.blur, 0.3)),
  );
  const lying = await raw(
    sharp(...shaded)
      .rotate(conditions.rotation, { background: '#00000000' })
      .flatten({ background: table })
      .extend({ top: margin, bottom: margin, left: margin, right: margin, background: table }),
  );
  const { width, height } = lying[1].raw;
  const noise = noiseOf({ width, height }, conditions.noise, random);
  const noisy = await raw(sharp(...lying).composite([noise]));
  return sharp(...noisy)
    .resize({ width: Math.round(width * conditions.scale) })
    .jpeg({ quality: conditions.quality })
    .toBuffer();
}

type Raw = [pixels: Buffer, description: { raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 } }];

/** The steps so far, carried out: sharp has an order of its own for those of one pipeline. */
async function raw(image: sharp.Sharp): Promise<Raw> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return [data, { raw: { width: info.width, height: info.height, channels: info.channels } }];
}

/** Darkness that falls in from one side, with a soft edge. */
function shadowOf(strength: number, random: Random): Buffer {
  const from = random.int(10, 70);
  const angle = random.int(-40, 40);
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${CARD_WIDTH}" height="${CARD_HEIGHT}">
    <defs><linearGradient id="s" gradientTransform="rotate(${angle} 0.5 0.5)">
      <stop offset="${from}%" stop-color="#000" stop-opacity="${strength}"/>
      <stop offset="${from + 25}%" stop-color="#000" stop-opacity="0"/>
    </linearGradient></defs>
    <rect width="${CARD_WIDTH}" height="${CARD_HEIGHT}" rx="28" fill="url(#s)"/></svg>`);
}

/** Grey noise around the middle, to be overlaid: the sum of three uniform numbers is nearly normal. */
function noiseOf(
  { width, height }: { width: number; height: number },
  deviation: number,
  random: Random,
): sharp.OverlayOptions {
  const pixels = Buffer.alloc(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const normal = random.next() + random.next() + random.next() - 1.5;
    pixels[i] = Math.max(0, Math.min(255, Math.round(128 + normal * 2 * deviation)));
  }
  return { input: pixels, raw: { width, height, channels: 1 }, blend: 'overlay' };
}
