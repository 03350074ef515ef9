import { Recent } from '../platform/recent';
import type { JsonObject } from './body';

/** A message as the person who got it would find it. */
export interface SentMessage {
  /** subscribe: the mini-program's 订阅消息; template: the official account's 模板消息. */
  channel: 'subscribe' | 'template';
  touser: string;
  templateId: string;
  data: JsonObject;
  /** ISO 8601. */
  at: string;
  msgid: number;
  /** Where a tap leads: a page of the mini-program. */
  page?: string;
  /** Where a tap leads: a web page. */
  url?: string;
  clientMsgId?: string;
}

const MESSAGES_KEPT = 2000;
const FIRST_MSGID = 3_147_483_650;

/** What was sent to whom, by both kinds of account. */
export class SentMessages extends Recent<SentMessage> {
  private nextMsgid = FIRST_MSGID;

  constructor() {
    super(MESSAGES_KEPT);
  }

  /** Returns its id; ids increase, also over a reset. */
  send(message: Omit<SentMessage, 'at' | 'msgid'>): number {
    const msgid = this.nextMsgid++;
    this.add({ ...message, at: new Date().toISOString(), msgid });
    return msgid;
  }
}
