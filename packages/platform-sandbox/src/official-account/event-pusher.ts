import { randomBytes, randomInt } from 'node:crypto';
import type { OfficialAccountCredentials } from '../credentials';
import { encryptMessage, signatureOf } from './push-signature';
import { xml } from './xml';

export interface PushedEvent {
  fromUserName: string;
  event: string;
  eventKey: string;
  /** Of the code that was scanned. */
  ticket?: string | undefined;
  /** Encrypted, as an account in 安全模式 is served. */
  aes: boolean;
}

export interface Delivery {
  /** 0: nobody answered. */
  status: number;
  body: string;
  /** How often it was posted. */
  attempts: number;
  /** Why nobody answered. */
  error?: string;
}

/** WeChat closes the connection after 5 s, and posts an event three times in all. */
const ANSWER_WITHIN_MS = 5000;
const ATTEMPTS = 3;
/** Messages name the account by its original id (原始ID), not by its appid. */
const ORIGINAL_ID = 'gh_5a4db0c00002';

/** Posts events to the service as WeChat does: signed anew each time, the same event each time. */
export class EventPusher {
  /** Where to; undefined until the service has told. */
  eventUrl: string | undefined;
  private answerWithinMs = ANSWER_WITHIN_MS;
  private readonly lastCreateTimes = new Map<string, number>();

  constructor(private readonly credentials: OfficialAccountCredentials) {}

  /** How long an answer may take, in ms. */
  setPatience(answerWithinMs = ANSWER_WITHIN_MS): void {
    this.answerWithinMs = answerWithinMs;
  }

  /** The body of an event, to be delivered as often as wanted. */
  compose({ fromUserName, event, eventKey, ticket }: PushedEvent): string {
    return xml({
      ToUserName: ORIGINAL_ID,
      FromUserName: fromUserName,
      CreateTime: this.createTimeFor(fromUserName),
      MsgType: 'event',
      Event: event,
      EventKey: eventKey,
      ...(ticket && { Ticket: ticket }),
    });
  }

  /** Seconds; no two events of a person have the same, since services tell repetitions by it. */
  private createTimeFor(openid: string): number {
    const last = this.lastCreateTimes.get(openid) ?? 0;
    const createTime = Math.max(Math.floor(Date.now() / 1000), last + 1);
    this.lastCreateTimes.set(openid, createTime);
    return createTime;
  }

  /** Posts until the answer is 200, three times at most. */
  async deliver(message: string, openid: string, aes: boolean): Promise<Delivery> {
    let delivery: Delivery = { status: 0, body: '', attempts: 0 };
    for (let attempt = 1; attempt <= ATTEMPTS && delivery.status !== 200; attempt++)
      delivery = { ...(await this.post(message, openid, aes)), attempts: attempt };
    return delivery;
  }

  /** WeChat's check of a server's address: it must send the echo back. */
  async verify(): Promise<Delivery & { echoed: boolean }> {
    const echo = String(randomInt(2 ** 47));
    const answer = await this.exchange(new URLSearchParams({ ...this.sign(), echostr: echo }));
    return { ...answer, attempts: 1, echoed: answer.status === 200 && answer.body === echo };
  }

  private post(message: string, openid: string, aes: boolean): Promise<Omit<Delivery, 'attempts'>> {
    const signed = this.sign();
    const query = new URLSearchParams({ ...signed, openid });
    if (!aes) return this.exchange(query, message);
    const { encodingAesKey, appId, token } = this.credentials;
    const encrypted = encryptMessage(encodingAesKey, randomBytes(16), message, appId);
    query.set('encrypt_type', 'aes');
    query.set('msg_signature', signatureOf(token, signed.timestamp, signed.nonce, encrypted));
    return this.exchange(query, xml({ ToUserName: ORIGINAL_ID, Encrypt: encrypted }));
  }

  private sign(): { signature: string; timestamp: string; nonce: string } {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = String(randomInt(1_000_000_000));
    return { signature: signatureOf(this.credentials.token, timestamp, nonce), timestamp, nonce };
  }

  private async exchange(query: URLSearchParams, body?: string): Promise<Omit<Delivery, 'attempts'>> {
    const target = new URL(this.eventUrl ?? '');
    for (const [name, value] of query) target.searchParams.set(name, value);
    try {
      const response = await fetch(target, {
        ...(body !== undefined && { method: 'POST', body }),
        headers: { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0' },
        redirect: 'manual',
        signal: AbortSignal.timeout(this.answerWithinMs),
      });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      return { status: 0, body: '', error: reasonOf(error) };
    }
  }
}

/** fetch hides the reason of a lost connection in its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { message?: string }; message?: string };
  return cause?.message ?? message ?? String(error);
}
