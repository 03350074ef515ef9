import { Decimal128, Long, type Binary, type Code, type ObjectId, type Timestamp } from 'bson';
import { compareDecimals, exactDouble } from '../bson/decimal';
import { exactValue } from '../bson/compare';
import { toNumber, type Numeric } from '../bson/numbers';
import { regexSource, typeOf, TypeOrder, type Doc } from '../bson/values';

/**
 * Encodes values into bytes whose order (memcmp) is the order of the values, and none of which is a prefix of
 * another, so that the fields of a compound key can simply follow each other.
 */

/** LMDB takes keys of up to 1978 bytes, prefix and record included; an index refuses what is longer. */
export const MAX_KEY_BYTES = 1900;

const SIGN_BIT = 0x80;
const NAN_BYTES = Buffer.alloc(8);

function invert(bytes: Buffer): Buffer {
  for (let i = 0; i < bytes.length; i++) bytes[i] = ~(bytes[i] as number) & 0xff;
  return bytes;
}

function doubleBytes(value: number): Buffer {
  if (Number.isNaN(value)) return Buffer.from(NAN_BYTES);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if ((bytes[0] as number) & SIGN_BIT) return invert(bytes);
  bytes[0] = (bytes[0] as number) | SIGN_BIT;
  return bytes;
}

enum Tie {
  Below = 1,
  Equal = 2,
  Above = 3,
}

/** Numbers between two doubles: their decimal digits tell them apart and order them. */
function tieBreaker(value: Numeric, nearest: number): Buffer {
  if (!(value instanceof Long || value instanceof Decimal128) || !Number.isFinite(nearest)) {
    return Buffer.from([Tie.Equal]);
  }
  const exact = exactValue(value);
  const side = compareDecimals(exact, exactDouble(nearest));
  if (side === 0) return Buffer.from([Tie.Equal]);
  const negative = exact.coefficient < 0n;
  const digits = (negative ? -exact.coefficient : exact.coefficient).toString();
  const magnitude = Buffer.alloc(19);
  magnitude.writeUInt16BE(exact.exponent + digits.length + 0x8000);
  magnitude.write(digits.padEnd(34, '0'), 2, 'hex');
  return Buffer.concat([
    Buffer.from([side < 0 ? Tie.Below : Tie.Above]),
    negative ? invert(magnitude) : magnitude,
  ]);
}

function numberBytes(value: Numeric): Buffer {
  const nearest = toNumber(value);
  return Buffer.concat([doubleBytes(nearest), tieBreaker(value, nearest)]);
}

/** Bytes of a text with its end marked; a zero byte within is escaped. */
function terminated(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return Buffer.concat([bytes, Buffer.from([0, 1])]);
  const escaped: number[] = [];
  for (const byte of bytes) escaped.push(...(byte === 0 ? [0, 0xff] : [byte]));
  return Buffer.from([...escaped, 0, 1]);
}

const text = (value: string): Buffer => terminated(Buffer.from(value));

function binaryBytes(value: Binary): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(value.value().length);
  head[4] = value.sub_type;
  return Buffer.concat([head, value.value()]);
}

function int64Bytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function docBytes(doc: Doc): Buffer {
  const parts = Object.entries(doc).flatMap(([name, value]) => [
    Buffer.from([typeOf(value).order]),
    text(name),
    body(value),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(1)]);
}

function regexBytes(value: unknown): Buffer {
  const source = regexSource(value);
  return Buffer.concat([text(source?.pattern ?? ''), text(source?.options ?? '')]);
}

function body(value: unknown): Buffer {
  switch (typeOf(value).order) {
    case TypeOrder.Number:
      return numberBytes(value as Numeric);
    case TypeOrder.String:
      return text(String(value));
    case TypeOrder.Object:
      return docBytes(value as Doc);
    case TypeOrder.Array:
      return Buffer.concat([...(value as unknown[]).map(encodeValue), Buffer.alloc(1)]);
    case TypeOrder.Binary:
      return binaryBytes(value as Binary);
    case TypeOrder.ObjectId:
      return Buffer.from((value as ObjectId).id);
    case TypeOrder.Boolean:
      return Buffer.from([value === true ? 1 : 0]);
    case TypeOrder.Date:
      return int64Bytes(BigInt((value as Date).getTime()) + 2n ** 63n);
    case TypeOrder.Timestamp:
      return int64Bytes((value as Timestamp).toBigInt());
    case TypeOrder.RegExp:
      return regexBytes(value);
    case TypeOrder.Code:
      return text(String((value as Code).code));
    default:
      return Buffer.alloc(0);
  }
}

/** Encodes one value, ascending. */
export function encodeValue(value: unknown): Buffer {
  return Buffer.concat([Buffer.from([typeOf(value).order]), body(value)]);
}

/** Encodes one field of a key; descending fields have every bit inverted. */
export function encodeField(value: unknown, direction: 1 | -1): Buffer {
  const bytes = encodeValue(value);
  return direction === 1 ? bytes : invert(bytes);
}

/** The first key after all keys that begin with these bytes; undefined when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i] !== 0xff) {
      end[i] = (end[i] as number) + 1;
      return end.subarray(0, i + 1);
    }
  }
  return undefined;
}
