import type { Readable } from 'node:stream';

/** A finished file on this machine, to be stored under a key. */
export interface LocalFile {
  path: string;
  /** bytes */
  size: number;
  mimeType: string;
}

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Where the bytes of stored files are. Keys are made by the service itself: lower-case letters, digits and `._/-`,
 * never a part of them chosen by a caller. An object, once written, is never changed.
 */
export abstract class ObjectStorage {
  /** Stores the file whole, or nothing; the file itself may be gone afterwards. */
  abstract put(key: string, file: LocalFile): Promise<void>;

  /** The object, or that part of it, as a stream that the caller reads or destroys; null when there is none. */
  abstract get(key: string, range?: ByteRange): Promise<Readable | null>;

  /** Removing what is not there is no error. */
  abstract delete(key: string): Promise<void>;

  /** The keys that begin with `prefix`, in no particular order. */
  abstract list(prefix: string): AsyncIterable<string>;
}

const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)+$/;
const LONGEST_KEY = 200;

/** The last line against keys that would lead out of the storage. */
export function checkedKey(key: string): string {
  if (key.length > LONGEST_KEY || !KEY.test(key)) throw new Error('not a key of the object storage');
  return key;
}
