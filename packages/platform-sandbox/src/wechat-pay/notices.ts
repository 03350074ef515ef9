import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PayKeys, signedHeaders } from './keys';
import { sealed } from './sealed';
import { rfc3339 } from './shanghai';

/** How a notice is spoilt: `amount`, `mchid`, `appid` and `payer` in its content, the rest in what goes around it. */
export const TAMPERINGS = [
  'body',
  'signature',
  'serial',
  'amount',
  'mchid',
  'appid',
  'payer',
  'timestamp',
  'probe',
] as const;
export type Tampering = (typeof TAMPERINGS)[number];
export const SIGNERS = ['certificate', 'public-key', 'alternate'] as const;

export interface NoticeOrder {
  eventType: string;
  summary: string;
  originalType: 'transaction' | 'refund';
  content: Record<string, unknown>;
  notifyUrl: string;
}

export interface DeliveryOrder {
  times: number;
  delayMs: number;
  /** all at a time instead of one after the other */
  atOnce: boolean;
  tamper?: Tampering | undefined;
}

/** The HTTP statuses that the service has answered with; 0: nobody answered. */
export interface Delivered {
  delivered: boolean;
  answers: number[];
}

const ANSWER_WITHIN_MS = 5000;
const TOO_OLD_MS = 301_000;

/** Posts notices to the service as WeChat Pay does: the same notice each time, signed anew. */
export class Notices {
  signWith: (typeof SIGNERS)[number] = 'alternate';
  /** in place of the origin of a notice address: as a tunnel leads from the internet to this machine */
  deliverTo: string | undefined;
  private answerWithinMs = ANSWER_WITHIN_MS;
  private sent = 0;

  constructor(private readonly keys: PayKeys) {}

  setPatience(answerWithinMs = ANSWER_WITHIN_MS): void {
    this.answerWithinMs = answerWithinMs;
  }

  async deliver(notice: NoticeOrder, { times, delayMs, atOnce, tamper }: DeliveryOrder): Promise<Delivered> {
    const body = this.compose(notice, tamper);
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    const post = (): Promise<number> => this.post(this.addressOf(notice.notifyUrl), body, tamper);
    const answers: number[] = [];
    if (atOnce) answers.push(...(await Promise.all(Array.from({ length: times }, post))));
    else for (let time = 0; time < times; time++) answers.push(await post());
    return { delivered: answers.some((status) => status === 200 || status === 204), answers };
  }

  reset(): void {
    this.signWith = 'alternate';
    this.setPatience();
  }

  private compose({ eventType, summary, originalType, content }: NoticeOrder, tamper?: Tampering): string {
    const text = JSON.stringify(spoilt(content, tamper));
    return JSON.stringify({
      id: randomUUID(),
      create_time: rfc3339(new Date()),
      resource_type: 'encrypt-resource',
      event_type: eventType,
      summary,
      resource: {
        original_type: originalType,
        ...sealed(text, this.keys.account.apiV3Key, originalType),
      },
    });
  }

  private addressOf(notifyUrl: string): string {
    if (this.deliverTo === undefined) return notifyUrl;
    return new URL(new URL(notifyUrl).pathname, this.deliverTo).href;
  }

  private async post(address: string, body: string, tamper?: Tampering): Promise<number> {
    try {
      const response = await fetch(address, {
        method: 'POST',
        // after it was signed
        body: tamper === 'body' ? body.replace('"summary":"', '"summary":"!') : body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Mozilla/4.0',
          ...this.headers(body, tamper),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(this.answerWithinMs),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }

  private headers(body: string, tamper?: Tampering): Record<string, string> {
    const at = tamper === 'timestamp' ? Date.now() - TOO_OLD_MS : Date.now();
    const headers = signedHeaders(body, this.signer(), at);
    const signature = headers['wechatpay-signature'] ?? '';
    if (tamper === 'serial') headers['wechatpay-serial'] = 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF';
    if (tamper === 'signature') headers['wechatpay-signature'] = turned(signature);
    if (tamper === 'probe') headers['wechatpay-signature'] = `WECHATPAY/SIGNTEST/${signature.slice(19)}`;
    return headers;
  }

  private signer() {
    this.sent += 1;
    const byCertificate =
      this.signWith === 'alternate' ? this.sent % 2 === 0 : this.signWith === 'certificate';
    return byCertificate ? this.keys.certificate : this.keys.publicKey;
  }
}

/** Another signature of the same length. */
const turned = (signature: string): string => `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;

function spoilt(content: Record<string, unknown>, tamper?: Tampering): Record<string, unknown> {
  switch (tamper) {
    case 'amount': {
      const amount = content['amount'] as { total: number };
      return { ...content, amount: { ...amount, total: amount.total - 1 || 2 } };
    }
    case 'mchid':
      return { ...content, mchid: '1900000999' };
    case 'appid':
      return { ...content, appid: 'wx0000000000000000' };
    case 'payer':
      return { ...content, payer: { openid: 'o_somebody_else' } };
    default:
      return content;
  }
}
