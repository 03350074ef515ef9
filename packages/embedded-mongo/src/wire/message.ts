import { decode } from '../bson/decode';
import { encode } from '../bson/encode';
import { failedToParse } from '../errors';
import type { Doc } from '../bson/values';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const LENGTH_BYTES = 4;
const HEADER_BYTES = 16;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const MAX_MESSAGE_BYTES = 48_000_000;

/** One request, whichever message carried it. */
export interface Request {
  id: number;
  body: Doc;
  isLegacy: boolean;
  /** The client does not wait for an answer. */
  isUnacknowledged: boolean;
}

/** Cuts a stream of bytes into messages. */
export class MessageSplitter {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes the message at the beginning needs, as far as that is known. */
  private needed = LENGTH_BYTES;

  /** @throws ServerError 9 when a message claims an impossible length */
  *push(chunk: Buffer): Generator<Buffer> {
    this.chunks.push(chunk);
    this.size += chunk.length;
    // Joined only when a message is complete: joining at every chunk would copy large messages again and again.
    while (this.size >= this.needed) {
      const bytes =
        this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.size);
      const length = bytes.readInt32LE(0);
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
        throw failedToParse(`invalid message length ${length}`);
      const isComplete = bytes.length >= length;
      this.keep(isComplete ? bytes.subarray(length) : bytes, isComplete ? LENGTH_BYTES : length);
      if (isComplete) yield bytes.subarray(0, length);
    }
  }

  private keep(rest: Buffer, needed: number): void {
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    this.needed = needed;
  }
}

/** A document sequence: a field of the command whose array is sent apart. */
function readSequence(message: Buffer, offset: number, into: Doc): number {
  const end = offset + message.readInt32LE(offset);
  const nameEnd = message.indexOf(0, offset + 4);
  const name = message.toString('utf8', offset + 4, nameEnd);
  const documents: unknown[] = [];
  let at = nameEnd + 1;
  while (at < end) {
    const bytes = message.subarray(at, at + message.readInt32LE(at));
    documents.push(decode(bytes));
    at += bytes.length;
  }
  into[name] = documents;
  return end;
}

function parseMessage(message: Buffer, id: number): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Doc | undefined;
  const sequences: Doc = {};
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = message[at++];
    if (kind === 1) {
      at = readSequence(message, at, sequences);
    } else if (kind === 0) {
      const length = message.readInt32LE(at);
      body = decode(message.subarray(at, at + length));
      at += length;
    } else throw failedToParse(`unknown section kind ${String(kind)}`);
  }
  if (!body) throw failedToParse('OP_MSG without a body');
  return {
    id,
    body: { ...body, ...sequences },
    isLegacy: false,
    isUnacknowledged: (flags & MORE_TO_COME) !== 0,
  };
}

function parseQuery(message: Buffer, id: number): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  const at = nameEnd + 1 + 8;
  const db = message.toString('utf8', HEADER_BYTES + 4, nameEnd).split('.')[0];
  return { id, body: { ...decode(message.subarray(at)), $db: db }, isLegacy: true, isUnacknowledged: false };
}

/** Reads a request. @throws ServerError 9 for message types no present driver sends */
export function parseRequest(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const operation = message.readInt32LE(12);
  if (operation === OP_MSG) return parseMessage(message, id);
  if (operation === OP_QUERY) return parseQuery(message, id);
  throw failedToParse(`unsupported message type ${operation}`);
}

let lastId = 0;

/** Frames an answer in the message type of its request. */
export function frameAnswer(request: Request, answer: Doc | Buffer): Buffer {
  const document = Buffer.isBuffer(answer) ? answer : encode(answer);
  const prefix = Buffer.alloc(request.isLegacy ? 20 : 5);
  if (request.isLegacy) prefix.writeInt32LE(1, 16);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + document.length, 0);
  lastId = (lastId + 1) & 0x7fffffff;
  header.writeInt32LE(lastId, 4);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(request.isLegacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, prefix, document]);
}
