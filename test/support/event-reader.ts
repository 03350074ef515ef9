import type { PublicRoom } from '../../src/modules/interview/room-public.views';
import { INTERVIEW } from './interview';

interface Waiting {
  done: (data: string) => void;
  failed: (error: Error) => void;
}

/** A page that watches a room, as EventSource reads a stream. */
export class EventReader {
  /** data of the events that came and were not asked for yet */
  readonly events: string[] = [];
  heartbeats = 0;
  /** when the stream ended, whoever ended it */
  readonly ended: Promise<void>;
  private readonly waiting: Waiting[] = [];
  private readonly controller: AbortController;
  private isOver = false;

  private constructor(
    readonly response: Response,
    controller: AbortController,
  ) {
    this.controller = controller;
    this.ended = this.read()
      .catch(() => undefined)
      .then(() => this.finish());
  }

  /** @throws {Error} when it is refused */
  static async open(url: string, roomId: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const { response, controller } = await EventReader.ask(url, roomId, headers);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new EventReader(response, controller);
  }

  /** The answer as it is: for requests that are refused. */
  static async refused(
    url: string,
    roomId: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const { response } = await EventReader.ask(url, roomId, headers);
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  private static async ask(url: string, roomId: string, headers: Record<string, string>) {
    const controller = new AbortController();
    const address = `${url}${INTERVIEW}/room/${roomId}/events`;
    return { response: await fetch(address, { headers, signal: controller.signal }), controller };
  }

  /** The data of the next event; the stream must not end before it. */
  next(within = 5000): Promise<string> {
    const [data] = this.events.splice(0, 1);
    if (data !== undefined) return Promise.resolve(data);
    if (this.isOver) return Promise.reject(new Error('the stream has ended'));
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`no event within ${within} ms`)), within);
      this.waiting.push({
        done: (event) => {
          clearTimeout(timer);
          done(event);
        },
        failed: (error) => {
          clearTimeout(timer);
          failed(error);
        },
      });
    });
  }

  /** Like next, read. */
  async room(within?: number): Promise<PublicRoom> {
    return JSON.parse(await this.next(within)) as PublicRoom;
  }

  close(): void {
    this.controller.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    if (block.startsWith(':')) this.heartbeats++;
    const [, data] = /^event: room\ndata: (.*)$/.exec(block) ?? [];
    if (data === undefined) return;
    const reader = this.waiting.shift();
    if (reader) reader.done(data);
    else this.events.push(data);
  }

  private finish(): void {
    this.isOver = true;
    for (const reader of this.waiting.splice(0)) reader.failed(new Error('the stream has ended'));
  }
}
