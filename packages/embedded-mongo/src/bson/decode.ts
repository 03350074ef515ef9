import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { notSupported } from '../errors';
import type { Doc } from './values';

/** A document as it is stored and sent. */
export type RawDocument = Buffer;

export interface DecodeOptions {
  /** Decode only these top-level fields. */
  fields?: ReadonlySet<string>;
}

interface Cursor {
  readonly buffer: Buffer;
  offset: number;
}

function readCString(cursor: Cursor): string {
  const end = cursor.buffer.indexOf(0, cursor.offset);
  const text = cursor.buffer.toString('utf8', cursor.offset, end);
  cursor.offset = end + 1;
  return text;
}

function readString(cursor: Cursor): string {
  const length = cursor.buffer.readInt32LE(cursor.offset);
  const start = cursor.offset + 4;
  cursor.offset = start + length;
  return cursor.buffer.toString('utf8', start, start + length - 1);
}

function take(cursor: Cursor, length: number): Buffer {
  const slice = cursor.buffer.subarray(cursor.offset, cursor.offset + length);
  cursor.offset += length;
  return slice;
}

function readBinary(cursor: Cursor): Binary {
  const length = cursor.buffer.readInt32LE(cursor.offset);
  const subType = cursor.buffer.readUInt8(cursor.offset + 4);
  cursor.offset += 5;
  const bytes = take(cursor, length);
  return new Binary(Buffer.from(subType === 2 ? bytes.subarray(4) : bytes), subType);
}

function readLong(cursor: Cursor): Long {
  const low = cursor.buffer.readInt32LE(cursor.offset);
  const high = cursor.buffer.readInt32LE(cursor.offset + 4);
  cursor.offset += 8;
  return new Long(low, high);
}

function readDouble(cursor: Cursor): unknown {
  const value = cursor.buffer.readDoubleLE(cursor.offset);
  cursor.offset += 8;
  return Number.isInteger(value) ? new Double(value) : value;
}

function readArray(cursor: Cursor): unknown[] {
  const end = cursor.offset + cursor.buffer.readInt32LE(cursor.offset) - 1;
  cursor.offset += 4;
  const array: unknown[] = [];
  while (cursor.offset < end) {
    const type = cursor.buffer[cursor.offset++] as number;
    cursor.offset = cursor.buffer.indexOf(0, cursor.offset) + 1;
    array.push(readValue(cursor, type));
  }
  cursor.offset = end + 1;
  return array;
}

function readDocument(cursor: Cursor, options?: DecodeOptions): Doc {
  const end = cursor.offset + cursor.buffer.readInt32LE(cursor.offset) - 1;
  cursor.offset += 4;
  const doc: Doc = {};
  while (cursor.offset < end) {
    const type = cursor.buffer[cursor.offset++] as number;
    const name = readCString(cursor);
    if (options?.fields && !options.fields.has(name)) {
      skipValue(cursor, type);
      continue;
    }
    const value = readValue(cursor, type);
    if (name === '__proto__') Object.defineProperty(doc, name, { value, enumerable: true, writable: true });
    else doc[name] = value;
  }
  cursor.offset = end + 1;
  return doc;
}

/** Bytes a value of each type takes; negative: that many bytes besides the length it begins with. */
function skipValue(cursor: Cursor, type: number): void {
  const { buffer, offset } = cursor;
  if ([1, 9, 17, 18].includes(type)) cursor.offset += 8;
  else if (type === 16) cursor.offset += 4;
  else if (type === 8) cursor.offset += 1;
  else if (type === 7) cursor.offset += 12;
  else if (type === 19) cursor.offset += 16;
  else if ([2, 13, 14].includes(type)) cursor.offset += 4 + buffer.readInt32LE(offset);
  else if ([3, 4, 15].includes(type)) cursor.offset += buffer.readInt32LE(offset);
  else if (type === 5) cursor.offset += 5 + buffer.readInt32LE(offset);
  else readValue(cursor, type);
}

function readValue(cursor: Cursor, type: number): unknown {
  switch (type) {
    case 0x01:
      return readDouble(cursor);
    case 0x02:
      return readString(cursor);
    case 0x03:
      return readDocument(cursor);
    case 0x04:
      return readArray(cursor);
    case 0x05:
      return readBinary(cursor);
    case 0x06:
    case 0x0a:
      return null;
    case 0x07:
      return new ObjectId(Buffer.from(take(cursor, 12)));
    case 0x08:
      return cursor.buffer[cursor.offset++] === 1;
    case 0x09:
      return new Date(readLong(cursor).toNumber());
    case 0x0b:
      return new BSONRegExp(readCString(cursor), readCString(cursor));
    case 0x0d:
      return new Code(readString(cursor));
    case 0x0e:
      return new BSONSymbol(readString(cursor));
    case 0x10:
      cursor.offset += 4;
      return cursor.buffer.readInt32LE(cursor.offset - 4);
    case 0x11:
      return new Timestamp(readLong(cursor).toUnsigned());
    case 0x12:
      return readLong(cursor);
    case 0x13:
      return new Decimal128(Buffer.from(take(cursor, 16)));
    case 0xff:
      return new MinKey();
    case 0x7f:
      return new MaxKey();
    default:
      throw notSupported(`BSON type 0x${type.toString(16)}`);
  }
}

/** Decodes a document, keeping every number's BSON type (see {@link Doc}). */
export function decode(buffer: Buffer, options?: DecodeOptions): Doc {
  return readDocument({ buffer, offset: 0 }, options);
}
