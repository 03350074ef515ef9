import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { ObjectStorage } from '../../platforms/storage/object-storage';
import { requestedRange } from './byte-range';
import { FileAddresses, parseFileName } from './file-addresses';
import type { OpenFileDto } from './files.dto';
import { OPENED_STATES, STORED_FILE, type StoredFile } from './stored-file.schema';

/** One of a file's two objects, as it is sent. */
interface Sendable {
  key: string;
  size: number;
  mimeType: string;
  fileName: string;
  private: boolean;
  etag: string;
}

/** A file is never changed under its address, but it can be deleted: after a day it is gone everywhere. */
const PUBLIC_CACHE = 'public, max-age=86400, immutable';
const PRIVATE_CACHE = 'private, no-store';

/** Sends files to whoever has their address. */
@Injectable()
export class FileDelivery {
  constructor(
    @InjectCollection(STORED_FILE) private readonly files: Collection<StoredFile>,
    private readonly storage: ObjectStorage,
    private readonly addresses: FileAddresses,
  ) {}

  /** @throws {AppError} NOT_FOUND, FORBIDDEN for a private file without a good signature */
  async send(name: string, query: OpenFileDto, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const file = await this.find(name, query);
    if (request.headers['if-none-match']?.includes(file.etag))
      return void reply.headers(headersOf(file)).code(304).send();
    const range = wantedRange(request, file);
    if (range === 'unsatisfiable')
      return void reply.header('Content-Range', `bytes */${file.size}`).code(416).send('');
    // an empty stream: an empty text would set the length to 0
    const body = request.method === 'HEAD' ? Readable.from([]) : await this.storage.get(file.key, range);
    if (!body) throw missing();
    reply.headers(headersOf(file)).type(file.mimeType);
    if (range) reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`);
    reply.header('Content-Length', range ? range.end - range.start + 1 : file.size).send(body);
  }

  /** Looked up by _id. */
  private async find(name: string, { expires, signature }: OpenFileDto): Promise<Sendable> {
    const wanted = parseFileName(name);
    const file =
      wanted && (await this.files.findOne<StoredFile>({ _id: wanted.id, state: { $in: OPENED_STATES } }));
    if (!file) throw missing();
    if (file.private && !this.addresses.isSigned(name, expires ?? 0, signature ?? ''))
      throw new AppError('FORBIDDEN', { message: '文件链接无效或已过期，请刷新页面后重试' });
    const { _id: id, fileName, private: isPrivate } = file;
    const common = { fileName, private: isPrivate };
    if (!wanted.thumbnail)
      return { ...common, key: file.key, size: file.fileSize, mimeType: file.mimeType, etag: `"${id}"` };
    if (!file.thumbnailKey || file.thumbnailSize === undefined) throw missing();
    return {
      ...common,
      key: file.thumbnailKey,
      size: file.thumbnailSize,
      mimeType: 'image/jpeg',
      etag: `"${id}-thumbnail"`,
    };
  }
}

/** Whatever a file holds, a browser must not take it for a page of this origin. */
function headersOf(file: Sendable): Record<string, string> {
  return {
    ETag: file.etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': file.private ? PRIVATE_CACHE : PUBLIC_CACHE,
    'Content-Disposition': disposition(file),
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
  };
}

/** A range of something else than what the client has the beginning of would make rubbish: then it gets the whole. */
function wantedRange({ headers }: FastifyRequest, file: Sendable) {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== file.etag) return undefined;
  return requestedRange(headers.range, file.size);
}

/**
 * RFC 6266: the name in ASCII for old clients, and as it is for the others. A public file comes without: people put
 * names into it that the public is not shown.
 */
function disposition({ fileName, mimeType, private: isPrivate }: Sendable): string {
  const kind = mimeType === 'application/pdf' ? 'attachment' : 'inline';
  if (!isPrivate) return kind;
  const ascii = fileName.replace(/[^\w. ()-]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function missing(): AppError {
  return new AppError('NOT_FOUND', { message: '文件不存在' });
}
