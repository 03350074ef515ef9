import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { AppError } from '../../common/errors/app-error';
import { LOGGER } from '../../common/logging/logging.module';
import { Metrics } from '../../common/metrics/metrics';
import { clientNetwork } from '../../common/rate-limit/client-network';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { EventStream } from './event-stream';
import { PUBLIC_FIELDS, type PublicRow, toPublicRoom } from './room-public.views';
import { ROOM, ROOM_INDEXES, type Room } from './room.schema';

const LOOK_MS = 1000;
/** Of a look: one whose answer gets lost must not keep everybody in the dark for as long as calls may take otherwise. */
const LONGEST_LOOK_MS = 3000;
const HEARTBEAT_MS = 15_000;
/** Then a stream ends and its page asks again, perhaps at another instance: connections that are long dead go by it. */
const LIFETIME_MS = 30 * 60_000;
/** Everybody in a room, with pages to spare that a network break has left behind. */
const MOST_OF_A_ROOM = 50;
/** An office behind one address; of IPv6, whatever of its network somebody uses. */
const MOST_OF_A_NETWORK = 100;

interface Watcher {
  stream: EventStream;
  /** of what was sent last */
  revision: number;
  endsAt: number;
}

/**
 * Tells pages that watch a room of each change of it. What changes here is shown at once; what other instances change is
 * found by one look a second at the revisions of all rooms that somebody watches here.
 */
@Injectable()
export class RoomEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rooms = new Map<string, Set<Watcher>>();
  /** streams by the network that they go to */
  private readonly networks = new Map<string, number>();
  private readonly mostStreams: number;
  private count = 0;
  private closed = false;
  private looking = false;
  private blind = false;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    @InjectCollection(ROOM) private readonly collection: Collection<Room>,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
    settings: Settings,
  ) {
    this.mostStreams = settings.env.INTERVIEW_STREAM_LIMIT;
    metrics.gauge('interview_streams', 'Pages that watch a room at this instance', async () => this.count);
  }

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => void this.look(), LOOK_MS),
      setInterval(() => this.beat(), HEARTBEAT_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  /** Streams would hold up a shutdown until its end: their pages go on at another instance, or at the next start. */
  onModuleDestroy(): void {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const { stream } of this.watchers()) stream.end();
  }

  /**
   * A stream of the room's public view: as it is now, then after each change, until the room has ended.
   * @throws {AppError} ROOM_NOT_FOUND; RATE_LIMITED beyond what a room or an address may have, SERVICE_UNAVAILABLE
   * beyond what this instance can
   */
  async open(roomId: string, address: string): Promise<EventStream> {
    const network = clientNetwork(address);
    this.requirePlace(roomId, network);
    const stream = new EventStream();
    // before the room is read: what changes meanwhile is told too
    this.add(roomId, network, stream);
    try {
      const room = await this.collection.findOne<PublicRow>({ roomId }, { projection: PUBLIC_FIELDS });
      if (!room) throw new AppError('ROOM_NOT_FOUND');
      this.show(room);
      return stream;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** Shows the room as it is to all who watch it here and have not seen it so yet. */
  show(room: PublicRow): void {
    const behind = [...(this.rooms.get(room.roomId) ?? [])].filter(
      ({ revision }) => revision < room.revision,
    );
    if (behind.length === 0) return;
    const json = JSON.stringify(toPublicRoom(room));
    for (const watcher of behind) {
      watcher.revision = room.revision;
      watcher.stream.event('room', json);
      if (room.status === 'ended') watcher.stream.end();
    }
  }

  /** A sign of life on every stream, and the end of those that are old by `now`. */
  beat(now = Date.now()): void {
    for (const { stream, endsAt } of this.watchers()) {
      if (now >= endsAt) stream.end();
      else stream.heartbeat();
    }
  }

  private requirePlace(roomId: string, network: string): void {
    if (this.closed) throw new AppError('SERVICE_UNAVAILABLE', { message: '服务正在关闭', retryAfter: 1 });
    if (this.count >= this.mostStreams)
      throw new AppError('SERVICE_UNAVAILABLE', { message: '实时连接已满，请稍后再试', retryAfter: 10 });
    const full =
      (this.rooms.get(roomId)?.size ?? 0) >= MOST_OF_A_ROOM ||
      (this.networks.get(network) ?? 0) >= MOST_OF_A_NETWORK;
    if (full) throw new AppError('RATE_LIMITED', { message: '实时连接太多，请稍后再试', retryAfter: 10 });
  }

  private add(roomId: string, network: string, stream: EventStream): void {
    const watcher = { stream, revision: -1, endsAt: Date.now() + LIFETIME_MS };
    const watchers = this.rooms.get(roomId) ?? new Set();
    this.rooms.set(roomId, watchers.add(watcher));
    this.networks.set(network, (this.networks.get(network) ?? 0) + 1);
    this.count++;
    stream.once('close', () => {
      this.count--;
      watchers.delete(watcher);
      if (watchers.size === 0) this.rooms.delete(roomId);
      const left = (this.networks.get(network) ?? 1) - 1;
      if (left > 0) this.networks.set(network, left);
      else this.networks.delete(network);
    });
  }

  private watchers(): Watcher[] {
    return [...this.rooms.values()].flatMap((watchers) => [...watchers]);
  }

  /** A database that is away leaves the streams as they are: what they miss meanwhile is found afterwards. */
  private async look(): Promise<void> {
    if (this.looking || this.rooms.size === 0) return;
    this.looking = true;
    try {
      const changed = await this.changedRooms();
      if (changed.length > 0) await this.fetch(changed);
      this.blind = false;
    } catch (error) {
      if (!this.blind) this.logger.warn({ err: error }, 'interview: rooms cannot be looked at');
      this.blind = true;
    } finally {
      this.looking = false;
    }
  }

  /** From the index alone. */
  private async changedRooms(): Promise<string[]> {
    const rows = await this.collection
      .find<Pick<Room, 'roomId' | 'revision'>>(
        { roomId: { $in: [...this.rooms.keys()] } },
        { projection: { _id: 0, roomId: 1, revision: 1 }, hint: ROOM_INDEXES.revisions, signal: inTime() },
      )
      .toArray();
    const isBehind = ({ roomId, revision }: Pick<Room, 'roomId' | 'revision'>) =>
      [...(this.rooms.get(roomId) ?? [])].some((watcher) => watcher.revision < revision);
    return rows.filter(isBehind).map(({ roomId }) => roomId);
  }

  private async fetch(roomIds: string[]): Promise<void> {
    const rows = this.collection.find<PublicRow>(
      { roomId: { $in: roomIds } },
      { projection: PUBLIC_FIELDS, signal: inTime() },
    );
    for (const room of await rows.toArray()) this.show(room);
  }
}

function inTime(): AbortSignal {
  return AbortSignal.timeout(LONGEST_LOOK_MS);
}
