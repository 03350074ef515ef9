import { serialize } from 'bson';
import { ServerError } from '../errors';
import type { RawDocument } from './decode';
import type { Doc } from './values';

/** MongoDB's limit of a stored document, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Encodes a document; `undefined` fields are left out. */
export function encode(doc: Doc): RawDocument {
  const bytes = serialize(doc, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** As {@link encode}, for documents that are to be stored. */
export function encodeStored(doc: Doc, code = 10334): RawDocument {
  const bytes = encode(doc);
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new ServerError(code, `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and 16MB`);
  }
  return bytes;
}

function element(type: number, name: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);
}

function wrap(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 5);
  const head = Buffer.alloc(4);
  head.writeInt32LE(size);
  return Buffer.concat([head, ...parts, Buffer.alloc(1)], size);
}

/** An answer with a batch of documents as they are stored: `{cursor: {<batch>: [...], ...cursor}, ...rest}`. */
export function encodeCursorReply(
  batch: string,
  documents: readonly RawDocument[],
  cursor: Doc,
  rest: Doc,
): Buffer {
  const items: Buffer[] = [];
  documents.forEach((document, index) => items.push(Buffer.from(`\x03${index}\0`), document));
  const inner = wrap([element(4, batch, wrap(items)), encode(cursor).subarray(4, -1)]);
  return wrap([element(3, 'cursor', inner), encode(rest).subarray(4, -1)]);
}
