import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import { Jobs } from '../../common/jobs/jobs';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { MessageSender, type SendOutcome } from './message-sender.service';
import { OUTGOING_MESSAGE, type OutgoingMessage } from './outgoing-message.schema';

const SEND = 'messages.send';
const SWEEP = 'messages.sweep';
const SWEEP_EVERY_MS = 15_000;
/** A message that is due this long has lost its job, or never got one. */
const OVERDUE_MS = 10_000;
const SWEPT_AT_ONCE = 200;
/** Longer than any sending takes, its repeats included. */
const LEASE_MS = 60_000;
const MOST_ATTEMPTS = 8;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 10 * 60_000;

export type NewMessage = Pick<
  OutgoingMessage,
  'channel' | 'recipientId' | 'touser' | 'templateId' | 'data' | 'page'
>;

/**
 * The way of a message: written in the transaction that is its reason, sent by a job, and marked with what came of it.
 * Who sends holds a lease; when its process dies, another one takes over. WeChat delivers a template message once
 * whatever happens then; a subscribe message may arrive a second time, but not a third.
 */
@Injectable()
export class MessageQueue implements OnModuleInit {
  constructor(
    @InjectCollection(OUTGOING_MESSAGE) private readonly messages: Collection<OutgoingMessage>,
    private readonly sender: MessageSender,
    private readonly jobs: Jobs,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.jobs.define<{ messageId: string }>(SEND, ({ messageId }) =>
      this.deliver(new Types.ObjectId(messageId)),
    );
    this.jobs.every(SWEEP, SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Queues the message with the transaction: it is sent if that commits, and never existed if it does not. */
  async add(message: NewMessage, session: ClientSession): Promise<void> {
    const now = new Date();
    const _id = new Types.ObjectId();
    await this.messages.insertOne(
      {
        _id,
        ...message,
        status: 'queued',
        attempts: 0,
        interruptions: 0,
        nextAttemptAt: now,
        createdAt: now,
      },
      { session },
    );
    // if this process dies right here, the sweep finds the message
    this.transactions.afterCommit(session, () => this.jobs.enqueue(SEND, { messageId: _id.toHexString() }));
  }

  /** Gives a failed message another round of attempts; null when there is no failed one of that id. */
  async again(id: string): Promise<OutgoingMessage | null> {
    const message = await this.messages.findOneAndUpdate(
      { _id: new Types.ObjectId(id), status: 'failed' },
      {
        $set: { status: 'queued', attempts: 0, interruptions: 0, nextAttemptAt: new Date() },
        $unset: { error: '' },
      },
      { returnDocument: 'after' },
    );
    if (message) await this.jobs.enqueue(SEND, { messageId: id });
    return message;
  }

  private async deliver(id: Types.ObjectId): Promise<void> {
    const message = await this.claim(id);
    if (!message) return;
    const lostTwice = message.channel === 'subscribe' && message.interruptions > 1;
    const outcome: SendOutcome = lostTwice
      ? { kind: 'refused', error: { errcode: null, message: '发送时服务两次中断，可能已经送达' } }
      : await this.sender.send(message);
    await this.note(message, outcome);
  }

  /** Takes the message for this process: one that is due, or one whose sender has died. */
  private async claim(id: Types.ObjectId): Promise<OutgoingMessage | null> {
    const now = new Date();
    const lease = { status: 'sending' as const, leaseUntil: new Date(now.getTime() + LEASE_MS) };
    const due = await this.messages.findOneAndUpdate(
      { _id: id, status: 'queued', nextAttemptAt: { $lte: now } },
      { $set: lease, $inc: { attempts: 1 } },
      { returnDocument: 'after' },
    );
    if (due) return due;
    return this.messages.findOneAndUpdate(
      { _id: id, status: 'sending', leaseUntil: { $lte: now } },
      { $set: lease, $inc: { attempts: 1, interruptions: 1 } },
      { returnDocument: 'after' },
    );
  }

  private async note(message: OutgoingMessage, outcome: SendOutcome): Promise<void> {
    const { _id, attempts } = message;
    // whoever took over meanwhile has raised the count, and is the one to say what came of it
    const mine = { _id, status: 'sending' as const, attempts };
    if (outcome.kind === 'sent') {
      const sent = { status: 'sent' as const, msgid: outcome.msgid, sentAt: new Date() };
      await this.messages.updateOne(mine, { $set: sent, $unset: { leaseUntil: '', error: '' } });
      return;
    }
    const { error } = outcome;
    if (outcome.kind === 'refused' || attempts >= MOST_ATTEMPTS) {
      await this.messages.updateOne(mine, { $set: { status: 'failed', error }, $unset: { leaseUntil: '' } });
      return;
    }
    const nextAttemptAt = new Date(Date.now() + retryDelay(attempts));
    await this.messages.updateOne(mine, {
      $set: { status: 'queued', error, nextAttemptAt },
      $unset: { leaseUntil: '' },
    });
    await this.jobs.enqueue(SEND, { messageId: _id.toHexString() }, nextAttemptAt);
  }

  /** Finds what a dead process has left: messages without a job, and messages that nobody is sending any more. */
  private async sweep(): Promise<void> {
    const now = Date.now();
    const options = { projection: { _id: 1 as const }, limit: SWEPT_AT_ONCE };
    const [overdue, orphaned] = await Promise.all([
      this.messages
        .find({ status: 'queued', nextAttemptAt: { $lte: new Date(now - OVERDUE_MS) } }, options)
        .toArray(),
      this.messages.find({ status: 'sending', leaseUntil: { $lte: new Date(now) } }, options).toArray(),
    ]);
    for (const { _id } of [...overdue, ...orphaned]) await this.deliver(_id);
  }
}

/** Doubled each time, with jitter, so that what failed together does not come back together. */
function retryDelay(attempts: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return longest * (0.5 + Math.random() / 2);
}
