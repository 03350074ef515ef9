import { Injectable, type OnModuleInit } from '@nestjs/common';
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
import { type MessageState, OUTGOING_MESSAGE, type OutgoingMessage } from './outgoing-message.schema';

const WAITING: MessageState[] = ['queued', 'sending'];

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

  /** Sends at once. @throws {WechatError} UPSTREAM_ERROR with WeChat's errcode and errmsg */
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
    if (!(await this.queue.exists(id))) throw new AppError('NOT_FOUND', { message: '消息不存在' });
    throw new AppError('CONFLICT', { message: '只有发送失败的消息可以重新发送' });
  }

  onModuleInit(): void {
    this.metrics.gauge('messages_waiting', 'Messages that are not sent yet, of all instances', () =>
      this.messages.countDocuments({ status: { $in: WAITING } }),
    );
    this.metrics.gauge(
      'messages_oldest_waiting_seconds',
      'Age of the message that has been waiting longest',
      () => this.oldestWaiting(),
    );
  }

  /** seconds */
  private async oldestWaiting(): Promise<number> {
    const oldest = await Promise.all(
      WAITING.map((status) =>
        this.messages.findOne({ status }, { sort: { createdAt: 1 }, projection: { createdAt: 1 } }),
      ),
    );
    const now = Date.now();
    return Math.max(...oldest.map((message) => (message ? now - message.createdAt.getTime() : 0))) / 1000;
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
