import { fileTypeFromBuffer } from 'file-type';

/** Types that may be uploaded anywhere in the service, with the ending that their stored files get. */
export const EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
} as const;

export type MimeType = keyof typeof EXTENSIONS;

/** So many of a file's first bytes tell its type. */
export const HEAD_BYTES = 4100;

/** Phones write MP4 files under Apple's own brand. */
const SAME_AS: Record<string, MimeType> = { 'video/x-m4v': 'video/mp4' };

/** The type that a file's first bytes show; undefined for every type that nothing here takes. */
export async function typeByContent(head: Buffer): Promise<MimeType | undefined> {
  const found = await fileTypeFromBuffer(head);
  if (!found) return undefined;
  const mime = SAME_AS[found.mime] ?? found.mime;
  return isMimeType(mime) ? mime : undefined;
}

export function isMimeType(mime: string): mime is MimeType {
  return mime in EXTENSIONS;
}
