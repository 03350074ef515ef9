import { rm } from 'node:fs/promises';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError, invalidField } from '../errors/app-error';
import { displayName } from './file-name';
import { Spool, type SpooledFile, tooLarge } from './spool';
import { FORM_OVERHEAD, largestBody, largestFile, type UploadForm } from './upload-form';
import { declaredLength } from './upload-hooks';

export interface UploadedFile extends SpooledFile {
  /** as the uploader named it, for display only */
  fileName: string;
}

export interface Upload {
  /** at least one, in the order in which they came */
  files: UploadedFile[];
  /** the text fields of the form that were sent */
  fields: Record<string, string>;
}

/**
 * What makes an upload the same when it is sent again: its text fields and, in their order, the names and the bytes of
 * its files; not the boundary, and nothing else of how the form is written.
 */
export function contentOf({ files, fields }: Upload): unknown {
  return { fields, files: files.map(({ fileName, sha256 }) => [fileName, sha256]) };
}

const LONGEST_FIELD = 8 * 1024;

/** Reads multipart requests. The files are in the spool while `use` runs and gone afterwards, whatever happens. */
@Injectable()
export class UploadReader {
  constructor(private readonly spool: Spool) {}

  /**
   * @throws {AppError} INVALID_PARAMS for a form that is not as described, INVALID_FILE_TYPE, FILE_TOO_LARGE;
   * the body is then left unread from there on
   */
  async read<T>(request: FastifyRequest, form: UploadForm, use: (upload: Upload) => Promise<T>): Promise<T> {
    if (!request.isMultipart()) throw invalidField(form.fileField, '请用 multipart/form-data 上传文件');
    const upload: Upload = { files: [], fields: {} };
    try {
      await this.receive(request, form, upload);
      if (upload.files.length === 0) throw invalidField(form.fileField, '请选择文件');
      return await use(upload);
    } finally {
      await Promise.all(upload.files.map(({ path }) => rm(path, { force: true })));
    }
  }

  private async receive(request: FastifyRequest, form: UploadForm, upload: Upload): Promise<void> {
    const measured = limitLength(request, largestBody(form));
    try {
      const parts = request.parts({
        limits: {
          // one more than wanted, to tell that there was one too many
          files: form.maxFiles + 1,
          fields: Object.keys(form.textFields).length + 10,
          fieldNameSize: 100,
          fieldSize: LONGEST_FIELD,
          fileSize: largestFile(form.limits({})) + 1,
          headerPairs: 20,
        },
        throwFileSizeLimit: false,
      } as Parameters<FastifyRequest['parts']>[0]);
      const reading = this.receiveParts(parts, request, form, upload);
      await Promise.race([reading, measured.exceeded]);
    } catch (error) {
      // nothing more is to be read
      request.raw.unpipe().pause();
      throw asAppError(error);
    } finally {
      measured.stop();
    }
  }

  private async receiveParts(
    parts: AsyncIterable<MultipartFile | MultipartValue>,
    request: FastifyRequest,
    form: UploadForm,
    upload: Upload,
  ): Promise<void> {
    for await (const part of parts) {
      if (part.type === 'file') await this.receiveFile(part, request, form, upload);
      else if (part.fieldname in form.textFields) upload.fields[part.fieldname] = textOf(part);
    }
  }

  private async receiveFile(
    part: MultipartFile,
    request: FastifyRequest,
    form: UploadForm,
    upload: Upload,
  ): Promise<void> {
    const { fileField, maxFiles } = form;
    if (part.fieldname !== fileField) throw invalidField(fileField, `文件的字段名应为 ${fileField}`);
    if (upload.files.length === maxFiles)
      throw invalidField(fileField, maxFiles === 1 ? '只能上传一个文件' : `最多上传 ${maxFiles} 个文件`);
    const limits = form.limits(upload.fields);
    // with one file to come, its size is known as good as exactly
    if (maxFiles === 1 && declaredLength(request) > largestFile(limits) + FORM_OVERHEAD)
      throw tooLarge(largestFile(limits));
    // what a key is for can only be told by the content
    const hashed = request.headers['idempotency-key'] !== undefined;
    const file = await this.spool.write(part.file, limits, hashed);
    if (file === 'empty') throw invalidField(fileField, '文件不能为空');
    upload.files.push({ ...file, fileName: displayName(part.filename) });
  }
}

/** A field that says it is JSON has been parsed by the multipart parser. */
function textOf({ value, fieldname, valueTruncated }: MultipartValue): string {
  if (valueTruncated) throw invalidField(fieldname, '内容太长');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Counts a chunked body as it comes, text and noise between the parts included. */
function limitLength({ raw }: FastifyRequest, most: number) {
  let length = 0;
  let count: (chunk: Buffer) => void = () => undefined;
  const exceeded = new Promise<never>((_resolve, reject) => {
    count = (chunk) => {
      length += chunk.length;
      if (length > most) reject(new AppError('FILE_TOO_LARGE'));
    };
  });
  raw.on('data', count);
  return { exceeded, stop: () => raw.off('data', count) };
}

const TOO_MANY = ['FST_FILES_LIMIT', 'FST_PARTS_LIMIT', 'FST_FIELDS_LIMIT'];

/** What the parser says of a body that is not what it claims to be; faults of the disk stay what they are. */
function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return error;
  if (code && TOO_MANY.includes(code)) return invalidField('body', '上传的字段太多');
  return new AppError('INVALID_PARAMS', {
    message: '上传的内容不完整或格式不正确',
    details: invalidField('body', '上传的内容不完整或格式不正确').details,
    cause: error,
  });
}
