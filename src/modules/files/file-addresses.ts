import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { EXTENSIONS, isStoredType } from '../../common/uploads/content-type';
import { Settings } from '../../config/settings';
import type { FileReference } from './file-reference';

export const fileView = z.strictObject({
  id: z.string().meta({ example: '9f86d081884c7d659a2feaa0c55ad015' }),
  url: z.url().meta({ example: 'https://crm.example.cn/files/9f86d081884c7d659a2feaa0c55ad015.jpg' }),
  thumbnailUrl: z.url().optional(),
  fileName: z.string().meta({ example: '母婴护理证.jpg' }),
  fileSize: z.int().meta({ example: 182_400 }),
  mimeType: z.string().meta({ example: 'image/jpeg' }),
});
export type FileView = z.infer<typeof fileView>;

/** What an address says: which file, and whether its thumbnail is meant. */
export interface FileName {
  id: string;
  thumbnail: boolean;
}

const NAME = /^([0-9a-f]{32})(-thumbnail)?\.[a-z0-9]{3,4}$/;

/**
 * Addresses under which files are opened. That of a private file carries a signature and the time until which it is
 * good: whoever was given it can open it until then, and nobody can make one.
 */
@Injectable()
export class FileAddresses {
  private readonly key: KeyObject;
  private readonly base: string;
  private readonly lifetimeSeconds: number;

  constructor(settings: Settings) {
    // a key of its own: a signature of addresses is good for nothing else, and no token is one
    const derived = hkdfSync('sha256', settings.jwtSecret, '', 'homecare: addresses of private files', 32);
    this.key = createSecretKey(Buffer.from(derived));
    this.base = `${settings.publicBaseUrl}/files/`;
    this.lifetimeSeconds = settings.env.FILE_URL_TTL_SECONDS;
  }

  /** A file as it leaves the process. */
  view(file: FileReference): FileView {
    const extension = isStoredType(file.mimeType) ? EXTENSIONS[file.mimeType] : 'bin';
    const view: FileView = {
      id: file.id,
      url: this.addressOf(`${file.id}.${extension}`, file.private),
      fileName: file.fileName,
      fileSize: file.fileSize,
      mimeType: file.mimeType,
    };
    if (file.thumbnailKey) view.thumbnailUrl = this.addressOf(`${file.id}-thumbnail.jpg`, file.private);
    return view;
  }

  /** The file that one of our own addresses names; undefined for anything else, another host's above all. */
  ownFileId(address: string): string | undefined {
    return address.startsWith(this.base) ? parseFileName(address.slice(this.base.length))?.id : undefined;
  }

  /** Whether the signature is this service's own, for this very name, and not past its time. */
  isSigned(name: string, expires: number, signature: string): boolean {
    if (expires * 1000 <= Date.now()) return false;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.signature(name, expires);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private addressOf(name: string, isPrivate: boolean): string {
    if (!isPrivate) return this.base + name;
    const expires = Math.floor(Date.now() / 1000) + this.lifetimeSeconds;
    const signature = this.signature(name, expires).toString('base64url');
    return `${this.base}${name}?expires=${expires}&signature=${signature}`;
  }

  private signature(name: string, expires: number): Buffer {
    return createHmac('sha256', this.key).update(`${name}\n${expires}`).digest();
  }
}

export function parseFileName(name: string): FileName | undefined {
  const [, id, thumbnail] = NAME.exec(name) ?? [];
  return id ? { id, thumbnail: thumbnail !== undefined } : undefined;
}

/** The file that an address, as one of ours was given out, or an id alone names; its signature does not matter. */
export function fileIdOf(addressOrId: string): string | undefined {
  if (/^[0-9a-f]{32}$/.test(addressOrId)) return addressOrId;
  const [path = ''] = addressOrId.split(/[?#]/);
  return /\/files\/[^/]+$/.test(path) ? parseFileName(path.slice(path.lastIndexOf('/') + 1))?.id : undefined;
}
