import type { PlatformAnswer, PlatformRequest, PlatformRoute } from '../platform/platform';
import { AccessTokens } from './access-tokens';
import { jsonBody, type JsonObject } from './body';
import { MinuteQuota } from './minute-quota';
import { refusal } from './refusals';

/** Calls of stable_token a minute. */
const TOKEN_CALLS_PER_MINUTE = 10_000;

export interface AccountCredentials {
  appId: string;
  appSecret: string;
}

/** An account that is known by an appid and a secret: a mini-program, an official account. */
export class Account<Credentials extends AccountCredentials> {
  readonly tokens = new AccessTokens();
  private readonly tokenCalls = new MinuteQuota(TOKEN_CALLS_PER_MINUTE, 45011);

  constructor(readonly credentials: Credentials) {}

  /** stable_token and token, which every account has. */
  readonly tokenRoutes: readonly PlatformRoute[] = [
    {
      method: 'POST',
      path: '/cgi-bin/stable_token',
      handle: ({ body }) => this.stableToken(jsonBody(body)),
    },
    {
      method: 'GET',
      path: '/cgi-bin/token',
      handle: ({ query }) => {
        this.identify(query, 'client_credential');
        return { ...this.tokens.issueClassic() };
      },
    },
  ];

  /** A POST that needs an access token. */
  post(path: string, handle: (body: JsonObject) => PlatformAnswer): PlatformRoute {
    return this.guarded('POST', path, ({ body }) => handle(jsonBody(body)));
  }

  /** A GET that needs an access token. */
  get(path: string, handle: (query: PlatformRequest['query']) => PlatformAnswer): PlatformRoute {
    return this.guarded('GET', path, ({ query }) => handle(query));
  }

  /** @throws Refusal 40002, 41002, 40013, 41004, 40125 when the caller is not this account */
  identify(claims: JsonObject, grantType: string): void {
    if (claims['grant_type'] !== grantType) throw refusal(40002);
    if (!claims['appid']) throw refusal(41002);
    if (claims['appid'] !== this.credentials.appId) throw refusal(40013);
    if (!claims['secret']) throw refusal(41004);
    if (claims['secret'] !== this.credentials.appSecret) throw refusal(40125);
  }

  reset(): void {
    this.tokens.reset();
    this.tokenCalls.reset();
  }

  private stableToken(body: JsonObject): PlatformAnswer {
    this.tokenCalls.use();
    this.identify(body, 'client_credential');
    const forced = body['force_refresh'] ?? false;
    if (typeof forced !== 'boolean') throw refusal(47001);
    return { ...(forced ? this.tokens.forceStable() : this.tokens.issueStable()) };
  }

  private guarded(
    method: 'GET' | 'POST',
    path: string,
    handle: (request: PlatformRequest) => PlatformAnswer,
  ): PlatformRoute {
    return {
      method,
      path,
      handle: (request) => {
        this.tokens.check(request.query['access_token']);
        return handle(request);
      },
    };
  }
}
