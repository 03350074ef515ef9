import {
  type MerchantAccount,
  SANDBOX_CREDENTIALS,
  startSandbox,
  type Sandbox,
  type SandboxOptions,
} from '../../src';

export type Json = Record<string, unknown>;

interface Reply {
  status: number;
  contentType: string;
  bytes: Buffer;
  json: Json;
}

/** What a platform's prefix needs for an access token. */
const ACCOUNTS = {
  wechat: SANDBOX_CREDENTIALS.wechat,
  'wechat-mp': SANDBOX_CREDENTIALS.officialAccount,
} as const;

type Prefix = keyof typeof ACCOUNTS;

/** A sandbox and the calls that a service and a test make of it. */
export class Platforms {
  private constructor(private readonly sandbox: Sandbox) {}

  static async start(options?: SandboxOptions): Promise<Platforms> {
    // keys take a moment to be made: those who pay ask for them
    return new Platforms(await startSandbox({ wechatPay: false, ...options }));
  }

  get url(): string {
    return this.sandbox.url;
  }

  /** The merchant's account, where there is a WeChat Pay. */
  get merchant(): MerchantAccount {
    if (!this.sandbox.wechatPay) throw new Error('started without WeChat Pay');
    return this.sandbox.wechatPay;
  }

  stop(): Promise<void> {
    return this.sandbox.stop();
  }

  async request(path: string, init?: RequestInit): Promise<Reply> {
    const response = await fetch(this.url + path, init);
    const contentType = response.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await response.arrayBuffer());
    const json = contentType.startsWith('application/json') ? (JSON.parse(bytes.toString()) as Json) : {};
    return { status: response.status, contentType, bytes, json };
  }

  async get(path: string, query: Record<string, string> = {}): Promise<Json> {
    return (await this.request(`${path}?${new URLSearchParams(query).toString()}`)).json;
  }

  async post(path: string, body: unknown, query: Record<string, string> = {}): Promise<Json> {
    const address = `${path}?${new URLSearchParams(query).toString()}`;
    return (await this.request(address, { method: 'POST', body: JSON.stringify(body) })).json;
  }

  tokenRequest(prefix: Prefix, changes: Json = {}): Promise<Json> {
    const { appId, appSecret } = ACCOUNTS[prefix];
    const body = { grant_type: 'client_credential', appid: appId, secret: appSecret, ...changes };
    return this.post(`/${prefix}/cgi-bin/stable_token`, body);
  }

  async token(prefix: Prefix): Promise<string> {
    return (await this.tokenRequest(prefix))['access_token'] as string;
  }

  /** A POST with a good token. */
  async call(prefix: Prefix, route: string, body: unknown): Promise<Json> {
    return this.post(`/${prefix}${route}`, body, { access_token: await this.token(prefix) });
  }

  login(changes: Record<string, string>): Promise<Json> {
    const { appId, appSecret } = SANDBOX_CREDENTIALS.wechat;
    const query = { appid: appId, secret: appSecret, grant_type: 'authorization_code', ...changes };
    return this.get('/wechat/sns/jscode2session', query);
  }

  /** An order at `/_control`. */
  async order(name: string, body?: Json): Promise<Json> {
    return (await this.orderReply(name, body)).json;
  }

  orderReply(name: string, body: Json = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.request(`/_control/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** A record at `/_control`. */
  async records(name: string): Promise<Json[]> {
    return (await this.request(`/_control/${name}`)).json as unknown as Json[];
  }
}

let nonces = 0;

/** A code that was never used. */
export const freshCode = (owner: string): string => `${owner}.n${nonces++}`;
