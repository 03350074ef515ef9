import { getPriority, setPriority } from 'node:os';
import sharp, { type Sharp } from 'sharp';
import type { PictureText, Point, TextLine } from '../text-line';
import type { RecognitionAnswer, RecognitionOrder, Turn } from './protocol';

/** The longer edge of what is read, in pixels: finer gains nothing, and costs time with its square. */
const READ_SIZE = 1000;
/** A 100-megapixel camera is the largest there is; beyond are files made to exhaust the memory. */
const MOST_PIXELS = 110_000_000;
/** What a card needs, and no more: on a machine with many cores the rest belongs to the service. */
const THREADS = 2;
interface RecognisedLine {
  text: string;
  mean: number;
  box?: number[][];
}

interface Recogniser {
  /** declared with a path; whatever sharp opens is accepted, so no picture is ever written to a file */
  detect(picture: string): Promise<RecognisedLine[]>;
}

async function loadRecogniser(): Promise<Recogniser> {
  const { default: Ocr } = await import('@gutenye/ocr-node');
  const recogniser: unknown = await Ocr.create({ onnxOptions: { intraOpNumThreads: THREADS } });
  return recogniser as Recogniser;
}

async function main(): Promise<void> {
  // usually below the service, which answers everybody else meanwhile; never above it, which few may
  setPriority(Math.max(getPriority(), Number(process.argv[2] ?? 0)));
  const recogniser = await loadRecogniser();
  process.on('message', (order: RecognitionOrder) => {
    void answerTo(order, recogniser).then(send);
  });
  send({ kind: 'ready' });
}

async function answerTo(order: RecognitionOrder, recogniser: Recogniser): Promise<RecognitionAnswer> {
  const { id, picture, turn } = order;
  if (!picture) return { kind: 'alive', id };
  let prepared: Prepared;
  try {
    prepared = await prepare(picture, turn);
  } catch (error) {
    return { kind: 'unreadable', id, reason: reasonOf(error) };
  }
  try {
    return { kind: 'text', id, text: await textOf(prepared, recogniser) };
  } catch (error) {
    return { kind: 'failed', id, reason: reasonOf(error) };
  }
}

interface Prepared {
  png: Buffer;
  width: number;
  height: number;
}

/** Upright as the camera held it, then turned as asked, no larger than needed, without transparency. */
async function prepare(picture: Uint8Array, turn: Turn): Promise<Prepared> {
  const upright = open(picture).autoOrient();
  const turned = turn === 0 ? upright : upright.rotate(turn);
  const { data, info } = await turned
    .resize({ width: READ_SIZE, height: READ_SIZE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}

function open(picture: Uint8Array): Sharp {
  return sharp(picture, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
}

async function textOf({ png, width, height }: Prepared, recogniser: Recogniser): Promise<PictureText> {
  const found = await recogniser.detect(png as unknown as string);
  return { lines: found.flatMap(lineOf), width, height };
}

function lineOf({ text, mean, box }: RecognisedLine): TextLine[] {
  if (!box || box.length !== 4 || !text.trim()) return [];
  const [a, b, c, d] = box.map(([x = 0, y = 0]): Point => [x, y]) as [Point, Point, Point, Point];
  return [{ text, score: mean, box: [a, b, c, d] }];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(answer: RecognitionAnswer): void {
  if (process.connected) process.send?.(answer);
}

// nobody is left to answer to
process.on('disconnect', () => process.exit(0));
// a terminal's Ctrl-C and many a service manager reach children too; the service ends this one when it has finished
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

main().catch((error: unknown) => {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
});
