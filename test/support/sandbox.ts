import { SANDBOX_CREDENTIALS, type Sandbox, startSandbox } from '@homecare/platform-sandbox';

export interface SentMessage {
  channel: 'subscribe' | 'template';
  touser: string;
  templateId: string;
  data: Record<string, { value: string }>;
  at: string;
  page?: string;
}

export interface Fault {
  platform: 'wechat' | 'wechat-mp' | 'zego';
  route?: string;
  kind: 'error' | 'slow' | 'hang' | 'drop';
  count?: number;
  errcode?: number;
  status?: number;
  delayMs?: number;
  when?: 'after';
}

let codes = 0;

/** The platform sandbox on a port of its own, and the other side of its glass. */
export class PlatformSandbox {
  private constructor(private readonly sandbox: Sandbox) {}

  static async start(): Promise<PlatformSandbox> {
    return new PlatformSandbox(await startSandbox());
  }

  /** Settings of a service that takes the sandbox for the platforms. */
  get environment(): Record<string, string> {
    const { wechat, officialAccount, zego } = SANDBOX_CREDENTIALS;
    return {
      WECHAT_APP_ID: wechat.appId,
      WECHAT_APP_SECRET: wechat.appSecret,
      WECHAT_API_BASE_URL: `${this.sandbox.url}/wechat`,
      WECHAT_MP_APP_ID: officialAccount.appId,
      WECHAT_MP_APP_SECRET: officialAccount.appSecret,
      WECHAT_MP_TOKEN: officialAccount.token,
      WECHAT_MP_ENCODING_AES_KEY: officialAccount.encodingAesKey,
      WECHAT_MP_TEMPLATE_ID: 'tmpl_staff_notice',
      WECHAT_MP_BASE_URL: `${this.sandbox.url}/wechat-mp`,
      ZEGO_APP_ID: String(zego.appId),
      ZEGO_SERVER_SECRET: zego.serverSecret,
      ZEGO_API_BASE_URL: `${this.sandbox.url}/zego`,
      // so that a test need not wait for the queue
      JOBS_POLL_MS: '200',
    };
  }

  /** A code that wx.login gives to the person of that name, once. */
  loginCode(name: string): string {
    return `${name}.${++codes}`;
  }

  /** A code that the phone button gives for that number, once. */
  phoneCode(phone: string): string {
    return `${phone}.${++codes}`;
  }

  messages(): Promise<SentMessage[]> {
    return this.control('GET', 'messages') as Promise<SentMessage[]>;
  }

  calls(): Promise<{ platform: string; route: string; status?: number; errcode?: number }[]> {
    return this.control('GET', 'calls') as Promise<{ platform: string; route: string }[]>;
  }

  fault(fault: Fault): Promise<unknown> {
    return this.control('POST', 'faults', fault);
  }

  /** How many of the planned faults have not struck yet. */
  async faultsLeft(): Promise<number> {
    return ((await this.control('GET', 'faults')) as unknown[]).length;
  }

  /** WeChat pushes an event of the official account; what the service answered. */
  push(event: Record<string, unknown>): Promise<{ status: number; body: string }> {
    return this.control('POST', 'push', event) as Promise<{ status: number; body: string }>;
  }

  /** WeChat checks the address that events go to. */
  verify(): Promise<{ status: number; echoed: boolean }> {
    return this.control('POST', 'verify') as Promise<{ status: number; echoed: boolean }>;
  }

  pushEventsTo(eventUrl: string): Promise<unknown> {
    return this.control('POST', 'configure', { officialAccount: { eventUrl } });
  }

  /** Ends the access tokens: 42001 as expired, 40001 as replaced by somebody else. */
  expireTokens(errcode: 40001 | 42001 = 42001): Promise<unknown> {
    return this.control('POST', 'expire-tokens', { errcode });
  }

  /** The rooms that were closed at ZEGO. */
  closedRooms(): Promise<{ roomId: string; at: string }[]> {
    return this.control('GET', 'zego-closed') as Promise<{ roomId: string; at: string }[]>;
  }

  configure(configuration: Record<string, unknown>): Promise<unknown> {
    return this.control('POST', 'configure', configuration);
  }

  reset(): Promise<unknown> {
    return this.control('POST', 'reset');
  }

  stop(): Promise<void> {
    return this.sandbox.stop();
  }

  private async control(method: string, action: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.sandbox.url}/_control/${action}`, {
      method,
      ...(method === 'POST'
        ? { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } }
        : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox ${action}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
