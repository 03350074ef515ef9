import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  method: string;
  query: URLSearchParams;
  contentType: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (received: Received, response: ServerResponse) => void;

const success: Answer = (_received, response) => response.end('success');

/** A service that events are pushed to: keeps what it gets, and answers `success` until told otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  private answer = success;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.take(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((listening) => receiver.server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/wechat/event?kept=yes`;
  }

  answerWith(answer: Answer): void {
    this.answer = answer;
  }

  reset(): void {
    this.received.length = 0;
    this.answer = success;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received: Received = {
      method: request.method ?? '',
      query: new URL(request.url ?? '', 'http://receiver').searchParams,
      contentType: request.headers['content-type'],
      headers: request.headers,
      body: await text(request),
    };
    this.received.push(received);
    this.answer(received, response);
  }
}
