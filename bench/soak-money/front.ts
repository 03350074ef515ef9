import { once } from 'node:events';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before the instances, as nginx does: requests go to them by turns, and to nobody where none is left. */
export class Front {
  private readonly server: Server;
  private targets: string[] = [];
  private turn = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      const target = this.targets[this.turn++ % Math.max(this.targets.length, 1)];
      if (!target) return void response.writeHead(502).end();
      const outgoing = forward(
        target + (request.url ?? '/'),
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          answer.once('error', () => response.destroy());
        },
      );
      // an instance that has just died: its caller does not hear what became of the request
      outgoing.once('error', () =>
        response.headersSent ? response.destroy() : response.writeHead(502).end(),
      );
      request.pipe(outgoing);
    });
  }

  static async start(): Promise<Front> {
    const front = new Front();
    front.server.listen(0, '127.0.0.1');
    await once(front.server, 'listening');
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  leadTo(targets: string[]): void {
    this.targets = targets;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
