import { fileTypeFromBuffer } from 'file-type';

/** Types in which files are stored, each with the ending that it gets. */
export const EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
} as const;

export type StoredType = keyof typeof EXTENSIONS;

/** Types that may be uploaded anywhere in the service; a BMP is stored as something that every screen shows. */
export type MimeType = StoredType | 'image/bmp';

/** Every kind of image that may be uploaded anywhere. */
export const IMAGE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/bmp',
] as const satisfies readonly MimeType[];

/** So many of a file's first bytes tell its type. */
export const HEAD_BYTES = 4100;

/** Phones write MP4 files under Apple's own brand. */
const SAME_AS: Record<string, MimeType> = { 'video/x-m4v': 'video/mp4' };

/** The type that a file's first bytes show; undefined for every type that nothing here takes. */
export async function typeByContent(head: Buffer): Promise<MimeType | undefined> {
  const found = await fileTypeFromBuffer(head);
  if (!found) return undefined;
  const mime = SAME_AS[found.mime] ?? found.mime;
  return mime === 'image/bmp' || isStoredType(mime) ? mime : undefined;
}

export function isStoredType(mime: string): mime is StoredType {
  return mime in EXTENSIONS;
}
