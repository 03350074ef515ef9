import { z } from 'zod';
import { UpstreamFailure } from '../upstream/upstream-failure';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../upstream/upstream';
import { type AccessToken, AccessTokens, type TokenStore, usableUntil } from './access-token';
import { ERRCODE, WechatError } from './wechat-error';

export interface WechatCredentials {
  appId: string;
  appSecret: string;
}

const refusal = z.object({ errcode: z.int(), errmsg: z.string().default('') });
const tokenAnswer = z.object({ access_token: z.string().min(1).max(512), expires_in: z.number().positive() });

const BUSY_TRIES = 3;
const BUSY_PAUSE_MS = 200;

/**
 * How WeChat is talked to, the same for mini-program and official account: JSON both ways, business errors inside of
 * a 200, an access token in the query, and -1 for "busy, come again".
 */
export class WechatApi {
  private readonly tokens: AccessTokens;

  constructor(
    private readonly upstream: Upstream,
    private readonly credentials: WechatCredentials,
    store: TokenStore,
  ) {
    this.tokens = new AccessTokens(credentials.appId, store, (replace) => this.fetchToken(replace));
  }

  get appId(): string {
    return this.credentials.appId;
  }

  /**
   * A request that the app's secret or nothing but the code in it authorises.
   * @throws {WechatError} with WeChat's errcode; {UpstreamFailure} when no answer came
   */
  async plain<T>(request: UpstreamRequest, answer: z.ZodType<T>): Promise<T> {
    return this.read(await this.patiently(() => this.exchange(request)), answer);
  }

  /** A request with the access token, repeated once with a new one where WeChat refuses the token. */
  async authorised<T>(request: UpstreamRequest, answer: z.ZodType<T>): Promise<T> {
    return this.read(await this.withToken(request), answer);
  }

  /** Like authorised, for an answer that is an image. */
  async image(request: UpstreamRequest): Promise<{ contentType: string; bytes: Buffer }> {
    const answer = await this.withToken(request);
    if (!answer.contentType.startsWith('image/')) throw this.malformed(`an image, not ${answer.contentType}`);
    return answer;
  }

  /** The app's own credentials, for the one request that carries the secret in its query. */
  get identity(): { appid: string; secret: string } {
    return { appid: this.credentials.appId, secret: this.credentials.appSecret };
  }

  private withToken(request: UpstreamRequest): Promise<UpstreamAnswer> {
    return this.patiently(async () => {
      const token = await this.tokens.get();
      try {
        return await this.exchange(withQuery(request, token));
      } catch (error) {
        if (!(error instanceof WechatError) || !error.isStaleToken) throw error;
        return await this.exchange(withQuery(request, await this.tokens.renew(token)));
      }
    });
  }

  /** Busy means that nothing was done, so that any request may come again. */
  private async patiently(exchange: () => Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await exchange();
      } catch (error) {
        const busy = error instanceof WechatError && error.errcode === ERRCODE.busy;
        if (!busy || tries === BUSY_TRIES) throw error;
        await new Promise((resume) => setTimeout(resume, BUSY_PAUSE_MS * tries * (0.5 + Math.random())));
      }
    }
  }

  private async exchange(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const answer = await this.upstream.request(request);
    const refused = answer.contentType.startsWith('image/')
      ? undefined
      : refusal.safeParse(json(answer)).data;
    const errcode = refused?.errcode ?? 0;
    this.upstream.answered(request.operation, errcode === 0 ? 'ok' : String(errcode));
    if (errcode !== 0) throw new WechatError(errcode, refused?.errmsg ?? '');
    return answer;
  }

  private async fetchToken(replace: boolean): Promise<AccessToken> {
    const { appid, secret } = this.identity;
    const answer = await this.plain(
      {
        operation: 'stable_token',
        method: 'POST',
        path: '/cgi-bin/stable_token',
        body: { grant_type: 'client_credential', appid, secret, force_refresh: replace },
        repeatable: !replace,
      },
      tokenAnswer,
    );
    return { value: answer.access_token, usableUntil: usableUntil(answer.expires_in) };
  }

  private read<T>(answer: UpstreamAnswer, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(json(answer));
    if (!parsed.success) throw this.malformed(z.prettifyError(parsed.error));
    return parsed.data;
  }

  private malformed(why: string): UpstreamFailure {
    return new UpstreamFailure(this.upstream.api, 'malformed', new Error(why));
  }
}

function withQuery(request: UpstreamRequest, token: string): UpstreamRequest {
  return { ...request, query: { ...request.query, access_token: token } };
}

function json(answer: UpstreamAnswer): unknown {
  try {
    return JSON.parse(answer.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
