import type { PlatformAnswer, PlatformRoute } from '../platform/platform';
import type { Account, AccountCredentials } from '../wechat-shared/account';
import { isObject, type JsonObject } from '../wechat-shared/body';
import { refusal } from '../wechat-shared/refusals';
import type { SentMessage, SentMessages } from '../wechat-shared/sent-messages';
import { checkTemplate } from '../wechat-shared/templates';
import { checkedData } from '../wechat-shared/value-limits';
import type { Followers } from './followers';

/** For so long the same person and client_msg_id is the same message. */
const SAME_MESSAGE_MS = 600_000;
const SENT_KEPT = 2000;

/** Old templates name their values freely; those of today name their kind, and are held to it. */
const isFreeKey = (key: string): boolean => /^(first|remark|keyword\d+|[A-Za-z]\w*)$/.test(key);

/** message/template/send, to who follows the account. Source: 发送模板消息. */
export class TemplateMessages {
  private readonly sent = new Map<string, { msgid: number; at: number }>();
  readonly route: PlatformRoute;

  constructor(
    account: Account<AccountCredentials>,
    private readonly followers: Followers,
    private readonly miniProgramAppId: () => string,
    private readonly messages: SentMessages,
  ) {
    this.route = account.post('/cgi-bin/message/template/send', (body) => this.send(body));
  }

  reset(): void {
    this.sent.clear();
  }

  private send(body: JsonObject): PlatformAnswer {
    const { touser, client_msg_id: clientMsgId } = body;
    if (!this.followers.isOpenid(touser)) throw refusal(40003);
    const templateId = checkTemplate(body['template_id']);
    if (!this.followers.has(touser)) throw refusal(43004);
    if (clientMsgId !== undefined && typeof clientMsgId !== 'string') throw refusal(47001);
    const data = checkedData(body['data'], isFreeKey);
    const message = { channel: 'template', touser, templateId, data, ...this.target(body) } as const;
    const msgid = clientMsgId
      ? this.sendOnce(touser, clientMsgId, { ...message, clientMsgId })
      : this.messages.send(message);
    return { errcode: 0, errmsg: 'ok', msgid };
  }

  /** A repeated message is answered as the first was, and goes to nobody. */
  private sendOnce(openid: string, clientMsgId: string, message: Omit<SentMessage, 'at' | 'msgid'>): number {
    const key = `${openid} ${clientMsgId}`;
    const now = Date.now();
    const first = this.sent.get(key);
    if (first && now - first.at < SAME_MESSAGE_MS) return first.msgid;
    const msgid = this.messages.send(message);
    this.sent.delete(key);
    this.sent.set(key, { msgid, at: now });
    const oldest = this.sent.keys().next();
    if (this.sent.size > SENT_KEPT && !oldest.done) this.sent.delete(oldest.value);
    return msgid;
  }

  /** Where a tap leads. */
  private target({ url, miniprogram }: JsonObject): { url?: string; page?: string } {
    if (url !== undefined && typeof url !== 'string') throw refusal(47001);
    if (miniprogram === undefined) return url ? { url } : {};
    if (!isObject(miniprogram)) throw refusal(47001);
    if (miniprogram['appid'] !== this.miniProgramAppId()) throw refusal(40013);
    const page = miniprogram['pagepath'] ?? '';
    if (typeof page !== 'string') throw refusal(47001);
    return { ...(url && { url }), ...(page && { page }) };
  }
}
