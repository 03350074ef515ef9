import type { z } from 'zod';
import { z as zod } from 'zod';
import type { WechatPaySettings } from '../../config/wechat-pay-settings';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../upstream/upstream';
import { UpstreamFailure } from '../upstream/upstream-failure';
import { openCertificates, type PlatformKey, PlatformKeys } from './platform-keys';
import { authorization } from './signatures';
import { faultOf, isSigned } from './signed-message';
import { WechatPayError } from './wechat-pay-error';

const refusal = zod.object({ code: zod.string(), message: zod.string().default('') });
/** An answer that cannot be believed, a probe perhaps, is asked for again. */
const MOST_UNBELIEVED = 3;

export type PayRequest = Omit<UpstreamRequest, 'headers' | 'readsRefusals'>;

/** How WeChat Pay is talked to: every request signed, every answer's signature checked, errors named by a code. */
export class WechatPayApi {
  readonly keys: PlatformKeys;

  constructor(
    private readonly upstream: Upstream,
    private readonly settings: WechatPaySettings,
  ) {
    this.keys = new PlatformKeys(settings.publicKey, () => this.certificates());
  }

  /**
   * @throws {WechatPayError} with WeChat Pay's own code
   * @throws {UpstreamFailure} when no answer came that can be believed
   */
  async call<T>(request: PayRequest, answer: z.ZodType<T>): Promise<T> {
    const { bytes } = await this.believed(request);
    const parsed = answer.safeParse(json(bytes));
    if (!parsed.success) throw this.malformed(zod.prettifyError(parsed.error));
    return parsed.data;
  }

  /** Like call, where success says nothing but that. */
  async command(request: PayRequest): Promise<void> {
    await this.believed(request);
  }

  /** A file, whose answer alone is not signed: its hash has come with a signed one. */
  async download(request: PayRequest): Promise<Buffer> {
    return this.sound(request, await this.exchange(request)).bytes;
  }

  private async believed(request: PayRequest): Promise<UpstreamAnswer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.exchange(request);
      const header = (name: string): string | null => answer.headers.get(name);
      // some refusals come from before the place where answers are signed
      const mayBeUnsigned = answer.status >= 400 && !isSigned(header);
      const fault = mayBeUnsigned ? null : await faultOf(header, answer.bytes.toString('utf8'), this.keys);
      if (fault === null) return this.sound(request, answer);
      this.upstream.answered(request.operation, 'unbelievable');
      if (tries === MOST_UNBELIEVED || !request.repeatable) throw this.malformed(`the answer is ${fault}`);
    }
  }

  private sound(request: PayRequest, answer: UpstreamAnswer): UpstreamAnswer {
    if (answer.status < 400) {
      this.upstream.answered(request.operation, 'ok');
      return answer;
    }
    const { code, message } = refusal.safeParse(json(answer.bytes)).data ?? {
      code: `HTTP_${answer.status}`,
      message: '',
    };
    this.upstream.answered(request.operation, code);
    throw new WechatPayError(answer.status, code, message);
  }

  private exchange(request: PayRequest): Promise<UpstreamAnswer> {
    const { publicKey } = this.settings;
    return this.upstream.request({
      ...request,
      readsRefusals: true,
      headers: (sent) => ({
        accept: 'application/json',
        'user-agent': 'homecare-backend',
        authorization: authorization(sent, this.settings),
        // asks for answers that are signed with the key that we have
        ...(publicKey ? { 'wechatpay-serial': publicKey.id } : {}),
      }),
    });
  }

  /** What is opened with our own APIv3 key comes from WeChat Pay; the answer's signature must fit what is in it all the same. */
  private async certificates(): Promise<ReadonlyMap<string, PlatformKey>> {
    const request: PayRequest = {
      operation: 'certificates',
      method: 'GET',
      path: '/v3/certificates',
      repeatable: true,
    };
    const answer = this.sound(request, await this.exchange(request));
    const keys = this.opened(answer);
    const known = new PlatformKeys(this.settings.publicKey, () => Promise.resolve(keys));
    const header = (name: string): string | null => answer.headers.get(name);
    const fault = await faultOf(header, answer.bytes.toString('utf8'), known);
    if (fault !== null) throw this.malformed(`the certificates are ${fault}`);
    return keys;
  }

  private opened(answer: UpstreamAnswer): Map<string, PlatformKey> {
    try {
      return openCertificates(json(answer.bytes), this.settings.apiV3Key);
    } catch (error) {
      throw this.malformed('certificates that cannot be opened', error);
    }
  }

  private malformed(why: string, cause?: unknown): UpstreamFailure {
    return new UpstreamFailure(this.upstream.api, 'malformed', new Error(why, { cause }));
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
