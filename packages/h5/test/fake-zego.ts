import type { ZegoEngine, ZegoEvents, ZegoLocalStream, ZegoSource } from '../src/media/zego-engine';

/** Node has no media: streams of tracks that are but names. */
export class FakeStream {
  constructor(private readonly tracks: FakeTrack[] = []) {}

  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
}

/** Every copy knows of the others, so that a test can ask after them. */
export class FakeTrack {
  enabled = true;
  live = true;
  readonly copies: FakeTrack[] = [];

  constructor(
    readonly kind: 'video' | 'audio',
    readonly id: string,
  ) {}

  clone(): FakeTrack {
    const copy = new FakeTrack(this.kind, this.id);
    this.copies.push(copy);
    return copy;
  }

  stop(): void {
    this.live = false;
  }
}

export const video = (id: string) => new FakeTrack('video', id);
export const audio = (id: string) => new FakeTrack('audio', id);
export const streamOf = (...tracks: FakeTrack[]) => new FakeStream(tracks) as unknown as MediaStream;

/** ZEGO's engine as its documentation tells it, with every call noted. */
export class FakeZego implements ZegoEngine {
  readonly calls: string[] = [];
  /** answers of loginRoom, in turn; true when there are no more */
  logins: (boolean | Error | Promise<boolean>)[] = [];
  /** errors of startPlayingStream, in turn */
  playErrors: Error[] = [];
  updateErrorCode = 0;
  takesStreams = true;
  private readonly handlers: { [E in keyof ZegoEvents]?: ZegoEvents[E][] } = {};
  private streams = 0;
  private readonly tracks = new Map<ZegoLocalStream, MediaStreamTrack[]>();

  emit<E extends keyof ZegoEvents>(event: E, ...args: Parameters<ZegoEvents[E]>): void {
    for (const handler of this.handlers[event] ?? []) (handler as (...all: unknown[]) => void)(...args);
  }

  on<E extends keyof ZegoEvents>(event: E, handler: ZegoEvents[E]): boolean {
    (this.handlers[event] ??= [] as never).push(handler);
    return true;
  }

  async loginRoom(roomId: string, token: string, { userID }: { userID: string }): Promise<boolean> {
    this.calls.push(`login ${roomId} ${token} ${userID}`);
    const answer = await (this.logins.shift() ?? true);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  logoutRoom = (roomId: string) => void this.calls.push(`logout ${roomId}`);
  renewToken = (token: string, roomId: string) => this.note(`renew ${roomId} ${token}`);

  async createZegoStream({ custom }: { custom: ZegoSource }): Promise<ZegoLocalStream> {
    const name = `stream${++this.streams}`;
    const tracks = [custom.video, custom.audio].flatMap((part) => part?.source.getTracks() ?? []);
    this.calls.push(`create ${name} ${[custom.video, custom.audio].map(idOf).join(' ')}`);
    const stream = {
      startCaptureCustomVideo: async (source: { source: MediaStream }) => {
        this.calls.push(`capture ${name} ${idOf(source)}`);
        tracks.push(...source.source.getTracks());
        return { errorCode: 0 };
      },
    };
    this.tracks.set(stream, tracks);
    return stream;
  }

  /** As the real one does, it ends the tracks, whosever they are. */
  destroyStream = (stream: ZegoLocalStream) => {
    this.calls.push('destroy stream');
    for (const track of this.tracks.get(stream) ?? []) track.stop();
  };
  startPublishingStream = (_id: string, _stream: ZegoLocalStream, { extraInfo }: { extraInfo: string }) =>
    this.note(`publish ${extraInfo}`) && this.takesStreams;
  updatePublishingStream = async () => {
    this.calls.push('update video');
    return { errorCode: this.updateErrorCode };
  };
  stopPublishingStream = () => this.note('unpublish');
  mutePublishStreamVideo = (_stream: ZegoLocalStream, mute: boolean) => this.note(`mute video ${mute}`);
  mutePublishStreamAudio = (_stream: ZegoLocalStream, mute: boolean) => this.note(`mute audio ${mute}`);

  async startPlayingStream(streamId: string): Promise<MediaStream> {
    this.calls.push(`play ${streamId}`);
    const error = this.playErrors.shift();
    if (error) throw error;
    return streamOf(video(streamId));
  }

  stopPlayingStream = (streamId: string) => void this.calls.push(`stop ${streamId}`);
  destroyEngine = () => void this.calls.push('destroy engine');

  /** The calls since the last time that somebody asked. */
  taken(): string[] {
    return this.calls.splice(0);
  }

  private note(call: string): boolean {
    this.calls.push(call);
    return true;
  }
}

function idOf(source: { source: MediaStream } | undefined): string {
  return source?.source.getTracks()[0]?.id ?? '-';
}
