import { pause } from '../net/pause';
import type { MediaLayer, MediaListener, MediaPass, Outgoing } from './media-layer';
import type { ZegoEngine, ZegoLocalStream, ZegoSource } from './zego-engine';
import { ZegoPlayer } from './zego-player';

const LOGIN_TIMEOUT_MS = 15_000;
/** After these the SDK has given up, and the page begins anew with another token. */
const GIVEN_UP = new Set(['LOGIN_FAILED', 'RECONNECT_FAILED', 'KICKOUT']);

interface SentTrack {
  own: MediaStreamTrack;
  copy: MediaStreamTrack;
}

interface Published {
  id: string;
  stream: ZegoLocalStream;
  video: SentTrack | undefined;
  audio: SentTrack | undefined;
}

/**
 * ZEGO's cloud. Nobody's name is told to it: a stream carries the key by which the page finds its owner in the room's
 * list (room.ts).
 */
export class ZegoMedia implements MediaLayer {
  readonly mode = 'zego';
  private pass: MediaPass | undefined;
  private published: Published | undefined;
  private over = false;
  private readonly player: ZegoPlayer;

  constructor(
    private readonly engine: ZegoEngine,
    /** the key of the participant whose page this is */
    private readonly self: string,
    private readonly listener: MediaListener,
  ) {
    this.player = new ZegoPlayer(engine, (pictures) => listener.pictures(pictures));
    engine.on('roomStateChanged', (_room, reason) => this.onStateChanged(reason));
    engine.on('publisherStateUpdate', ({ streamID, state, errorCode }) => {
      if (streamID === this.published?.id && state === 'NO_PUBLISH' && errorCode !== 0)
        this.listener.connection('broken');
    });
    engine.on('tokenWillExpire', () => this.listener.passWanted());
  }

  async enter(pass: MediaPass): Promise<void> {
    this.withdraw();
    this.pass = pass;
    this.listener.connection('connecting');
    const login = this.engine.loginRoom(pass.roomId, pass.token, { userID: pass.userId });
    const entered = await Promise.race([login, pause(LOGIN_TIMEOUT_MS).then(() => false)]);
    if (!entered) throw new Error('ZEGO has not let this page in');
    this.listener.connection('connected');
  }

  async send({ stream, camera, microphone }: Outgoing): Promise<void> {
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    const before = this.published;
    if (audio && audio !== before?.audio?.own) await this.publish(video, audio);
    // a camera that is off has no track: what was sent before goes on, muted
    else if (video && video !== before?.video?.own && !(await this.replaceVideo(before, video)))
      await this.publish(video, audio);
    if (this.published) this.mute(this.published, { camera, microphone });
  }

  renew(pass: MediaPass): void {
    this.pass = pass;
    this.engine.renewToken(pass.token, pass.roomId);
  }

  async leave(): Promise<void> {
    if (this.over) return;
    this.over = true;
    this.withdraw();
    this.engine.destroyEngine();
  }

  private async publish(
    video: MediaStreamTrack | undefined,
    audio: MediaStreamTrack | undefined,
  ): Promise<void> {
    this.unpublish();
    const sent = { video: video && copyOf(video), audio: audio && copyOf(audio) };
    const stream = await this.engine.createZegoStream({ custom: sourceOf(sent) });
    const id = `${this.pass?.roomId ?? ''}-${randomSuffix()}`;
    this.published = { id, stream, ...sent };
    const extraInfo = JSON.stringify({ owner: this.self });
    if (!this.engine.startPublishingStream(id, stream, { extraInfo }))
      throw new Error('ZEGO does not take what is to be sent');
  }

  /** Without interrupting the voice; false where there was no picture before, or the engine cannot. */
  private async replaceVideo(published: Published | undefined, video: MediaStreamTrack): Promise<boolean> {
    if (!published?.video) return false;
    const sent = copyOf(video);
    try {
      await published.stream.startCaptureCustomVideo({ source: new MediaStream([sent.copy]) });
      const { errorCode } = await this.engine.updatePublishingStream(published.stream, 0);
      if (errorCode !== 0) return false;
      published.video.copy.stop();
      published.video = sent;
      return true;
    } catch {
      return false;
    }
  }

  private mute({ stream, video, audio }: Published, { camera, microphone }: Omit<Outgoing, 'stream'>): void {
    if (video) {
      this.engine.mutePublishStreamVideo(stream, !camera);
      video.copy.enabled = camera;
      // its light goes out
      if (!camera) video.copy.stop();
    }
    if (audio) {
      this.engine.mutePublishStreamAudio(stream, !microphone);
      audio.copy.enabled = microphone;
    }
  }

  private unpublish(): void {
    if (!this.published) return;
    this.engine.stopPublishingStream(this.published.id);
    this.engine.destroyStream(this.published.stream);
    this.published = undefined;
  }

  private withdraw(): void {
    this.player.stop();
    this.unpublish();
    if (this.pass) this.engine.logoutRoom(this.pass.roomId);
    this.pass = undefined;
  }

  private onStateChanged(reason: string): void {
    if (GIVEN_UP.has(reason)) this.listener.connection('broken');
    else if (reason === 'RECONNECTING') this.listener.connection('connecting');
    else if (reason === 'RECONNECTED') this.listener.connection('connected');
  }
}

/** The engine ends the tracks of what it destroys, and this page's own are to live on: so it gets copies. */
function copyOf(own: MediaStreamTrack): SentTrack {
  return { own, copy: own.clone() };
}

function sourceOf({ video, audio }: Pick<Published, 'video' | 'audio'>): ZegoSource {
  return {
    ...(video ? { video: { source: new MediaStream([video.copy]) } } : {}),
    ...(audio ? { audio: { source: new MediaStream([audio.copy]) } } : {}),
  };
}

/** Stream ids are the whole app's: this one is nobody else's. */
function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
