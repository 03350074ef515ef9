import { z } from 'zod';
import { invalidField } from '../../common/errors/app-error';
import { MB, type UploadForm } from '../../common/uploads/upload-form';
import type { CardSide } from '../../platforms/ocr/id-card';

const LARGEST_PICTURE = 5 * MB;

/** A photograph of one side of an identity card. */
export const ID_CARD_FORM: UploadForm = {
  fileField: 'file',
  maxFiles: 1,
  maxBytes: LARGEST_PICTURE,
  textFields: {
    side: {
      description: 'front 人像面，back 国徽面，auto 自动判断（默认）',
      example: 'auto',
      optional: true,
    },
  },
  limits: (fields) => {
    // wrong words are refused before the picture is taken in
    wantedSide(fields);
    return { 'image/jpeg': LARGEST_PICTURE, 'image/png': LARGEST_PICTURE, 'image/webp': LARGEST_PICTURE };
  },
};

const side = z.enum(['front', 'back', 'auto', '']).optional();

/** @throws {AppError} INVALID_PARAMS for a word that names no side */
export function wantedSide(fields: Record<string, string>): CardSide | undefined {
  const parsed = side.safeParse(fields['side']?.trim());
  if (!parsed.success) throw invalidField('side', '证件面应为以下之一：front、back、auto');
  return parsed.data === 'front' || parsed.data === 'back' ? parsed.data : undefined;
}
