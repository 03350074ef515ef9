/** What a record keeps of a stored file; the bytes are in the storage, under `key`. */
export interface FileReference {
  /** unguessable; what a client names when it deletes the file */
  id: string;
  key: string;
  thumbnailKey?: string;
  /** as the uploader named it, for display only */
  fileName: string;
  /** bytes as stored */
  fileSize: number;
  /** read from the bytes */
  mimeType: string;
  /** opened only by a signed address that expires */
  private: boolean;
}
