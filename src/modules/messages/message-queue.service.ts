import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import type { Logger } from 'pino';
import { Jobs } from '../../common/jobs/jobs';
import { LOGGER } from '../../common/logging/logging.module';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { ERRCODE } from '../../platforms/wechat/wechat-error';
import { MessageSender, type SendOutcome } from './message-sender.service';
import { OUTGOING_MESSAGE, type OutgoingMessage } from './outgoing-message.schema';
import { Subscriptions } from './subscriptions.service';

const SEND = 'messages.send';
const SWEEP = 'messages.sweep';
const SWEEP_EVERY_MS = 15_000;
/** A message that is due this long has lost its job, or never got one. */
const OVERDUE_MS = 10_000;
const SWEPT_AT_ONCE = 200;
/** Longer than any sending takes, its repeats included. */
const LEASE_MS = 60_000;
/** While nothing has gone out for sure: most of a day, which is longer than WeChat is ever away. */
const MOST_ATTEMPTS = 120;
/** Once one may have arrived; the last about four minutes after the first: WeChat knows a template message for ten. */
const MOST_DOUBTFUL_ATTEMPTS = 8;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** A subscribe message that may have been delivered is sent once more, and then left to a person. */
const MOST_DOUBTS = 1;
const MAYBE_DELIVERED = {
  kind: 'refused',
  error: { errcode: null, message: '两次发送都没有得到微信的答复，可能已经送达' },
} as const satisfies SendOutcome;

export type NewMessage = Pick<
  OutgoingMessage,
  'channel' | 'recipientId' | 'touser' | 'templateId' | 'data' | 'page'
>;

/**
 * The way of a message: written in the transaction that is its reason, sent by a job, and marked with what came of it.
 * Who sends holds a lease; when its process dies, another one takes over. WeChat delivers a template message once
 * whatever happens then; a subscribe message may arrive a second time, but not a third: WeChat has no id by which it
 * would know one again, so neither a death between sending and noting nor a lost answer can be told from a failure.
 */
@Injectable()
export class MessageQueue implements OnModuleInit, OnModuleDestroy {
  private stopping = false;

  constructor(
    @InjectCollection(OUTGOING_MESSAGE) private readonly messages: Collection<OutgoingMessage>,
    private readonly sender: MessageSender,
    private readonly subscriptions: Subscriptions,
    private readonly jobs: Jobs,
    private readonly transactions: Transactions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.define<{ messageId: string }>(SEND, ({ messageId }) =>
      this.deliver(new Types.ObjectId(messageId)),
    );
    this.jobs.every(SWEEP, SWEEP_EVERY_MS, () => this.sweep());
  }

  onModuleDestroy(): void {
    this.stopping = true;
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
        doubts: 0,
        nextAttemptAt: now,
        createdAt: now,
      },
      { session },
    );
    this.transactions.afterCommit(session, () => this.enqueue(_id));
  }

  /** Gives a failed message another round of attempts; null when there is no failed one of that id. */
  async again(id: string): Promise<OutgoingMessage | null> {
    const message = await this.messages.findOneAndUpdate(
      { _id: new Types.ObjectId(id), status: 'failed' },
      {
        $set: { status: 'queued', attempts: 0, doubts: 0, nextAttemptAt: new Date() },
        $unset: { error: '' },
      },
      { returnDocument: 'after' },
    );
    if (message) await this.enqueue(message._id);
    return message;
  }

  async exists(id: string): Promise<boolean> {
    const found = await this.messages.findOne({ _id: new Types.ObjectId(id) }, { projection: { _id: 1 } });
    return found !== null;
  }

  /** What it belongs to is committed and stays so: without its job, the message waits for the sweep. */
  private async enqueue(id: Types.ObjectId, at = new Date()): Promise<void> {
    try {
      await this.jobs.enqueue(SEND, { messageId: id.toHexString() }, at);
    } catch (error) {
      this.logger.warn({ err: error }, 'queue: a message was left to the sweep');
    }
  }

  private async deliver(id: Types.ObjectId): Promise<void> {
    const message = await this.claim(id);
    if (!message) return;
    const over = isTooDoubtful(message, message.doubts) || message.attempts > mostAttempts(message.doubts);
    await this.note(message, over ? MAYBE_DELIVERED : await this.sender.send(message));
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
      { $set: lease, $inc: { attempts: 1, doubts: 1 } },
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
    const doubts = message.doubts + (outcome.kind === 'postponed' && outcome.mayHaveArrived ? 1 : 0);
    const doubtful = isTooDoubtful(message, doubts);
    if (outcome.kind === 'refused' || attempts >= mostAttempts(doubts) || doubtful) {
      const { error } = doubtful ? MAYBE_DELIVERED : outcome;
      if (error.errcode === ERRCODE.notAuthorised) await this.subscriptions.usedUp(message);
      await this.messages.updateOne(mine, { $set: { status: 'failed', error }, $unset: { leaseUntil: '' } });
      return;
    }
    const nextAttemptAt = new Date(Date.now() + retryDelay(attempts));
    await this.messages.updateOne(mine, {
      $set: { status: 'queued', error: outcome.error, nextAttemptAt, doubts },
      $unset: { leaseUntil: '' },
    });
    await this.enqueue(_id, nextAttemptAt);
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
    for (const { _id } of [...overdue, ...orphaned]) {
      // what is not begun is another instance's, or the next start's
      if (this.stopping) return;
      await this.deliver(_id);
    }
  }
}

function isTooDoubtful({ channel }: OutgoingMessage, doubts: number): boolean {
  return channel === 'subscribe' && doubts > MOST_DOUBTS;
}

function mostAttempts(doubts: number): number {
  return doubts > 0 ? MOST_DOUBTFUL_ATTEMPTS : MOST_ATTEMPTS;
}

/** Doubled each time up to ten minutes, with jitter, so that what failed together does not come back together. */
function retryDelay(attempts: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return longest * (0.5 + Math.random() / 2);
}
