import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { AppError } from '../../common/errors/app-error';
import { type ByteRange, checkedKey, type LocalFile, ObjectStorage } from './object-storage';

export interface S3Options {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** bucket in the path (MinIO) instead of in the host name (Aliyun OSS, Tencent COS) */
  forcePathStyle: boolean;
}

const CONNECT_MS = 3_000;
/** Without a byte going either way. */
const IDLE_MS = 15_000;
const ATTEMPTS = 3;
const BACK_OFF_MS = 200;

/** The SDK would write to the console; what fails here is thrown, and logged by whoever catches it. */
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

/** Objects in a bucket of an S3-compatible service: Aliyun OSS, Tencent COS, MinIO, Amazon S3. */
export class S3Storage extends ObjectStorage {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ endpoint, region, bucket, forcePathStyle, ...credentials }: S3Options) {
    super();
    this.bucket = bucket;
    this.client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle,
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS, requestTimeout: IDLE_MS },
      // checksums of the SDK's own are unknown to the S3 interfaces of OSS and COS
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      logger: SILENT,
    });
  }

  /** The SDK cannot repeat a stream, so each attempt opens the file anew. */
  async put(key: string, file: LocalFile): Promise<void> {
    checkedKey(key);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.putOnce(key, file);
      } catch (error) {
        if (attempt === ATTEMPTS || !isPassing(error)) throw storageError(error);
        await pause(BACK_OFF_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable | null> {
    checkedKey(key);
    try {
      const { Body, ContentRange } = await this.client.send(
        new GetObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Range: range && `bytes=${range.start}-${range.end}`,
        }),
      );
      const body = (Body as Readable | undefined) ?? null;
      if (!body || !range || ContentRange?.startsWith(`bytes ${range.start}-${range.end}/`)) return body;
      return Readable.from(partOf(body, beginningOf(ContentRange), range));
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null;
      throw storageError(error);
    }
  }

  async delete(key: string): Promise<void> {
    await this.client
      .send(new DeleteObjectCommand({ Bucket: this.bucket, Key: checkedKey(key) }))
      .catch((error: unknown) => {
        throw storageError(error);
      });
  }

  /** The first version of the listing call, which COS has too. */
  async *list(prefix: string): AsyncIterable<string> {
    let marker: string | undefined;
    do {
      const page = await this.client
        .send(new ListObjectsCommand({ Bucket: this.bucket, Prefix: prefix, Marker: marker }))
        .catch((error: unknown) => {
          throw storageError(error);
        });
      const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key ? [Key] : []));
      yield* keys;
      marker = page.IsTruncated ? keys.at(-1) : undefined;
    } while (marker);
  }

  private async putOnce(key: string, file: LocalFile): Promise<void> {
    const body = createReadStream(file.path);
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Body: body,
          ContentLength: file.size,
          ContentType: file.mimeType,
        }),
      );
    } finally {
      body.destroy();
    }
  }
}

/** Where a body begins within the object; without Content-Range it is the whole. */
function beginningOf(contentRange: string | undefined): number {
  return Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? 0);
}

/** Some servers send more than the part that was asked for. */
async function* partOf(body: Readable, beginning: number, { start, end }: ByteRange): AsyncIterable<Buffer> {
  let position = beginning;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const part = chunk.subarray(Math.max(0, start - position), Math.max(0, end + 1 - position));
    position += chunk.length;
    if (part.length > 0) yield part;
    if (position > end) return;
  }
}

/** An outage, or the service asking for patience: worth another attempt. */
function isPassing(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  return status >= 500 || status === 429;
}

function storageError(error: unknown): AppError {
  const late = ['TimeoutError', 'RequestTimeout'].includes(String((error as Error | null)?.name));
  return new AppError(late ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_ERROR', {
    message: '文件存储暂时不可用，请稍后重试',
    cause: error,
  });
}
