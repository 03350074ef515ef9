import { BackOff } from '../net/back-off';
import type { RemotePicture } from './media-layer';
import type { ZegoEngine, ZegoStreamInfo } from './zego-engine';

interface Playing {
  owner: string | undefined;
  ownerName: string | undefined;
  picture?: RemotePicture;
  backOff: BackOff;
  retry?: ReturnType<typeof setTimeout>;
}

/** Plays whatever the others in a room send, for as long as they send it. */
export class ZegoPlayer {
  private readonly playing = new Map<string, Playing>();

  constructor(
    private readonly engine: ZegoEngine,
    private readonly show: (pictures: RemotePicture[]) => void,
  ) {
    engine.on('roomStreamUpdate', (_room, update, streams) => {
      for (const stream of streams) {
        if (update === 'ADD') this.add(stream);
        else this.remove(stream.streamID);
      }
    });
    engine.on('playerStateUpdate', ({ streamID, state, errorCode }) => {
      if (state === 'NO_PLAY' && errorCode !== 0) this.playLater(streamID);
    });
    engine.on('remoteCameraStatusUpdate', (id, status) => this.change(id, { camera: status === 'OPEN' }));
    engine.on('remoteMicStatusUpdate', (id, status) => this.change(id, { microphone: status === 'OPEN' }));
  }

  stop(): void {
    for (const id of this.playing.keys()) this.remove(id);
  }

  private add({ streamID, extraInfo, user }: ZegoStreamInfo): void {
    // after a reconnection streams are announced once more
    if (this.playing.has(streamID)) return;
    this.playing.set(streamID, {
      owner: ownerOf(extraInfo),
      ownerName: user.userName,
      backOff: new BackOff(1000, 15_000),
    });
    void this.play(streamID);
  }

  private async play(id: string): Promise<void> {
    try {
      const stream = await this.engine.startPlayingStream(id);
      const playing = this.playing.get(id);
      if (!playing) return this.engine.stopPlayingStream(id);
      playing.backOff.reset();
      const { owner, ownerName } = playing;
      const camera = stream.getVideoTracks().length > 0;
      playing.picture = { streamId: id, owner, ownerName, stream, camera, microphone: true };
      this.tell();
    } catch {
      this.playLater(id);
    }
  }

  private playLater(id: string): void {
    const playing = this.playing.get(id);
    if (!playing || playing.retry !== undefined) return;
    playing.retry = setTimeout(() => {
      playing.retry = undefined;
      if (this.playing.get(id) === playing) void this.play(id);
    }, playing.backOff.next());
  }

  private remove(id: string): void {
    const playing = this.playing.get(id);
    if (!playing) return;
    clearTimeout(playing.retry);
    this.playing.delete(id);
    this.engine.stopPlayingStream(id);
    this.tell();
  }

  private change(id: string, states: Partial<Pick<RemotePicture, 'camera' | 'microphone'>>): void {
    const playing = this.playing.get(id);
    if (!playing?.picture) return;
    playing.picture = { ...playing.picture, ...states };
    this.tell();
  }

  private tell(): void {
    this.show([...this.playing.values()].flatMap(({ picture }) => picture ?? []));
  }
}

/** What ZegoMedia has put there; pages of others may put anything. */
function ownerOf(extraInfo: string): string | undefined {
  try {
    const { owner } = JSON.parse(extraInfo) as { owner?: unknown };
    return typeof owner === 'string' ? owner : undefined;
  } catch {
    return undefined;
  }
}
