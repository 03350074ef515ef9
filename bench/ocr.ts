import '../src/source-maps';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import pino from 'pino';
import type { CardText } from '../src/platforms/ocr/id-card';
import { LocalReader } from '../src/platforms/ocr/local/local-reader';
import { residentMegabytes } from '../src/platforms/ocr/local/process-memory';
import { RecognitionQueue } from '../src/platforms/ocr/local/recognition-queue';
import { type CardPicture, cardPicture, expectedFields } from '../test/support/id-cards/test-set';

const USAGE = `Usage: npm run bench:ocr -- [--pictures N]
  --pictures N   of the test set, fronts and backs in turn (72)`;

interface Tally {
  right: number;
  wrong: number;
}

interface Result {
  fields: Map<string, Tally>;
  milliseconds: number[];
  mistakes: string[];
  peakMegabytes: number;
}

/** Reads the test set of drawn cards and says how many fields were right, and how long a card took. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { pictures: { type: 'string', default: '72' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return say(USAGE);
  const limits = { queueLimit: 8, timeoutMs: 30_000, memoryLimitMb: 4096, niceness: 10, idleMs: 60_000 };
  const queue = new RecognitionQueue(limits, pino({ level: 'warn' }));
  const reader = new LocalReader(queue);
  await reader.check();
  const result: Result = { fields: new Map(), milliseconds: [], mistakes: [], peakMegabytes: 0 };
  for (let n = 0; n < Number(values.pictures); n++) {
    await readOne(await cardPicture(n), reader, result);
    const used = queue.pid === undefined ? null : await residentMegabytes(queue.pid);
    result.peakMegabytes = Math.max(result.peakMegabytes, used ?? 0);
  }
  say(report(result));
  say(await together(reader));
  await reader.close();
}

const TOGETHER = 4;

/** How late the event loop gets while several cards are read at once. */
async function together(reader: LocalReader): Promise<string> {
  const pictures = await Promise.all(Array.from({ length: TOGETHER }, (_, n) => cardPicture(n)));
  const loop = monitorEventLoopDelay({ resolution: 10 });
  const started = performance.now();
  loop.enable();
  await Promise.all(pictures.map(({ picture }) => reader.read(picture)));
  loop.disable();
  const [p50, p99, most] = [loop.percentile(50), loop.percentile(99), loop.max].map((ns) =>
    (ns / 1e6).toFixed(1),
  );
  return `${TOGETHER} at once: ${Math.round(performance.now() - started)} ms; event loop, looked at every 10 ms: median ${p50}, p99 ${p99}, longest ${most} ms`;
}

async function readOne(picture: CardPicture, reader: LocalReader, result: Result): Promise<void> {
  const started = performance.now();
  const card = await reader.read(picture.picture).then(
    (reading) => reading.card,
    (error: Error) => error,
  );
  result.milliseconds.push(performance.now() - started);
  for (const [field, expected] of Object.entries(expectedFields(picture))) {
    const read = card instanceof Error ? card.message : fieldOf(card, field);
    const tally = result.fields.get(field) ?? { right: 0, wrong: 0 };
    result.fields.set(field, tally);
    tally[read === expected ? 'right' : 'wrong'] += 1;
    if (read !== expected)
      result.mistakes.push(`${picture.name} ${field}: ${expected} was read as ${String(read)}`);
  }
}

function fieldOf(card: CardText, field: string): string | null | undefined {
  return (card as unknown as Record<string, string | null>)[field];
}

function report({ fields, milliseconds, mistakes, peakMegabytes }: Result): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const rows = [...fields].map(([field, { right, wrong }]) => row(field, right, right + wrong));
  const right = [...fields.values()].reduce((sum, tally) => sum + tally.right, 0);
  const wrong = [...fields.values()].reduce((sum, tally) => sum + tally.wrong, 0);
  return [
    '| field | right | of | % |',
    '| --- | --- | --- | --- |',
    ...rows,
    row('all', right, right + wrong),
    '',
    `${sorted.length} pictures; ms per card: median ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}; the process held ${Math.round(peakMegabytes)} MiB`,
    ...mistakes,
  ].join('\n');
}

function row(field: string, right: number, of: number): string {
  return `| ${field} | ${right} | ${of} | ${((100 * right) / of).toFixed(1)} |`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
