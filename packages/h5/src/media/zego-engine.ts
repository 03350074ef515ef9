import { ZegoExpressEngine } from 'zego-express-engine-webrtc/esm';

/** What this page uses of ZEGO's engine, in its own words, so that the rest can be tried without it. */
export interface ZegoEngine {
  loginRoom(roomId: string, token: string, user: { userID: string }): Promise<boolean>;
  logoutRoom(roomId: string): void;
  renewToken(token: string, roomId: string): boolean;
  createZegoStream(source: { custom: ZegoSource }): Promise<ZegoLocalStream>;
  destroyStream(stream: ZegoLocalStream): void;
  startPublishingStream(streamId: string, stream: ZegoLocalStream, option: { extraInfo: string }): boolean;
  /** 0: the video, of what startCaptureCustomVideo has put into the stream since */
  updatePublishingStream(stream: ZegoLocalStream, update: 0): Promise<{ errorCode: number }>;
  stopPublishingStream(streamId: string): boolean;
  mutePublishStreamVideo(stream: ZegoLocalStream, mute: boolean): boolean;
  mutePublishStreamAudio(stream: ZegoLocalStream, mute: boolean): boolean;
  startPlayingStream(streamId: string): Promise<MediaStream>;
  stopPlayingStream(streamId: string): void;
  destroyEngine(): void;
  on<E extends keyof ZegoEvents>(event: E, handler: ZegoEvents[E]): boolean;
}

export interface ZegoSource {
  video?: { source: MediaStream };
  audio?: { source: MediaStream };
}

export interface ZegoLocalStream {
  startCaptureCustomVideo(video: { source: MediaStream }): Promise<{ errorCode: number }>;
}

export interface ZegoStreamInfo {
  streamID: string;
  user: { userName?: string };
  extraInfo: string;
}

export interface ZegoStreamState {
  streamID: string;
  /** NO_PLAY, PLAY_REQUESTING, PLAYING; NO_PUBLISH, PUBLISH_REQUESTING, PUBLISHING */
  state: string;
  errorCode: number;
}

export interface ZegoEvents {
  /** reason: LOGINED, RECONNECTING, RECONNECTED, RECONNECT_FAILED, LOGIN_FAILED, KICKOUT, … */
  roomStateChanged(roomId: string, reason: string): void;
  roomStreamUpdate(roomId: string, update: 'ADD' | 'DELETE', streams: ZegoStreamInfo[]): void;
  playerStateUpdate(result: ZegoStreamState): void;
  publisherStateUpdate(result: ZegoStreamState): void;
  remoteCameraStatusUpdate(streamId: string, status: 'OPEN' | 'MUTE'): void;
  remoteMicStatusUpdate(streamId: string, status: 'OPEN' | 'MUTE'): void;
  tokenWillExpire(roomId: string): void;
}

/** Calls of a few people, on phones: ZEGO's scenario of that name. */
const STANDARD_VIDEO_CALL = 4;

export function openZegoEngine(appId: number, server: string): ZegoEngine {
  // neither the console nor ZEGO's log server is to be told of each step
  ZegoExpressEngine.presetLogConfig({ logLevel: 'error', remoteLogLevel: 'disable' });
  const engine = new ZegoExpressEngine(appId, server, { scenario: STANDARD_VIDEO_CALL });
  // its streams have private parts, which nobody here looks into
  return engine as unknown as ZegoEngine;
}
