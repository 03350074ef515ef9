import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logging.module';
import { EXTENSIONS, isStoredType, type StoredType } from '../../common/uploads/content-type';
import type { UploadedFile } from '../../common/uploads/upload-reader';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { type LocalFile, ObjectStorage } from '../../platforms/storage/object-storage';
import type { FileReference } from './file-reference';
import { Images } from './images';
import { STORED_FILE, type StoredFile } from './stored-file.schema';

/** So long a file may be under way before it is taken for left behind; no request takes nearly as long. */
const PENDING_MS = 60 * 60_000;

interface Content {
  main: LocalFile & { mimeType: StoredType };
  thumbnail?: LocalFile;
}

/**
 * Keeps files for records of other features, in step with them: `keep` stores a file, `attach` and `release` belong
 * into the transaction that changes the record. What a crash leaves between these steps the sweep removes.
 */
@Injectable()
export class FileStore {
  constructor(
    @InjectCollection(STORED_FILE) private readonly files: Collection<StoredFile>,
    private readonly storage: ObjectStorage,
    private readonly images: Images,
    private readonly transactions: Transactions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Stores an upload: an image re-encoded and with a thumbnail, anything else as it is. It still awaits `attach`. */
  async keep(upload: UploadedFile, options: { private: boolean }): Promise<FileReference> {
    const content = await this.contentOf(upload);
    try {
      const file = newFile(upload, content, options.private);
      await this.files.insertOne(file, { ignoreUndefined: true });
      await this.put(file, content);
      return referenceTo(file);
    } finally {
      await rm(content.main.path, { force: true });
      if (content.thumbnail) await rm(content.thumbnail.path, { force: true });
    }
  }

  /**
   * In the transaction that puts the references into a record: from its commit on the files can be opened.
   * @throws {Error} when one of them has been swept away in the meantime
   */
  async attach(references: FileReference[], session: ClientSession): Promise<void> {
    const { modifiedCount } = await this.files.updateMany(
      { _id: { $in: references.map(({ id }) => id) }, state: 'pending' },
      { $set: { state: 'attached' }, $unset: { sweepAfter: '' } },
      { session },
    );
    if (modifiedCount !== references.length) throw new Error('a file took too long to be attached');
  }

  /** In the transaction that takes the references out of a record: after its commit the objects are removed. */
  async release(references: FileReference[], session: ClientSession): Promise<void> {
    if (references.length === 0) return;
    const ids = references.map(({ id }) => id);
    await this.files.updateMany(
      { _id: { $in: ids } },
      { $set: { state: 'orphaned', sweepAfter: new Date() } },
      { session },
    );
    this.transactions.afterCommit(session, () => this.removeOrLeave(ids));
  }

  /** Takes back what was kept but will not be attached. */
  async discard(references: FileReference[]): Promise<void> {
    const ids = references.map(({ id }) => id);
    await this.files.updateMany(
      { _id: { $in: ids }, state: 'pending' },
      { $set: { state: 'orphaned', sweepAfter: new Date() } },
    );
    await this.removeOrLeave(ids);
  }

  /** Removes an orphaned file, its objects first, so that a crash in between leaves the record to try again. */
  async remove(id: string): Promise<void> {
    const file = await this.files.findOne<StoredFile>({ _id: id, state: 'orphaned' });
    if (!file) return;
    for await (const key of this.storage.list(file.prefix)) await this.storage.delete(key);
    await this.files.deleteOne({ _id: id, state: 'orphaned' });
  }

  /** To be called after the commit that has orphaned them. The caller has what they asked for; a storage that is away just now is the sweep's business. */
  async removeOrLeave(ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.remove(id).catch((error: unknown) => {
        this.logger.warn({ err: error, file: id }, 'file not removed yet');
      });
    }
  }

  private async contentOf(upload: UploadedFile): Promise<Content> {
    const { mimeType } = upload;
    if (isStoredType(mimeType) && !mimeType.startsWith('image/')) return { main: { ...upload, mimeType } };
    const { image, thumbnail } = await this.images.process(upload);
    return { main: image, thumbnail };
  }

  private async put(file: StoredFile, { main, thumbnail }: Content): Promise<void> {
    try {
      await this.storage.put(file.key, main);
      if (file.thumbnailKey && thumbnail) await this.storage.put(file.thumbnailKey, thumbnail);
    } catch (error) {
      await this.discard([referenceTo(file)]);
      throw error;
    }
  }
}

function newFile(upload: UploadedFile, { main, thumbnail }: Content, isPrivate: boolean): StoredFile {
  const id = randomBytes(16).toString('hex');
  const now = new Date();
  // spread over 256 directories, each with few enough entries to be quick
  const prefix = `objects/${id.slice(0, 2)}/${id}/`;
  return {
    _id: id,
    state: 'pending',
    prefix,
    key: `${prefix}file.${EXTENSIONS[main.mimeType]}`,
    thumbnailKey: thumbnail && `${prefix}thumbnail.jpg`,
    thumbnailSize: thumbnail?.size,
    fileName: upload.fileName,
    fileSize: main.size,
    mimeType: main.mimeType,
    private: isPrivate,
    createdAt: now,
    sweepAfter: new Date(now.getTime() + PENDING_MS),
  };
}

function referenceTo(file: StoredFile): FileReference {
  return {
    id: file._id,
    key: file.key,
    ...(file.thumbnailKey ? { thumbnailKey: file.thumbnailKey } : {}),
    fileName: file.fileName,
    fileSize: file.fileSize,
    mimeType: file.mimeType,
    private: file.private,
  };
}
