import type { ZegoEngine, ZegoEvents, ZegoLocalStream, ZegoSource } from '../src/media/zego-engine';

/** Node has no media: streams of tracks that are but names. */
export class FakeStream {
  constructor(private readonly tracks: FakeTrack[] = []) {}

  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
}

export interface FakeTrack {
  kind: 'video' | 'audio';
  id: string;
}

export const video = (id: string): FakeTrack => ({ kind: 'video', id });
export const audio = (id: string): FakeTrack => ({ kind: 'audio', id });
export const streamOf = (...tracks: FakeTrack[]) => new FakeStream(tracks) as unknown as MediaStream;

/** ZEGO's engine as its documentation tells it, with every call noted. */
export class FakeZego implements ZegoEngine {
  readonly calls: string[] = [];
  /** answers of loginRoom, in turn; true when there are no more */
  logins: (boolean | Error | Promise<boolean>)[] = [];
  /** errors of startPlayingStream, in turn */
  playErrors: Error[] = [];
  updateErrorCode = 0;
  private readonly handlers: { [E in keyof ZegoEvents]?: ZegoEvents[E][] } = {};
  private streams = 0;

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
    this.calls.push(`create ${name} ${[custom.video, custom.audio].map(idOf).join(' ')}`);
    return {
      startCaptureCustomVideo: async (source) => {
        this.calls.push(`capture ${name} ${idOf(source)}`);
        return { errorCode: 0 };
      },
    };
  }

  destroyStream = () => void this.calls.push('destroy stream');
  startPublishingStream = (_id: string, _stream: ZegoLocalStream, { extraInfo }: { extraInfo: string }) =>
    this.note(`publish ${extraInfo}`);
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
