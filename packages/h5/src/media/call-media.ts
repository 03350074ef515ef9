import { BackOff } from '../net/back-off';
import { ApiError } from '../net/http';
import { pause } from '../net/pause';
import type {
  MediaConfig,
  MediaConnection,
  MediaLayer,
  MediaListener,
  MediaPass,
  Outgoing,
  RemotePicture,
} from './media-layer';
import { renewAfterMs } from './pass-renewal';

export interface CallMediaState {
  mode: MediaConfig['mode'] | undefined;
  connection: MediaConnection;
  pictures: RemotePicture[];
}

export interface CallMediaNeeds {
  fetchConfig(): Promise<MediaConfig>;
  /** a token for this page's person; asked for at the start, before it ends, and after the connection was lost */
  fetchPass(): Promise<MediaPass>;
  openLayer(config: MediaConfig, listener: MediaListener): Promise<MediaLayer>;
  changed(state: CallMediaState): void;
}

/** The service says that this person is not, or no longer, to have video here: asking again is no use. */
const FINAL = new Set([
  'ROOM_ENDED',
  'ROOM_NOT_FOUND',
  'FORBIDDEN',
  'UNAUTHORIZED',
  'TOKEN_EXPIRED',
  'ACCOUNT_DISABLED',
]);

/** A connection that has held for less is made again after a wait: else what breaks at once would be tried without end. */
const STEADY_MS = 30_000;

/**
 * Keeps the media of one call going: connects, sends what the devices give, connects again for as long as the call
 * lasts, and has a new token in time.
 */
export class CallMedia {
  private state: CallMediaState = { mode: undefined, connection: 'connecting', pictures: [] };
  private layer: MediaLayer | undefined;
  private outgoing: Outgoing | undefined;
  private sending: Promise<void> = Promise.resolve();
  private connecting = false;
  private over = false;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private readonly backOff = new BackOff(1000, 30_000);
  private connectedAt = -Infinity;

  constructor(private readonly needs: CallMediaNeeds) {}

  start(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    void this.connect();
  }

  /** What is sent from now on. */
  send(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    if (this.state.connection === 'connected') this.sendNow();
  }

  /** Tries anew where it has given up: the service may say something else by now. */
  resume(): void {
    if (this.outgoing && this.state.connection === 'broken') void this.connect();
  }

  /** Connects although the same person is connected elsewhere: that page is put out. */
  takeBack(): void {
    if (this.state.connection === 'replaced') void this.connect();
  }

  async stop(): Promise<void> {
    this.over = true;
    clearTimeout(this.renewal);
    await this.layer?.leave().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.connecting || this.over) return;
    this.connecting = true;
    if (Date.now() - this.connectedAt < STEADY_MS) await pause(this.backOff.next());
    else this.backOff.reset();
    while (!this.over) {
      try {
        await this.enter();
        break;
      } catch (error) {
        this.change({ connection: 'broken' });
        if (error instanceof ApiError && FINAL.has(error.code)) break;
        await pause(this.backOff.next());
      }
    }
    this.connecting = false;
  }

  private async enter(): Promise<void> {
    const pass = await this.needs.fetchPass();
    if (this.over) return;
    // only now: whoever gets no token need not load the SDK
    const layer = (this.layer ??= await this.openLayer());
    if (!this.over) await layer.enter(pass);
    // stopped while the connection was being made
    if (this.over) return layer.leave();
    this.connectedAt = Date.now();
    this.renewIn(renewAfterMs(pass.expireTime));
    this.change({ connection: 'connected' });
    this.sendNow();
  }

  private async openLayer(): Promise<MediaLayer> {
    const config = await this.needs.fetchConfig();
    const layer = await this.needs.openLayer(config, {
      pictures: (pictures) => this.change({ pictures }),
      connection: (connection) => this.onConnection(connection),
      passWanted: () => void this.renew(),
    });
    this.change({ mode: layer.mode });
    return layer;
  }

  private onConnection(connection: MediaConnection): void {
    // while connecting, its outcome is what counts
    if (this.over || this.connecting) return;
    this.change({ connection });
    if (connection === 'broken') void this.connect();
    if (connection === 'replaced') clearTimeout(this.renewal);
  }

  private async renew(): Promise<void> {
    clearTimeout(this.renewal);
    try {
      const pass = await this.needs.fetchPass();
      if (this.over) return;
      this.layer?.renew(pass);
      this.renewIn(renewAfterMs(pass.expireTime));
    } catch (error) {
      if (!(error instanceof ApiError && FINAL.has(error.code))) this.renewIn(this.backOff.next());
    }
  }

  private renewIn(ms: number): void {
    clearTimeout(this.renewal);
    if (!this.over) this.renewal = setTimeout(() => void this.renew(), ms);
  }

  /** One after the other: each begins with what the one before has left. */
  private sendNow(): void {
    this.sending = this.sending.then(() => this.sendOutgoing());
  }

  private async sendOutgoing(): Promise<void> {
    if (this.over || !this.outgoing || !this.layer) return;
    await this.layer.send(this.outgoing).catch(() => this.onConnection('broken'));
  }

  private change(part: Partial<CallMediaState>): void {
    if (this.over) return;
    this.state = { ...this.state, ...part };
    this.needs.changed(this.state);
  }
}
