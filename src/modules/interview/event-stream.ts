import { Readable } from 'node:stream';

/** Bytes that may wait for a reader beyond what its socket holds: the text of some ten events. */
const MOST_WAITING = 64 * 1024;
/** How long a page waits before it asks again for a stream that has ended. */
const RETRY_MS = 2000;
/** How long a reader has to take what is left when its stream ends. */
const LAST_READ_MS = 2000;

/**
 * Server-sent events to one reader. A reader that does not keep up is dropped: its page asks again, and gets the
 * present state, which is all that it wants to know.
 */
export class EventStream extends Readable {
  private over = false;

  constructor() {
    super({ highWaterMark: MOST_WAITING });
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  event(name: string, json: string): void {
    this.write(`event: ${name}\ndata: ${json}\n\n`);
  }

  /** Keeps the connection from being taken for dead, at both ends and between. */
  heartbeat(): void {
    this.write(':\n\n');
  }

  end(): void {
    if (this.over || this.destroyed) return;
    this.over = true;
    this.push(null);
    setTimeout(() => this.destroy(), LAST_READ_MS).unref();
  }

  override _read(): void {
    // what there is has been pushed
  }

  private write(text: string): void {
    if (this.over || this.destroyed) return;
    if (!this.push(text)) this.destroy();
  }
}
