import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ProxyOptions {
  /** below which the service stands; not told to it */
  prefix?: string;
  /** answers of these addresses are begun and then held back, as some proxies do with streams */
  holds?: RegExp;
}

/** What may stand between a page and the service. */
export class WebProxy {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string, { prefix = '', holds }: ProxyOptions): Promise<WebProxy> {
    const server = createServer((incoming, outgoing) => {
      const path = incoming.url ?? '/';
      if (!path.startsWith(`${prefix}/`)) return void outgoing.writeHead(404).end('not behind this proxy');
      if (holds?.test(path))
        return void outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const { method, headers } = incoming;
      const onward = request(target + path.slice(prefix.length), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    return new WebProxy(server, `http://127.0.0.1:${port}${prefix}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
