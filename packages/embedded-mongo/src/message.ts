import { decode, encode, type Doc } from './bson';
import { need } from './errors';

const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2004, 2013];
const HEADER_BYTES = 16;
const [CHECKSUM_PRESENT, MORE_TO_COME, EXHAUST_ALLOWED] = [1, 2, 1 << 16];
const MAX_MESSAGE_BYTES = 48_000_000;

/** One request; `isLegacy` is the greeting of older days, with which drivers still begin; a stream is many answers. */
export type Request = {
  id: number;
  body: Doc;
  isLegacy: boolean;
  isUnacknowledged: boolean;
  takesStream: boolean;
};

/** Cuts a stream of bytes into messages. */
export class MessageSplitter {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes that the message at the beginning needs, as far as that is known. */
  private needed = HEADER_BYTES;

  /** @throws ServerError 9 when a message claims an impossible length */
  *push(chunk: Buffer): Generator<Buffer> {
    this.chunks.push(chunk);
    this.size += chunk.length;
    // Joined only when a message is complete: joining at every chunk would copy large messages again and again.
    while (this.size >= this.needed) {
      const bytes = Buffer.concat(this.chunks, this.size);
      const length = bytes.readInt32LE();
      need(length >= HEADER_BYTES && length <= MAX_MESSAGE_BYTES, 9, `impossible length ${length}`);
      const isComplete = bytes.length >= length;
      const rest = isComplete ? bytes.subarray(length) : bytes;
      [this.chunks, this.size, this.needed] = [[rest], rest.length, isComplete ? HEADER_BYTES : length];
      if (isComplete) yield bytes.subarray(0, length);
    }
  }
}

/** A document and what follows it. */
const documentAt = (message: Buffer, at: number): [doc: Doc, end: number] => {
  const end = at + message.readInt32LE(at);
  return [decode(message.subarray(at, end)), end];
};

/** The sections of a message: its body, and lists of documents that are sent apart. */
function bodyOf(message: Buffer): Doc {
  const isChecked = (message.readUInt32LE(HEADER_BYTES) & CHECKSUM_PRESENT) !== 0;
  const body: Doc = {};
  for (let at = HEADER_BYTES + 4; at < message.length - (isChecked ? 4 : 0);) {
    const kind = message[at++];
    const end = at + message.readInt32LE(at);
    if (kind === 1) {
      const nameEnd = message.indexOf(0, at + 4);
      const documents: Doc[] = [];
      body[message.toString('utf8', at + 4, nameEnd)] = documents;
      for (let next = nameEnd + 1; next < end;) {
        const [doc, after] = documentAt(message, next);
        documents.push(doc);
        next = after;
      }
    } else Object.assign(body, documentAt(message, at)[0]);
    at = end;
  }
  return body;
}

/** Reads a request. @throws ServerError 9 for message types no present driver sends */
export function parseRequest(message: Buffer): Request {
  const [id, operation] = [message.readInt32LE(4), message.readInt32LE(12)];
  if (operation === OP_MSG) {
    const flags = message.readUInt32LE(HEADER_BYTES);
    const [isUnacknowledged, takesStream] = [(flags & MORE_TO_COME) !== 0, (flags & EXHAUST_ALLOWED) !== 0];
    return { id, body: bodyOf(message), isLegacy: false, isUnacknowledged, takesStream };
  }
  need(operation === OP_QUERY, 9, `unsupported message type ${operation}`);
  const [body] = documentAt(message, message.indexOf(0, HEADER_BYTES + 4) + 9);
  return { id, body: { ...body, $db: 'admin' }, isLegacy: true, isUnacknowledged: false, takesStream: false };
}

/** Frames an answer in the message type of its request; `isFollowed` by others to the same one. */
export function frameAnswer({ id, isLegacy }: Request, answer: Doc, isFollowed = false): Buffer {
  const document = encode(answer);
  const head = Buffer.alloc(HEADER_BYTES + (isLegacy ? 20 : 5));
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(id, 8);
  head.writeInt32LE(isLegacy ? OP_REPLY : OP_MSG, 12);
  if (isLegacy) head.writeInt32LE(1, head.length - 4);
  if (isFollowed) head.writeUInt32LE(MORE_TO_COME, HEADER_BYTES);
  return Buffer.concat([head, document]);
}
