import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import sharp, { type Sharp } from 'sharp';
import { AppError, invalidField } from '../../common/errors/app-error';
import type { StoredType } from '../../common/uploads/content-type';
import { Spool, type SpooledFile } from '../../common/uploads/spool';
import type { LocalFile } from '../../platforms/storage/object-storage';
import { bmpLayoutOf, bmpPixels } from './bmp';

/** A decoded image takes 3–4 bytes a pixel: 50 million are what a phone's best camera makes, and 200 MB. */
const MOST_PIXELS = 50_000_000;
const LONGEST_SIDE = 16_000;
const THUMBNAIL_SIDE = 400;
/** Images decoded at once, and those that may wait for it. */
const AT_ONCE = 2;
const WAITING = 100;

const FORMATS = {
  'image/jpeg': (image: Sharp) => image.jpeg({ quality: 85 }),
  'image/png': (image: Sharp) => image.png(),
  'image/webp': (image: Sharp) => image.webp({ quality: 85 }),
};
type ImageType = keyof typeof FORMATS;

export interface StorableImage {
  image: LocalFile & { mimeType: StoredType };
  thumbnail: LocalFile;
}

/** An image before it is decoded, and what it is to be kept as. */
interface Source {
  image: Sharp;
  keptAs: ImageType;
}

/**
 * Makes uploaded images safe to keep: only their pixels survive, upright, in the same format; those of a BMP as JPEG,
 * or as PNG where some are transparent.
 */
@Injectable()
export class Images {
  private readonly gate = bulkhead(AT_ONCE, WAITING);

  constructor(private readonly spool: Spool) {
    // one thread and no cache for each: what bounds the memory is the gate
    sharp.concurrency(1);
    sharp.cache(false);
  }

  /**
   * Encodes an image anew, without EXIF, GPS and whatever else was in or behind it, and makes its thumbnail.
   * Both results are in the spool; the caller stores or removes them.
   * @throws {AppError} INVALID_FILE_TYPE for what cannot be decoded, INVALID_PARAMS for too many pixels,
   * SERVICE_UNAVAILABLE when too many are waiting
   */
  async process(upload: SpooledFile): Promise<StorableImage> {
    try {
      return await this.gate.execute(() => this.reencode(upload));
    } catch (error) {
      if (error instanceof BulkheadRejectedError)
        throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfter: 5 });
      throw error;
    }
  }

  private async reencode(upload: SpooledFile): Promise<StorableImage> {
    const source = await sourceOf(upload);
    const image = await this.spool.newPath('image');
    const thumbnail = await this.spool.newPath('thumbnail');
    await FORMATS[source.keptAs](source.image).toFile(image).catch(undecodable);
    // JPEG on white, whatever the image is: not every mini-program shows WebP, or anything through transparency
    await opened(image)
      .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .jpeg({ quality: 75 })
      .toFile(thumbnail)
      .catch(undecodable);
    return {
      image: { path: image, size: (await stat(image)).size, mimeType: source.keptAs },
      thumbnail: { path: thumbnail, size: (await stat(thumbnail)).size, mimeType: 'image/jpeg' },
    };
  }
}

function opened(path: string): Sharp {
  return sharp(path, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 });
}

/** Looks at the header first: an image that says it is enormous is never decoded. */
async function sourceOf({ path, mimeType }: SpooledFile): Promise<Source> {
  if (mimeType === 'image/bmp') return sourceOfBmp(path);
  if (!isImageType(mimeType)) throw new AppError('INVALID_FILE_TYPE');
  refuseHuge(await sharp(path, { limitInputPixels: false }).metadata().catch(undecodable));
  return { image: opened(path).autoOrient(), keptAs: mimeType };
}

/** The decoder of all the others does not know it. */
async function sourceOfBmp(path: string): Promise<Source> {
  const layout = await bmpLayoutOf(path);
  refuseHuge(layout);
  const { pixels, transparent, ...raw } = await bmpPixels(path, layout);
  const image = sharp(pixels, { raw });
  return transparent ? { image, keptAs: 'image/png' } : { image: image.removeAlpha(), keptAs: 'image/jpeg' };
}

function isImageType(mimeType: string): mimeType is ImageType {
  return mimeType in FORMATS;
}

function refuseHuge({ width, height }: { width: number; height: number }): void {
  if (width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE)
    throw invalidField('file', '图片尺寸太大，请缩小后再上传');
}

function undecodable(error: unknown): never {
  throw new AppError('INVALID_FILE_TYPE', { message: '图片已损坏或无法识别', cause: error });
}
