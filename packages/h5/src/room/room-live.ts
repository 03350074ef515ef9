import { BackOff } from '../net/back-off';
import { ApiError } from '../net/http';
import type { RoomView } from './room';
import { fetchRoom, roomEventsUrl } from './room-api';

export interface RoomListener {
  /** the room as it is now: at first, and after each change */
  room(view: RoomView): void;
  missing(): void;
  /** whether the service answers at present */
  reachable(is: boolean): void;
}

/** How often a page asks that has no stream: what it shows is less than two seconds old, its answer's way included. */
const POLL_MS = 1500;
/** A stream whose first event has not come by then is held up by something between. */
const FIRST_EVENT_MS = 4000;
/** A connection that died without a word is found out by asking. */
const CHECK_MS = 30_000;

/**
 * A room as it changes: by its stream of events, and where that cannot be had by asking again and again.
 * Ends by itself when the room has ended or does not exist.
 */
export class RoomLive {
  private stream: EventSource | undefined;
  private streaming = false;
  private stopped = false;
  private shown = '';
  private readonly backOff = new BackOff(4000, 60_000);
  private readonly timers: Partial<
    Record<'poll' | 'firstEvent' | 'reopen' | 'check', ReturnType<typeof setTimeout>>
  > = {};

  constructor(
    private readonly roomId: string,
    private readonly listener: RoomListener,
  ) {}

  start(): void {
    void this.poll();
    this.openStream();
    window.addEventListener('online', this.refresh);
    window.addEventListener('offline', this.lost);
    document.addEventListener('visibilitychange', this.onVisible);
  }

  stop(): void {
    this.stopped = true;
    this.closeStream();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    window.removeEventListener('online', this.refresh);
    window.removeEventListener('offline', this.lost);
    document.removeEventListener('visibilitychange', this.onVisible);
  }

  /** Looks at once, and opens the stream anew. */
  readonly refresh = (): void => {
    if (this.stopped) return;
    this.backOff.reset();
    this.closeStream();
    void this.poll();
    this.openStream();
  };

  private readonly lost = (): void => {
    this.listener.reachable(false);
    this.streamFailed();
  };

  private readonly onVisible = (): void => {
    // a phone that was in a pocket: its stream may have been cut without a word
    if (document.visibilityState === 'visible') this.refresh();
  };

  private openStream(): void {
    this.closeStream();
    const stream = new EventSource(roomEventsUrl(this.roomId));
    this.stream = stream;
    this.set('firstEvent', () => this.streamFailed(), FIRST_EVENT_MS);
    stream.addEventListener('room', (event: MessageEvent<string>) => {
      if (stream !== this.stream) return;
      clearTimeout(this.timers.firstEvent);
      this.streaming = true;
      this.backOff.reset();
      clearTimeout(this.timers.poll);
      this.set('check', () => void this.check(), CHECK_MS);
      this.deliver(JSON.parse(event.data) as RoomView);
    });
    stream.addEventListener('error', () => stream === this.stream && this.streamFailed());
  }

  private closeStream(): void {
    this.streaming = false;
    this.stream?.close();
    this.stream = undefined;
    clearTimeout(this.timers.firstEvent);
    clearTimeout(this.timers.check);
    clearTimeout(this.timers.reopen);
  }

  private streamFailed(): void {
    this.closeStream();
    if (this.stopped) return;
    this.set('reopen', () => this.openStream(), this.backOff.next());
    void this.poll();
  }

  /** Asks now, and again for as long as there is no stream. */
  private async poll(): Promise<void> {
    clearTimeout(this.timers.poll);
    const wait = await this.look();
    if (!this.stopped && !this.streaming) this.set('poll', () => void this.poll(), wait);
  }

  /** Asks once; how long to wait before the next time. */
  private async look(): Promise<number> {
    const asked = Date.now();
    try {
      const view = await fetchRoom(this.roomId);
      // what the stream has told meanwhile is newer
      if (!this.stopped && !this.streaming) this.deliver(view);
    } catch (error) {
      return this.lookFailed(error);
    }
    return Math.max(0, POLL_MS - (Date.now() - asked));
  }

  private lookFailed(error: unknown): number {
    if (this.stopped || this.streaming) return POLL_MS;
    if (error instanceof ApiError && error.code === 'ROOM_NOT_FOUND') {
      this.stop();
      this.listener.missing();
      return POLL_MS;
    }
    // a service that asks for patience has answered
    const busy = error instanceof ApiError && error.code === 'RATE_LIMITED';
    if (!busy) this.listener.reachable(false);
    return error instanceof ApiError ? Math.max(POLL_MS, (error.retryAfter ?? 0) * 1000) : POLL_MS;
  }

  /** The stream against what the service says when it is asked: once they differ twice, the stream is dead. */
  private async check(): Promise<void> {
    this.set('check', () => void this.check(), CHECK_MS);
    const before = this.shown;
    const view = await fetchRoom(this.roomId).catch(() => undefined);
    if (this.stopped || !this.streaming || this.shown !== before) return;
    if (view === undefined || JSON.stringify(view) !== before) this.streamFailed();
  }

  private deliver(view: RoomView): void {
    this.listener.reachable(true);
    const text = JSON.stringify(view);
    if (text === this.shown) return;
    this.shown = text;
    if (view.status === 'ended') this.stop();
    this.listener.room(view);
  }

  private set(name: keyof typeof this.timers, work: () => void, ms: number): void {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(work, ms);
  }
}
