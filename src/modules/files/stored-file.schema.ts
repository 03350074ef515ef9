import { Schema } from 'mongoose';
import type { StoredType } from '../../common/uploads/content-type';

export const STORED_FILE = 'StoredFile';

/**
 * pending: being stored, no record refers to it yet; attached: a record refers to it; orphaned: nothing does any more,
 * its objects are to be removed; offered: given out by its address, for a record that is still to be made.
 * Only attached and offered files can be opened.
 */
type FileState = 'pending' | 'offered' | 'attached' | 'orphaned';

export const OPENED_STATES: FileState[] = ['attached', 'offered'];

/** One stored file. Written before its objects and removed after them, so that no object is ever unaccounted for. */
export interface StoredFile {
  /** 128 random bits, hexadecimal */
  _id: string;
  state: FileState;
  /** its objects are under this; `key` and `thumbnailKey` begin with it */
  prefix: string;
  key: string;
  thumbnailKey?: string;
  thumbnailSize?: number;
  fileName: string;
  /** bytes as stored */
  fileSize: number;
  mimeType: StoredType;
  private: boolean;
  createdAt: Date;
  /** of a file that was offered: who may refer to it */
  offeredTo?: string;
  /** of a file that was offered: the records that refer to it by its address */
  usedBy?: string[];
  /** from when on its objects may be removed; absent while it is attached */
  sweepAfter?: Date;
}

export const storedFileSchema = new Schema<StoredFile>(
  { _id: { type: String, required: true }, state: { type: String, required: true }, sweepAfter: Date },
  { collection: 'stored_files', versionKey: false, strict: false },
)
  // the sweep: what was orphaned, or left pending
  .index({ sweepAfter: 1 }, { sparse: true });
