import { getPriority } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pino from 'pino';
import { LocalReader } from '../../src/platforms/ocr/local/local-reader';
import { residentMegabytes } from '../../src/platforms/ocr/local/process-memory';
import { RecognitionQueue } from '../../src/platforms/ocr/local/recognition-queue';
import { ID_CARD_READER } from '../../src/modules/ocr/ocr.service';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { frontOf } from '../support/id-cards/card';
import { cardHolder } from '../support/id-cards/person';
import { IDEAL, photograph } from '../support/id-cards/photograph';
import { AT_EASE, readCard } from '../support/id-cards/upload';
import { refusal } from '../support/refusal';

const HOLDER = cardHolder(0);
const card = (async () => photograph(await frontOf(HOLDER), IDEAL, 0))();

/** The reader within the app, of which the tests end the process. */
function queueOf(app: TestApp): RecognitionQueue {
  const reader: LocalReader = app.app.get(ID_CARD_READER, { strict: false });
  return reader['queue'];
}

function endProcess(queue: RecognitionQueue): void {
  if (queue.pid === undefined) throw new Error('no process is running');
  process.kill(queue.pid, 'SIGKILL');
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the process that recognises text', () => {
  let app: TestApp;
  let employee: Actor;
  let picture: Buffer;
  beforeAll(async () => {
    picture = await card;
    app = await TestApp.start({ env: { ...AT_EASE, OCR_QUEUE_LIMIT: '4' } });
    employee = await app.asEmployee();
  });
  afterAll(() => stopped ?? app.stop());
  let stopped: Promise<void> | undefined;

  it('is started by the first card, not before', async () => {
    expect(queueOf(app).pid).toBeUndefined();
    expect(await readCard(employee, picture)).toMatchObject({ status: 200 });
    expect(queueOf(app).pid).toBeDefined();
    expect(getPriority(queueOf(app).pid)).toBe(getPriority());
  });

  const uploads = (count: number) =>
    Promise.all(Array.from({ length: count }, () => readCard(employee, picture)));

  it('leaves the event loop free while it reads all that its queue holds', async () => {
    const loop = monitorEventLoopDelay({ resolution: 10 });
    loop.enable();
    const answers = await uploads(4);
    loop.disable();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    // one card takes the best part of a second; were it read here, every look at the clock would be that late
    expect(loop.percentile(99) / 1e6).toBeLessThan(400);
    expect(loop.max / 1e6).toBeLessThan(1500);
  });

  it('reads as many cards as its queue holds, and tells the rest to come again', async () => {
    const refused = (await uploads(6)).filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(2);
    for (const answer of refused) {
      expect(answer).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('costs the card in hand when it crashes, and is there again for the next', async () => {
    const [before, manager] = [queueOf(app).pid, await app.asAdmin()];
    const cards = [readCard(employee, picture), readCard(employee, picture)];
    await eventually(async () => {
      expect((await manager.get('/api/ocr/health')).body.data.message).toContain('队列中有 2 张图片');
    });
    endProcess(queueOf(app));
    const [next, lost] = (await Promise.all(cards)).toSorted((one, other) => one.status - other.status);
    expect(lost).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    expect(next?.body.data).toMatchObject({ idNumber: HOLDER.idNumber });
    expect(queueOf(app).pid).not.toBe(before);
  });

  it('may die between two cards without anybody noticing', async () => {
    const pid = queueOf(app).pid;
    endProcess(queueOf(app));
    await eventually(async () => expect(queueOf(app).pid).toBeUndefined());
    expect(await readCard(employee, picture)).toMatchObject({ status: 200 });
    expect(queueOf(app).pid).not.toBe(pid);
  });

  it('ends with the service', async () => {
    const pid = queueOf(app).pid as number;
    expect(isRunning(pid)).toBe(true);
    stopped = app.stop();
    await stopped;
    expect(isRunning(pid)).toBe(false);
  });
});

describe('its limits', () => {
  const LIMITS = { queueLimit: 4, timeoutMs: 30_000, memoryLimitMb: 4096, niceness: 0, idleMs: 60_000 };
  const logger = pino({ level: 'silent' });
  const queues: RecognitionQueue[] = [];
  const open = (limits: Partial<typeof LIMITS>) => {
    const queue = new RecognitionQueue({ ...LIMITS, ...limits }, logger);
    queues.push(queue);
    return queue;
  };
  afterEach(() => Promise.all(queues.splice(0).map((queue) => queue.close())));

  it('end it when a card takes too much memory', async () => {
    const queue = open({ memoryLimitMb: 100 });
    await expect(new LocalReader(queue).read(await card)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: expect.stringMatching(/MiB, more than the 100 allowed/) as string },
    });
    expect(queue.pid).toBeUndefined();
  });

  it('end it when a card takes too long', async () => {
    const queue = open({ timeoutMs: 60 });
    await expect(new LocalReader(queue).read(await card)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: 'no answer within 60 ms' },
    });
    expect(queue.pid).toBeUndefined();
  });

  it('end it when nobody needs it, and give its memory back until somebody does', async () => {
    const queue = open({ idleMs: 300, niceness: 7 });
    const reader = new LocalReader(queue);
    await reader.check();
    const pid = queue.pid as number;
    expect(getPriority(pid)).toBe(Math.max(getPriority(), 7));
    expect(await residentMegabytes(pid)).toBeGreaterThan(50);
    await eventually(async () => expect(isRunning(pid)).toBe(false));
    expect(queue.pid).toBeUndefined();
    await reader.check();
    expect(queue.pid).not.toBe(pid);
  });

  it('cost nothing to a card that comes while the process is being ended', async () => {
    const queue = open({});
    const reader = new LocalReader(queue);
    await reader.check();
    const { pid } = queue;
    // what the idle timer and the look at its memory do; the process is there until the signal has reached it
    const end = queue['child']?.stop();
    expect((await reader.read(await card)).card).toMatchObject({ idNumber: HOLDER.idNumber });
    expect(queue.pid).not.toBe(pid);
    await end;
  });

  it('let it finish what it was given before it is closed, and start nothing after', async () => {
    const queue = open({});
    const reader = new LocalReader(queue);
    const last = reader.read(await card);
    await queue.close();
    expect((await last).card).toMatchObject({ idNumber: HOLDER.idNumber });
    await expect(reader.read(await card)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
