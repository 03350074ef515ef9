import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Upstream, UpstreamAnswer } from '../upstream/upstream';
import { UpstreamFailure } from '../upstream/upstream-failure';
import { ZEGO_CODE, ZegoError } from './zego-error';

const SIGNATURE_VERSION = '2.0';
const NONCE_BYTES = 8;

const answerSchema = z.object({ Code: z.int(), Message: z.string().default('') });

export interface ZegoCredentials {
  appId: number;
  serverSecret: string;
}

/** ZEGO's server API: GET requests, signed in the query; what went wrong stands in the answer's Code. */
export class ZegoApi {
  constructor(
    private readonly upstream: Upstream,
    private readonly credentials: ZegoCredentials,
  ) {}

  /**
   * Puts everybody out of the room at ZEGO. A room that is not there is closed.
   * @throws {ZegoError} with ZEGO's code; {UpstreamFailure} when no answer came
   */
  async closeRoom(roomId: string): Promise<void> {
    const code = await this.call('CloseRoom', { RoomId: roomId });
    if (ZEGO_CODE.noRoom.some((known) => known === code)) return;
    if (code !== ZEGO_CODE.ok) throw new ZegoError(code, `CloseRoom`);
  }

  private async call(action: string, parameters: Record<string, string>): Promise<number> {
    const answer = await this.upstream.request({
      operation: action,
      method: 'GET',
      path: '/',
      query: { Action: action, ...this.signed(), ...parameters },
      // a nonce is good once: whoever repeats this signs it anew
      repeatable: false,
    });
    const code = this.codeOf(answer);
    this.upstream.answered(action, code === ZEGO_CODE.ok ? 'ok' : String(code));
    return code;
  }

  private signed(): Record<string, string | number> {
    const { appId, serverSecret } = this.credentials;
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const timestamp = Math.floor(Date.now() / 1000);
    return {
      AppId: appId,
      SignatureNonce: nonce,
      Timestamp: timestamp,
      Signature: createHash('md5').update(`${appId}${nonce}${serverSecret}${timestamp}`).digest('hex'),
      SignatureVersion: SIGNATURE_VERSION,
    };
  }

  private codeOf({ bytes }: UpstreamAnswer): number {
    const parsed = answerSchema.safeParse(json(bytes));
    if (!parsed.success)
      throw new UpstreamFailure(this.upstream.api, 'malformed', new Error(z.prettifyError(parsed.error)));
    return parsed.data.Code;
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
