import { createHash, type Hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { AppError } from '../errors/app-error';
import { HEAD_BYTES, type MimeType, typeByContent } from './content-type';
import { type SizeLimits, typeNames } from './upload-form';

/** An upload as it arrived, in a file of its own until the request is over. */
export interface SpooledFile {
  path: string;
  /** bytes */
  size: number;
  /** read from the bytes */
  mimeType: MimeType;
  /** of the bytes, hexadecimal, where it was asked for */
  sha256?: string;
}

/** No request takes longer than this, so what is older was left by a process that died, on whatever machine. */
const LEFT_BEHIND_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;
/** Every file says whose it is: of a process that has ended on this machine, it can go at once. */
const OWN = `${hostname().replace(/[^\w.-]/g, '_')}~${process.pid}`;
const NAME = /^[a-z]+-(?<host>.+)~(?<pid>\d+)-[0-9a-f-]{36}$/;

/** Takes uploads from the wire to disk, a chunk at a time: none is ever whole in memory. */
@Injectable()
export class Spool implements OnModuleInit, OnModuleDestroy {
  private readonly directory: string;
  private timer: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    this.directory = join(settings.dataDir, 'uploads');
  }

  /** Not a job that one instance does for all: the directory is this machine's own. */
  async onModuleInit(): Promise<void> {
    await this.sweep(new Date(), 'start');
    this.timer = setInterval(() => void this.sweep(new Date()).catch(() => undefined), SWEEP_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Writes `source` to a file of this request only, so it need not outlive the machine. Stops at the first byte that is too many.
   * @param hashed whether its SHA-256 is wanted, which is taken as the bytes pass by
   * @throws {AppError} INVALID_FILE_TYPE, FILE_TOO_LARGE
   */
  async write(source: Readable, limits: SizeLimits, hashed: boolean): Promise<SpooledFile | 'empty'> {
    const path = await this.newPath('upload');
    const inspection = new Inspection(limits, hashed);
    // opened before anything can be refused: a file that is still to be opened cannot be removed
    const file = await open(path, 'wx', 0o600);
    try {
      await pipeline(source, inspection, file.createWriteStream());
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const { size, mimeType, sha256 } = inspection;
    if (mimeType) return { path, size, mimeType, ...(sha256 ? { sha256 } : {}) };
    await rm(path, { force: true });
    return 'empty';
  }

  /** Where a file derived from an upload can be written. */
  async newPath(kind: 'upload' | 'image' | 'thumbnail'): Promise<string> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    return join(this.directory, `${kind}-${OWN}-${randomUUID()}`);
  }

  /** Removes what processes that died have left behind; at the start, also those that had this one's number. */
  async sweep(now: Date, at: 'start' | 'later' = 'later'): Promise<void> {
    for (const name of await readdir(this.directory).catch(noneIfMissing)) {
      const path = join(this.directory, name);
      const found = await stat(path).catch(() => undefined);
      const isOld = found && now.getTime() - found.mtimeMs > LEFT_BEHIND_MS;
      if (isOld || isOrphan(name, at)) await rm(path, { force: true });
    }
  }
}

/** Whether the process whose file this is has ended on this machine. */
function isOrphan(name: string, at: 'start' | 'later'): boolean {
  const { host, pid } = NAME.exec(name)?.groups ?? {};
  if (host === undefined || !OWN.startsWith(`${host}~`)) return false;
  if (Number(pid) === process.pid) return at === 'start';
  try {
    return !process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Passes a file on once its first bytes have shown a type that is wanted, and counts the rest against its limit. */
class Inspection extends Transform {
  size = 0;
  mimeType: MimeType | undefined;
  private head: Buffer[] = [];
  private limit = Infinity;
  private readonly hash: Hash | undefined;

  constructor(
    private readonly limits: SizeLimits,
    hashed: boolean,
  ) {
    super();
    this.hash = hashed ? createHash('sha256') : undefined;
  }

  /** Once, when all has passed. */
  get sha256(): string | undefined {
    return this.hash?.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    this.hash?.update(chunk);
    if (this.mimeType) return this.size > this.limit ? done(tooLarge(this.limit)) : done(null, chunk);
    this.head.push(chunk);
    if (this.size < HEAD_BYTES) return done();
    this.decide(done);
  }

  override _flush(done: TransformCallback): void {
    if (this.mimeType || this.size === 0) done();
    else this.decide(done);
  }

  private decide(done: TransformCallback): void {
    const head = Buffer.concat(this.head);
    this.head = [];
    typeByContent(head).then(
      (mimeType) => done(this.refusal(mimeType), head),
      (error: Error) => done(error),
    );
  }

  /** Notes the type and its limit, and tells what is wrong with either. */
  private refusal(mimeType: MimeType | undefined): AppError | null {
    const limit = mimeType && this.limits[mimeType];
    if (!limit)
      return new AppError('INVALID_FILE_TYPE', {
        message: `不支持的文件类型，可以上传：${typeNames(this.limits)}`,
      });
    this.mimeType = mimeType;
    this.limit = limit;
    return this.size > limit ? tooLarge(limit) : null;
  }
}

export function tooLarge(limit: number): AppError {
  return new AppError('FILE_TOO_LARGE', {
    message: `文件太大，不能超过 ${Math.floor(limit / 1024 / 1024)} MB`,
  });
}

function noneIfMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return [];
  throw error;
}
