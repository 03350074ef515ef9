import { connect, createServer, type Server, type Socket } from 'node:net';
import { MongoClient } from 'mongodb';
import type { Request } from 'autocannon';

const HEADER_BYTES = 16;
const OP_MSG = 2013;
/** Behind the header, OP_MSG has 4 bytes of flags, the section's kind (1), the document's length (4) and its first type (1). */
const COMMAND_NAME_AT = HEADER_BYTES + 10;
/** What the driver says by itself to keep its connections. */
const UPKEEP = new Set(['hello', 'ping', 'isMaster', 'endSessions']);
const PROBES = 15;

/**
 * Stands between a server and its database and notes the name of every command that passes
 * (MongoDB wire protocol, OP_MSG), so that calls can be counted whatever the server is made of.
 */
export class CallCounter {
  private commands: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly uri: string,
  ) {}

  static async before(databaseUri: string): Promise<CallCounter> {
    const client = await MongoClient.connect(databaseUri);
    const { host, port } = client.options.hosts[0] ?? {};
    await client.close();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const own = address && typeof address === 'object' ? address.port : 0;
    // a driver that discovers the replica set would go round this one
    const counter = new CallCounter(server, `mongodb://127.0.0.1:${own}/?directConnection=true`);
    server.on('connection', (socket) => counter.relay(socket, connect(port ?? 27017, host ?? '127.0.0.1')));
    return counter;
  }

  /** The commands of one request, sorted: of many tries the one with the fewest, since a server's own upkeep falls into some. */
  async commandsOf(serverUrl: string, nextRequest: () => Request, probes = PROBES): Promise<string[]> {
    let fewest: string[] | undefined;
    for (let probe = 0; probe < probes; probe++) {
      this.commands = [];
      const { method = 'GET', path = '/', headers, body } = nextRequest();
      const response = await fetch(serverUrl + path, {
        method,
        headers: headers as Record<string, string>,
        // a form's bytes are no text
        body: typeof body === 'string' ? body : body && new Uint8Array(body),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      if (!fewest || this.commands.length < fewest.length) fewest = this.commands;
    }
    return fewest?.toSorted() ?? [];
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket, database: Socket): void {
    let pending = Buffer.alloc(0);
    client.on('data', (chunk) => {
      database.write(chunk);
      pending = this.note(Buffer.concat([pending, chunk]));
    });
    database.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }

  /** Notes the whole messages in `bytes` and returns what is left over. */
  private note(bytes: Buffer): Buffer<ArrayBuffer> {
    let start = 0;
    while (bytes.length - start >= HEADER_BYTES) {
      const length = bytes.readInt32LE(start);
      if (bytes.length - start < length) break;
      if (bytes.readInt32LE(start + 12) === OP_MSG) {
        const end = bytes.indexOf(0, start + COMMAND_NAME_AT);
        const name = bytes.toString('latin1', start + COMMAND_NAME_AT, end);
        if (!UPKEEP.has(name)) this.commands.push(name);
      }
      start += length;
    }
    return Buffer.from(bytes.subarray(start));
  }
}
