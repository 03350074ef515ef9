import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { mongo } from 'mongoose';

/** OP_MSG: its header, its flags and the kind of its first section stand before the command. */
const BEFORE_COMMAND = 16 + 4 + 1;

/** A wire between the service and its database that a test can cut, or stop at one command. */
export class DatabaseProxy {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private held: string | undefined;
  private losing: { command: string; left: number } | undefined;
  private silent = false;
  private ignored: string | undefined;
  private reached: (command: mongo.Document) => void = () => undefined;

  private constructor(private readonly target: { host: string; port: number }) {}

  static async to(uri: string): Promise<DatabaseProxy> {
    const { hostname, port } = new URL(uri);
    const proxy = new DatabaseProxy({ host: hostname, port: Number(port || 27017) });
    await proxy.restore();
    return proxy;
  }

  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/?directConnection=true`;
  }

  /** The database is gone: connections break and no new one is accepted. */
  async cut(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** The database is there again, at the same address. */
  async restore(): Promise<void> {
    this.silent = false;
    this.ignored = undefined;
    this.held = undefined;
    this.losing = undefined;
    if (this.server) return;
    this.server = createServer((client) => this.join(client)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** When the service next sends `command`, that and all that follows does not get through; resolves to the command. */
  holdAt(command: string): Promise<mongo.Document> {
    this.held = command;
    return new Promise((done) => {
      this.reached = done;
    });
  }

  /** The next `times` that the service sends `command`, it is carried out, but the connection breaks before the answer. */
  loseAnswersTo(command: string, times: number): void {
    this.losing = { command, left: times };
  }

  /** How many answers are still to be lost. */
  get answersToLose(): number {
    return this.losing?.left ?? 0;
  }

  /** The database hangs: connections stand, but nothing comes back. */
  goSilent(): void {
    this.silent = true;
  }

  /** Whenever the service sends `command`, nothing comes back; the database answers all else. */
  ignore(command: string | undefined): void {
    this.ignored = command;
  }

  private join(client: Socket): void {
    const database = connect(this.target);
    let loseNext = false;
    for (const socket of [client, database]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (this.held && chunk.includes(this.held)) {
        this.silent = true;
        this.reached(mongo.BSON.deserialize(chunk.subarray(BEFORE_COMMAND)));
      }
      if (this.losing && this.losing.left > 0 && chunk.includes(this.losing.command)) {
        this.losing.left--;
        loseNext = true;
      }
      if (this.ignored && chunk.includes(this.ignored)) return;
      if (!this.silent) database.write(chunk);
    });
    database.on('data', (chunk: Buffer) => {
      if (loseNext) client.destroy();
      else if (!this.silent) client.write(chunk);
    });
  }
}
