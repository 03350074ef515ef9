import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { StoredFile } from '../modules/files/stored-file.schema';
import type { ObjectStorage } from '../platforms/storage/object-storage';
import type { Random } from './random';

/** A picture as it is drawn, and what is said of it. */
export interface Drawing {
  id: string;
  svg: string;
  fileName: string;
  thumbnailWidth: number;
  createdAt: Date;
}

/** Keeps drawn pictures as uploads would have been kept. */
export class Gallery {
  private constructor(
    private readonly storage: ObjectStorage,
    private readonly directory: string,
  ) {}

  /** A gallery for as long as `use` runs. */
  static async open<T>(storage: ObjectStorage, use: (gallery: Gallery) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), 'homecare-pictures-'));
    try {
      return await use(new Gallery(storage, directory));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async keep({ id, svg, fileName, thumbnailWidth, createdAt }: Drawing): Promise<StoredFile> {
    const image = await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
    const thumbnail = await sharp(image).resize(thumbnailWidth).jpeg({ quality: 75 }).toBuffer();
    const prefix = `objects/${id.slice(0, 2)}/${id}/`;
    const put = async (name: string, bytes: Buffer) => {
      const path = join(this.directory, `${id}-${name}`);
      await writeFile(path, bytes);
      await this.storage.put(`${prefix}${name}`, { path, size: bytes.length, mimeType: 'image/jpeg' });
    };
    await put('file.jpg', image);
    await put('thumbnail.jpg', thumbnail);
    return {
      _id: id,
      state: 'attached',
      prefix,
      key: `${prefix}file.jpg`,
      thumbnailKey: `${prefix}thumbnail.jpg`,
      thumbnailSize: thumbnail.length,
      fileName,
      fileSize: image.length,
      mimeType: 'image/jpeg',
      private: false,
      createdAt,
    };
  }
}

export function pictureId(random: Random): string {
  return Array.from({ length: 32 }, () => random.int(0, 15).toString(16)).join('');
}
