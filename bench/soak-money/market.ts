import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export interface Member {
  id: number;
  token: string;
}

interface Answer {
  status: number;
  // the parsed JSON
  body: { code: number; data: Record<string, unknown> | null };
}

const MOST_TRIES = 60;
const PAUSE_MS = 2_000;

/** The marketplace as its mini-program uses it: what fails is tried again, under the same key. */
export class MarketClient {
  /** how often something had to be tried again */
  repeats = 0;
  readonly latencies: number[] = [];

  constructor(private readonly url: string) {}

  async register(name: string, phone: string): Promise<Member> {
    for (let tries = 1; ; tries += 1) {
      const body = { login_code: `${name}.${randomUUID()}`, phone_code: `${phone}.${randomUUID()}` };
      const response = await fetch(`${this.url}/wechat/user/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => null);
      if (response?.status === 200) {
        const { data } = (await response.json()) as { data: { user_info: { id: number } } };
        return { id: data.user_info.id, token: response.headers.get('authorization') ?? '' };
      }
      if (tries === MOST_TRIES) throw new Error(`registering failed: ${String(response?.status)}`);
      await pause(PAUSE_MS);
    }
  }

  /** A POST that is repeated until it is answered for good. */
  async post(member: Member, path: string, body: object, key: string = randomUUID()): Promise<Answer> {
    const begun = performance.now();
    for (let tries = 1; ; tries += 1) {
      const answer = await this.once(member, path, body, key);
      if (answer && answer.status < 500 && !isUnderWay(answer)) {
        if (tries === 1) this.latencies.push(performance.now() - begun);
        return answer;
      }
      if (tries === MOST_TRIES) throw new Error(`${path}: ${String(answer?.status)}`);
      this.repeats += 1;
      await pause(PAUSE_MS);
    }
  }

  private async once(member: Member, path: string, body: object, key: string): Promise<Answer | null> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: member.token,
        user_id: String(member.id),
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (!response) return null;
    const parsed = (await response.json().catch(() => null)) as Answer['body'] | null;
    return parsed && { status: response.status, body: parsed };
  }
}

/** The first attempt is still running, or has died and holds its key for a minute. */
function isUnderWay({ status, body }: Answer): boolean {
  return status === 409 && JSON.stringify(body.data).includes('正在处理');
}
