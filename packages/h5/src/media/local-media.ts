import { causeOf, type MediaProblem } from './media-problem';

/** How somebody takes part: with picture and voice, with voice alone, or only listening. */
export type TakingPart = 'video' | 'audio' | 'listen';

/** What the devices do at present; `problem` is why something that was wanted is not there. */
export interface LocalState {
  stream: MediaStream;
  camera: boolean;
  microphone: boolean;
  cameras: number;
  problem: MediaProblem | undefined;
}

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 20 },
};
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/**
 * Camera and microphone of this device. A camera that is turned off is let go of, so that its light goes out; a
 * microphone is only muted, since taking it up again may interrupt the sound on phones.
 */
export class LocalMedia {
  private stream = new MediaStream();
  private cameras = 0;
  private facing: 'user' | 'environment' = 'user';
  private problem: MediaProblem | undefined;
  /** raised when all devices are let go of: what somebody allows after that is no longer wanted */
  private wish = 0;

  constructor(private readonly changed: (state: LocalState) => void) {}

  get state(): LocalState {
    const { stream, cameras, problem } = this;
    return {
      stream,
      cameras,
      problem,
      camera: this.video !== undefined,
      microphone: this.audio?.enabled === true,
    };
  }

  /** Asks for what is wanted; what then is missing, and why, is in `problem`. */
  async open(wanted: Exclude<TakingPart, 'listen'>): Promise<LocalState> {
    this.close();
    const unusable = unusableBecause();
    if (unusable) return this.tell(unusable);
    const { wish } = this;
    const both = await this.capture({
      audio: AUDIO,
      ...(wanted === 'video' ? { video: this.videoWanted() } : {}),
    });
    if (wish !== this.wish) return this.state;
    if (both instanceof MediaStream) this.take(both);
    else if (wanted === 'video' && both.cause !== 'refused') await this.openSingly(both);
    else return this.tell({ ...both, device: wanted === 'video' ? 'both' : 'microphone' });
    await this.countCameras();
    return this.tell(this.problem);
  }

  /** One of the two is missing or busy: the other may still work. */
  private async openSingly(both: Pick<MediaProblem, 'cause'>): Promise<void> {
    const { wish } = this;
    const audio = await this.capture({ audio: AUDIO });
    const video = await this.capture({ video: this.videoWanted() });
    if (wish !== this.wish) return;
    for (const got of [audio, video]) if (got instanceof MediaStream) this.take(got);
    if (!this.video && !this.audio) this.problem = { ...both, device: 'both' };
    else if (!(video instanceof MediaStream)) this.problem = { ...video, device: 'camera' };
    else if (!(audio instanceof MediaStream)) this.problem = { ...audio, device: 'microphone' };
  }

  setMicrophone(on: boolean): void {
    const { audio } = this;
    if (audio) audio.enabled = on;
    else if (on) void this.add('microphone', { audio: AUDIO });
    this.tell(this.problem);
  }

  async setCamera(on: boolean): Promise<void> {
    if (on && !this.video) return this.add('camera', { video: this.videoWanted() });
    if (!on) this.drop(this.video);
    this.tell(undefined);
  }

  /** To the camera at the other side of a phone, or the next one of a computer. */
  async switchCamera(): Promise<void> {
    const current = this.video?.getSettings();
    // phones open one camera at a time
    this.drop(this.video);
    if (current?.facingMode) {
      this.facing = this.facing === 'user' ? 'environment' : 'user';
      return this.add('camera', { video: this.videoWanted() });
    }
    const cameras = await videoInputs();
    const at = cameras.findIndex(({ deviceId }) => deviceId === current?.deviceId);
    const deviceId = cameras[(at + 1) % Math.max(1, cameras.length)]?.deviceId;
    return this.add('camera', {
      video: { ...VIDEO, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) },
    });
  }

  /** Lets go of all devices. */
  close(): void {
    this.wish++;
    for (const track of this.stream.getTracks()) this.drop(track);
    this.problem = undefined;
  }

  private get video(): MediaStreamTrack | undefined {
    return this.stream.getVideoTracks()[0];
  }

  private get audio(): MediaStreamTrack | undefined {
    return this.stream.getAudioTracks()[0];
  }

  private videoWanted(): MediaTrackConstraints {
    return { ...VIDEO, facingMode: { ideal: this.facing } };
  }

  private async add(device: 'camera' | 'microphone', constraints: MediaStreamConstraints): Promise<void> {
    const { wish } = this;
    const got = unusableBecause() ?? (await this.capture(constraints));
    if (wish !== this.wish) return;
    if (got instanceof MediaStream) this.take(got);
    await this.countCameras();
    this.tell(got instanceof MediaStream ? undefined : { ...got, device });
  }

  private take(got: MediaStream): void {
    for (const track of got.getTracks()) {
      // a second answer to a button that was pressed twice
      for (const old of this.stream.getTracks()) if (old.kind === track.kind) this.drop(old);
      track.addEventListener('ended', () => {
        this.drop(track);
        this.tell({ cause: 'busy', device: track.kind === 'video' ? 'camera' : 'microphone' });
      });
      this.stream.addTrack(track);
    }
  }

  private drop(track: MediaStreamTrack | undefined): void {
    if (!track) return;
    track.stop();
    this.stream.removeTrack(track);
  }

  /** Asks the browser, which may ask its person; what is allowed too late is let go of at once. */
  private async capture(
    constraints: MediaStreamConstraints,
  ): Promise<MediaStream | Pick<MediaProblem, 'cause'>> {
    const { wish } = this;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      if (wish !== this.wish) for (const track of stream.getTracks()) track.stop();
      return stream;
    } catch (error) {
      return { cause: causeOf(error) };
    }
  }

  private async countCameras(): Promise<void> {
    this.cameras = (await videoInputs()).length;
  }

  private tell(problem: MediaProblem | undefined): LocalState {
    this.problem = problem;
    const { state } = this;
    this.changed(state);
    return state;
  }
}

/** Browsers give cameras to pages of https and of this machine only; some apps' browsers to none. */
function unusableBecause(): MediaProblem | undefined {
  if (!window.isSecureContext) return { cause: 'insecure', device: 'both' };
  return navigator.mediaDevices === undefined ? { cause: 'unsupported', device: 'both' } : undefined;
}

async function videoInputs(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter(({ kind }) => kind === 'videoinput');
}
