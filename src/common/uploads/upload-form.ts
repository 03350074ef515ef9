import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { routeConfig } from '../http/route-config';
import type { MimeType } from './content-type';

/** Bytes that a file of each type may have; a type that is absent is not taken. */
export type SizeLimits = Partial<Record<MimeType, number>>;

export const MB = 1024 * 1024;

interface TextField {
  description: string;
  example: string;
  /** may be left out */
  optional?: boolean;
}

/** What a route takes as multipart/form-data. */
export interface UploadForm {
  /** name of the field that holds the file, or the files */
  fileField: string;
  maxFiles: number;
  /** bytes that all files together may have */
  maxBytes: number;
  /** the text fields beside it, each with its description and an example */
  textFields: Record<string, TextField>;
  /**
   * What may be uploaded, given the text fields that came before the file: clients send them in any order.
   * @throws {AppError} INVALID_PARAMS for a text field that is wrong
   */
  limits(fields: Record<string, string>): SizeLimits;
}

/** Part headers, boundaries and text fields. */
export const FORM_OVERHEAD = 64 * 1024;

const TYPE_NAMES: Record<MimeType, string> = {
  'image/jpeg': 'JPG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/bmp': 'BMP',
  'application/pdf': 'PDF',
  'video/mp4': 'MP4',
  'video/quicktime': 'MOV',
};

/** What may be uploaded, in the words of the person who chooses a file. */
export function typeNames(limits: SizeLimits): string {
  return (Object.keys(limits) as MimeType[]).map((type) => TYPE_NAMES[type]).join('、');
}

export function largestFile(limits: SizeLimits): number {
  return Math.max(0, ...Object.values(limits));
}

/** The largest body that can be within the limits of the form. */
export function largestBody(form: UploadForm): number {
  return form.maxBytes + FORM_OVERHEAD;
}

/** A route that takes files: documents the form, and has a body that must be too large refused before it is read. */
export function TakesFiles(form: UploadForm): MethodDecorator {
  const file = { type: 'string', format: 'binary' };
  const several = { type: 'array', items: file, minItems: 1, maxItems: form.maxFiles };
  const texts = Object.entries(form.textFields);
  const needed = texts.filter(([, { optional }]) => !optional).map(([name]) => name);
  const properties = texts.map(([name, { description, example }]) => [
    name,
    { type: 'string', description, example },
  ]);
  return applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({
      schema: {
        type: 'object',
        required: [form.fileField, ...needed],
        properties: {
          [form.fileField]: form.maxFiles > 1 ? several : file,
          ...(Object.fromEntries(properties) as Record<string, object>),
        },
      },
    }),
    routeConfig({ largestUpload: largestBody(form) }),
  );
}
