import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { residentMegabytes } from './process-memory';
import type { RecognitionAnswer, RecognitionOrder, Turn } from './protocol';

const START_TIMEOUT_MS = 30_000;
const MEMORY_LOOK_MS = 200;
const STDERR_KEPT = 500;
const PROGRAM = 'recognition-process.js';

/** Why a child gave no answer; the message is for the log. */
export class RecognitionEnded extends Error {}

interface Limits {
  timeoutMs: number;
  memoryLimitMb: number;
  niceness: number;
}

/** The built program, whether this file runs from the build or, under Jest, from the sources. */
function builtProgram(): string {
  const places = [__dirname, resolve(__dirname, '../../../../dist/platforms/ocr/local')];
  const found = places.map((place) => join(place, PROGRAM)).find((file) => existsSync(file));
  if (!found) throw new RecognitionEnded(`${PROGRAM} is missing: run npm run build first`);
  return found;
}

/**
 * A process that recognises text, one picture at a time. Once it has ended, by itself or for taking too long or too much
 * memory, it stays ended: whoever needs it starts another.
 */
export class RecognitionChild {
  private hasExited = false;
  private readonly exited: Promise<string>;
  private endedFor: string | undefined;
  private lastId = 0;
  private complaint = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly limits: Limits,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString()).slice(-STDERR_KEPT);
    });
    // a write to a pipe whose process has just died; its exit says the rest
    child.on('error', () => undefined);
    this.exited = new Promise((done) => {
      child.once('exit', (code, signal) => {
        this.hasExited = true;
        done(this.endedFor ?? `it ended with ${String(code ?? signal)} ${this.complaint.trim()}`.trim());
      });
    });
  }

  /** @throws {RecognitionEnded} when it does not get ready */
  static async start(limits: Limits): Promise<RecognitionChild> {
    const process = fork(builtProgram(), [String(limits.niceness)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const child = new RecognitionChild(process, limits);
    await child.answer((answer) => answer.kind === 'ready', START_TIMEOUT_MS);
    return child;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Or about to: one whose end is ordered takes no further picture, though it may be there for a moment yet. */
  get ended(): boolean {
    return this.hasExited || this.endedFor !== undefined;
  }

  /** @throws {RecognitionEnded} when it ends before it answers, or has to be ended */
  recognise(picture: Uint8Array, turn: Turn): Promise<RecognitionAnswer> {
    return this.order({ id: ++this.lastId, picture, turn });
  }

  /** @throws {RecognitionEnded} */
  async ping(): Promise<void> {
    await this.order({ id: ++this.lastId, turn: 0 });
  }

  async stop(): Promise<void> {
    this.end('it was stopped');
    await this.exited;
  }

  private async order(order: RecognitionOrder): Promise<RecognitionAnswer> {
    if (this.ended) throw new RecognitionEnded(await this.exited);
    const watch = setInterval(() => void this.checkMemory(), MEMORY_LOOK_MS);
    try {
      const answer = this.answer(
        (candidate) => candidate.kind !== 'ready' && candidate.id === order.id,
        this.limits.timeoutMs,
      );
      // its failure shows as the process's end
      this.child.send(order, () => undefined);
      return await answer;
    } finally {
      clearInterval(watch);
    }
  }

  /** The message that is waited for, or the process's end, whichever is first. */
  private async answer(
    wanted: (answer: RecognitionAnswer) => boolean,
    timeoutMs: number,
  ): Promise<RecognitionAnswer> {
    const late = setTimeout(() => this.end(`no answer within ${timeoutMs} ms`), timeoutMs);
    let look: (answer: RecognitionAnswer) => void = () => undefined;
    const arrived = new Promise<RecognitionAnswer>((done) => {
      look = (answer) => (wanted(answer) ? done(answer) : undefined);
      this.child.on('message', look);
    });
    const ended = this.exited.then((why) => {
      throw new RecognitionEnded(why);
    });
    try {
      return await Promise.race([arrived, ended]);
    } finally {
      clearTimeout(late);
      this.child.off('message', look);
    }
  }

  private async checkMemory(): Promise<void> {
    const used = this.child.pid === undefined ? null : await residentMegabytes(this.child.pid);
    if (used !== null && used > this.limits.memoryLimitMb) {
      this.end(`it took ${Math.round(used)} MiB, more than the ${this.limits.memoryLimitMb} allowed`);
    }
  }

  private end(why: string): void {
    if (this.ended) return;
    this.endedFor = why;
    // it holds nothing that would have to be put away
    this.child.kill('SIGKILL');
  }
}
