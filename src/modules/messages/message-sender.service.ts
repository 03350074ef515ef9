import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { AppError } from '../../common/errors/app-error';
import { Metrics } from '../../common/metrics/metrics';
import type { SendResult } from '../../platforms/wechat/mini-program';
import { type FailureKind, UpstreamFailure } from '../../platforms/upstream/upstream-failure';
import { ERRCODE, WechatError } from '../../platforms/wechat/wechat-error';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { OutgoingMessage } from './outgoing-message.schema';

type MessageError = NonNullable<OutgoingMessage['error']>;

/** refused: no later attempt can end differently. */
export type SendOutcome =
  | { kind: 'sent'; msgid: string }
  | { kind: 'refused'; error: MessageError }
  | { kind: 'postponed'; error: MessageError; mayHaveArrived: boolean };

/** The request went out and no answer, or none that can be read, came back. */
const UNANSWERED: FailureKind[] = ['timeout', 'interrupted', 'malformed'];

/** Hands messages to WeChat and says what came of it. */
@Injectable()
export class MessageSender {
  private readonly outcomes: Counter;

  constructor(
    private readonly wechat: WechatClients,
    metrics: Metrics,
  ) {
    this.outcomes = new Counter({
      name: 'message_attempts_total',
      help: 'Attempts to send a message, by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers: [metrics.registry],
    });
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const outcome = await this.attempt(message).then(sent, failed);
    this.outcomes.inc({ channel: message.channel, outcome: outcome.kind });
    return outcome;
  }

  private async attempt({
    _id,
    channel,
    touser,
    templateId,
    data,
    page,
  }: OutgoingMessage): Promise<SendResult> {
    if (channel === 'subscribe') {
      return this.wechat.miniProgram.sendSubscribeMessage({
        touser,
        template_id: templateId,
        data,
        page,
        miniprogram_state: 'formal',
      });
    }
    return this.wechat.officialAccount.sendTemplate({
      touser,
      template_id: templateId,
      data,
      client_msg_id: _id.toHexString(),
    });
  }
}

function sent({ msgid }: SendResult): SendOutcome {
  return { kind: 'sent', msgid: String(msgid ?? '') };
}

/** @throws whatever is a fault of this program, for the job's own retries */
function failed(error: unknown): SendOutcome {
  if (error instanceof WechatError) {
    const transient = error.isStaleToken || error.errcode === ERRCODE.busy;
    const said = { errcode: error.errcode, message: error.errmsg };
    return transient
      ? { kind: 'postponed', error: said, mayHaveArrived: false }
      : { kind: 'refused', error: said };
  }
  if (error instanceof UpstreamFailure) {
    const mayHaveArrived = UNANSWERED.includes(error.kind);
    return { kind: 'postponed', error: { errcode: null, message: error.kind }, mayHaveArrived };
  }
  // no WeChat is configured any more
  if (error instanceof AppError) return { kind: 'refused', error: { errcode: null, message: error.message } };
  throw error;
}
