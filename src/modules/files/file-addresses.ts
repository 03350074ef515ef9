import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Settings } from '../../config/settings';
import type { FileReference } from './file-reference';

/** A stored file as answers show it. */
export const fileView = z.strictObject({
  id: z.string(),
  url: z.string(),
  thumbnailUrl: z.string().optional(),
  fileName: z.string(),
  fileSize: z.int(),
  mimeType: z.string(),
});
export type FileView = z.infer<typeof fileView>;

/** Where the world finds a stored file. */
@Injectable()
export class FileAddresses {
  constructor(private readonly settings: Settings) {}

  view({ id, key, thumbnailKey, fileName, fileSize, mimeType }: FileReference): FileView {
    return {
      id,
      url: this.address(key),
      ...(thumbnailKey ? { thumbnailUrl: this.address(thumbnailKey) } : {}),
      fileName,
      fileSize,
      mimeType,
    };
  }

  private address(key: string): string {
    return `${this.settings.publicBaseUrl}/files/${key}`;
  }
}
