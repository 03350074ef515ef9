/** GET /api/zego/config: whether media can work here, and where. */
export interface MediaConfig {
  mode: 'zego' | 'sandbox';
  appId: number | null;
  /** what the SDK connects to */
  server: string | null;
}

/** The answer of POST /api/zego/generate-token and generate-guest-token. */
export interface MediaPass {
  token: string;
  appId: number;
  userId: string;
  roomId: string;
  /** seconds for which the token is good */
  expireTime: number;
}

/** What somebody else in the room sends. */
export interface RemotePicture {
  streamId: string;
  /** the key of the participant who sends it (room.ts), where their page has said so */
  owner: string | undefined;
  /** the name that the sender's app has given: of the mini-program's users, whose streams carry no key */
  ownerName: string | undefined;
  stream: MediaStream;
  camera: boolean;
  microphone: boolean;
}

export type MediaConnection = 'connecting' | 'connected' | 'broken';

export interface MediaListener {
  pictures(pictures: RemotePicture[]): void;
  connection(state: MediaConnection): void;
  /** the token is about to end, or is no longer taken */
  passWanted(): void;
}

/** What is to be sent: no tracks where somebody only listens. */
export interface Outgoing {
  stream: MediaStream;
  camera: boolean;
  microphone: boolean;
}

/**
 * The way of pictures and voices between the people of a room. Two implementations: ZEGO's, and the sandbox's, which
 * carries nothing. Neither captures anything: that is local-media.ts.
 */
export interface MediaLayer {
  readonly mode: MediaConfig['mode'];
  /** Enters the room, or enters it again after the connection was `broken`. */
  enter(pass: MediaPass): Promise<void>;
  /** Sends what there is; called again when tracks or their states have changed. */
  send(outgoing: Outgoing): Promise<void>;
  renew(pass: MediaPass): void;
  leave(): Promise<void>;
}
