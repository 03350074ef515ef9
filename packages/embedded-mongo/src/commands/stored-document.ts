import { badValue, ServerError } from '../errors';
import { decode, findField, type RawDocument } from '../bson/decode';
import { encode, MAX_DOCUMENT_BYTES, moveToFront, prepend } from '../bson/encode';
import { isDoc, ObjectId, regexSource, Timestamp } from '../bson/values';

/** What may not be an `_id`. @throws ServerError 53 */
export function checkId(id: unknown): void {
  if (Array.isArray(id)) throw new ServerError(53, "The '_id' value cannot be of type array");
  if (regexSource(id)) throw new ServerError(53, "The '_id' value cannot be of type regex");
  if (id === undefined) throw new ServerError(53, "The '_id' value cannot be of type undefined");
  if (isDoc(id)) {
    const dollar = Object.keys(id).find((key) => key.startsWith('$'));
    if (dollar)
      throw new ServerError(
        52,
        `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
      );
  }
}

/** The document as it is stored: its bytes as they came, with `_id` in front. */
function withIdInFront(document: RawDocument): RawDocument {
  const id = findField(document, '_id');
  if (!id) return prepend(document, { _id: new ObjectId() });
  checkId(id.value);
  return id.start === 4 ? document : moveToFront(document, id.start, id.end);
}

/** Timestamps of zero at the top level stand for the present. */
function withTimestamps(document: RawDocument): RawDocument {
  // The type byte is a cheap sign that there may be one.
  if (!document.includes(0x11)) return document;
  const doc = decode(document);
  const empty = Object.keys(doc).filter((name) => name !== '_id' && isEmptyTimestamp(doc[name]));
  for (const name of empty) doc[name] = new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
  return empty.length > 0 ? encode(doc) : document;
}

const isEmptyTimestamp = (value: unknown): boolean => value instanceof Timestamp && value.toBigInt() === 0n;

/** A copy of its own, since what arrived shares one large buffer. */
export function toStored(document: RawDocument): RawDocument {
  if (document.length > MAX_DOCUMENT_BYTES) {
    throw badValue(
      `object to insert too large. size in bytes: ${document.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  return Buffer.from(withTimestamps(withIdInFront(document)));
}
