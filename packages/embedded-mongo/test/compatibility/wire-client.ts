import { deserialize, serialize, type Document } from 'bson';
import { connect as connectSocket, type Socket } from 'node:net';

const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** Header, flag bits, and the byte that says a single document follows. */
const BODY_OFFSET = HEADER_BYTES + 4 + 1;

interface Waiting {
  resolve: (answer: Document) => void;
  reject: (error: Error) => void;
}

/**
 * Sends commands as they are and gives answers as they came: a driver would add sessions,
 * retry, and hide numeric types, which are among the things compared here.
 */
export class WireClient {
  private readonly waiting = new Map<number, Waiting>();
  private received = Buffer.alloc(0);
  private lastRequest = 0;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  /** @param uri mongodb://host:port/…; only the first host is used. */
  static async connect(uri: string): Promise<WireClient> {
    const { hostname, port } = new URL(uri);
    const socket = connectSocket({ host: hostname, port: Number(port || 27017), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new WireClient(socket);
  }

  /** The server's answer, an error's (`ok: 0`) too; rejects only when the connection is closed. */
  command(database: string, command: Document): Promise<Document> {
    if (this.socket.destroyed) return Promise.reject(new Error('the connection is closed'));
    const body = serialize({ ...command, $db: database });
    const requestId = ++this.lastRequest;
    const head = Buffer.alloc(BODY_OFFSET);
    head.writeInt32LE(BODY_OFFSET + body.length, 0);
    head.writeInt32LE(requestId, 4);
    head.writeInt32LE(OP_MSG, 12);
    return new Promise((resolve, reject) => {
      this.waiting.set(requestId, { resolve, reject });
      this.socket.write(Buffer.concat([head, body]));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= HEADER_BYTES && this.received.length >= this.received.readInt32LE(0)) {
      const length = this.received.readInt32LE(0);
      this.answer(this.received.subarray(0, length));
      this.received = this.received.subarray(length);
    }
  }

  private answer(message: Buffer): void {
    const requestId = message.readInt32LE(8);
    const waiting = this.waiting.get(requestId);
    this.waiting.delete(requestId);
    const size = message.readInt32LE(BODY_OFFSET);
    const body = message.subarray(BODY_OFFSET, BODY_OFFSET + size);
    waiting?.resolve(deserialize(body, { promoteValues: false, bsonRegExp: true }));
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
