import type { Logger } from 'pino';
import { AppError, invalidField } from '../../../common/errors/app-error';
import type { PictureText } from '../text-line';
import type { Turn } from './protocol';
import { RecognitionChild, RecognitionEnded } from './recognition-child';

export interface RecognitionLimits {
  /** cards that wait or are being read; one more is refused */
  queueLimit: number;
  /** for one look at a picture */
  timeoutMs: number;
  memoryLimitMb: number;
  /** how far the process gives way to the others on the machine: 0 not at all, 19 to everybody */
  niceness: number;
  /** after which an idle process is ended, since it holds some 600 MB */
  idleMs: number;
}

/** Looks at one picture, turned; several looks at it follow each other without others in between. */
export type Look = (turn: Turn) => Promise<PictureText>;

/**
 * Hands pictures one after another to a process that recognises text. The process is started for the first picture,
 * started anew after a crash, and ended when nobody has needed it for a while.
 */
export class RecognitionQueue {
  private child: RecognitionChild | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private idle: NodeJS.Timeout | undefined;
  private closed = false;
  private held = 0;

  constructor(
    private readonly limits: RecognitionLimits,
    private readonly logger: Logger,
  ) {}

  /** Of the process that is running now, if one is. */
  get pid(): number | undefined {
    return this.child?.ended ? undefined : this.child?.pid;
  }

  /**
   * Runs `work` when it is its turn.
   * @throws {AppError} SERVICE_UNAVAILABLE when the queue is full, or the process ended over this picture
   */
  async run<T>(picture: Uint8Array, work: (look: Look) => Promise<T>): Promise<T> {
    if (this.held >= this.limits.queueLimit) {
      throw new AppError('SERVICE_UNAVAILABLE', { message: '正在识别的图片太多，请稍后重试', retryAfter: 5 });
    }
    return this.inTurn(() => work((turn) => this.look(picture, turn)));
  }

  /** Whether pictures can be read: a process that is at work is taken at its word, an idle one has to answer. */
  async check(): Promise<string> {
    if (this.held > 0) return `正在识别，队列中有 ${this.held} 张图片`;
    await this.inTurn(() => this.withChild((child) => child.ping()));
    return '本机识别可用';
  }

  /** What is in the queue is still read; nothing is taken in any more. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    await this.last;
    await this.child?.stop();
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new AppError('SERVICE_UNAVAILABLE', { message: '服务正在关闭' });
    this.held += 1;
    clearTimeout(this.idle);
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.held -= 1;
      this.endWhenIdle();
    }
  }

  private async look(picture: Uint8Array, turn: Turn): Promise<PictureText> {
    const answer = await this.withChild((child) => child.recognise(picture, turn));
    if (answer.kind === 'text') return answer.text;
    if (answer.kind === 'unreadable') throw invalidField('file', '图片已损坏或尺寸过大，无法读取');
    throw new AppError('INTERNAL_ERROR', {
      cause: new Error(answer.kind === 'failed' ? answer.reason : `unexpected answer ${answer.kind}`),
    });
  }

  private async withChild<T>(work: (child: RecognitionChild) => Promise<T>): Promise<T> {
    try {
      return await work(await this.running());
    } catch (error) {
      if (!(error instanceof RecognitionEnded)) throw error;
      this.logger.warn({ reason: error.message }, 'the process that recognises text has ended');
      throw new AppError('SERVICE_UNAVAILABLE', {
        message: '识别中断，请重试',
        retryAfter: 1,
        cause: error,
      });
    }
  }

  private async running(): Promise<RecognitionChild> {
    if (!this.child || this.child.ended) this.child = await RecognitionChild.start(this.limits);
    return this.child;
  }

  private endWhenIdle(): void {
    if (this.held > 0 || this.closed) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.child?.stop(), this.limits.idleMs);
    this.idle.unref();
  }
}
