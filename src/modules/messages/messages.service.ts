import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { AppError } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { Metrics } from '../../common/metrics/metrics';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import type { SendResult } from '../../platforms/wechat/mini-program';
import { StaffDirectory } from '../users/staff-directory';
import { WechatClients } from '../wechat-clients/wechat-clients';
import { MessageQueue } from './message-queue.service';
import type { ListMessagesDto, MessageView, SendMessageDto } from './messages.dto';
import { OUTGOING_MESSAGE, type OutgoingMessage } from './outgoing-message.schema';

/** What staff and administrators do with messages: send one by hand, see what became of the queued ones. */
@Injectable()
export class MessagesService implements OnModuleInit {
  constructor(
    @InjectCollection(OUTGOING_MESSAGE) private readonly messages: Collection<OutgoingMessage>,
    private readonly queue: MessageQueue,
    private readonly wechat: WechatClients,
    private readonly staff: StaffDirectory,
    private readonly metrics: Metrics,
  ) {}

  /** Sends at once. @throws {WechatError} UPSTREAM_ERROR with WechatApi's errcode and errmsg */
  sendNow(input: SendMessageDto): Promise<SendResult> {
    return this.wechat.miniProgram.sendSubscribeMessage(input);
  }

  async list({ status, ...paging }: ListMessagesDto): Promise<Page<MessageView>> {
    const { rows, total } = await findPage(this.messages, {
      filter: status ? { status } : {},
      sort: { createdAt: -1, _id: -1 },
      ...paging,
    });
    return pageOf(
      rows.map((row) => this.toView(row)),
      total,
      paging,
    );
  }

  /** @throws {AppError} NOT_FOUND; CONFLICT for one that has not failed */
  async resend(id: string): Promise<MessageView> {
    const message = await this.queue.again(id);
    if (message) return this.toView(message);
    throw new AppError('CONFLICT', { message: '没有这条消息，或它不是发送失败的消息' });
  }

  onModuleInit(): void {
    const { messages } = this;
    const waiting = { status: { $in: ['queued' as const, 'sending' as const] } };
    new Gauge({
      name: 'messages_waiting',
      help: 'Messages that are not sent yet, of all instances',
      registers: [this.metrics.registry],
      async collect() {
        this.set(await messages.countDocuments(waiting));
      },
    });
    new Gauge({
      name: 'messages_oldest_waiting_seconds',
      help: 'Age of the message that has been waiting longest',
      registers: [this.metrics.registry],
      async collect() {
        const [queued, sending] = await Promise.all(
          waiting.status.$in.map((status) =>
            messages.findOne({ status }, { sort: { createdAt: 1 }, projection: { createdAt: 1 } }),
          ),
        );
        const times = [queued, sending].flatMap((found) => (found ? [found.createdAt.getTime()] : []));
        this.set(times.length > 0 ? (Date.now() - Math.min(...times)) / 1000 : 0);
      },
    });
  }

  /** Without the openid, and without the customer's phone, which stand in the message itself. */
  private toView(message: OutgoingMessage): MessageView {
    return {
      id: message._id.toHexString(),
      channel: message.channel,
      recipientId: message.recipientId.toHexString(),
      recipientName: this.staff.nameOf(message.recipientId),
      templateId: message.templateId,
      text: message.data['thing1']?.value ?? '',
      status: message.status,
      attempts: message.attempts,
      errcode: message.error?.errcode ?? null,
      error: message.error?.message ?? null,
      createdAt: message.createdAt.toISOString(),
      sentAt: message.sentAt?.toISOString() ?? null,
    };
  }
}
