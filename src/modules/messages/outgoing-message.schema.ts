import { Schema, type Types } from 'mongoose';

export const OUTGOING_MESSAGE = 'OutgoingMessage';

export const MESSAGE_STATES = ['queued', 'sending', 'sent', 'failed'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];
export const MESSAGE_CHANNELS = ['subscribe', 'template'] as const;

/** A message to a member of staff, from the moment it is decided until long after it was sent. */
export interface OutgoingMessage {
  _id: Types.ObjectId;
  /** subscribe: through the mini-program; template: through the official account */
  channel: (typeof MESSAGE_CHANNELS)[number];
  recipientId: Types.ObjectId;
  touser: string;
  templateId: string;
  data: Record<string, { value: string }>;
  /** of the mini-program */
  page: string;
  status: MessageState;
  attempts: number;
  nextAttemptAt: Date;
  /** while it is being sent: after this, its sender is taken for dead */
  leaseUntil?: Date;
  /** how often it may have been delivered without that being noted: its sender died, or WeChat's answer got lost */
  doubts: number;
  msgid?: string;
  error?: { errcode: number | null; message: string };
  createdAt: Date;
  sentAt?: Date;
}

const KEPT_SECONDS = 90 * 24 * 3600;

export const outgoingMessageSchema = new Schema<OutgoingMessage>(
  {
    channel: { type: String, enum: MESSAGE_CHANNELS },
    recipientId: Schema.Types.ObjectId,
    touser: String,
    templateId: String,
    data: Schema.Types.Mixed,
    page: String,
    status: { type: String, enum: MESSAGE_STATES },
    attempts: Number,
    nextAttemptAt: Date,
    leaseUntil: Date,
    doubts: Number,
    msgid: String,
    error: Schema.Types.Mixed,
    createdAt: Date,
    sentAt: Date,
  },
  { collection: 'outgoing_messages', versionKey: false },
)
  // GET /api/messages, newest first; they hold names and phones, so they are not kept for ever
  .index({ createdAt: -1, _id: -1 })
  .index({ createdAt: 1 }, { name: 'expiry', expireAfterSeconds: KEPT_SECONDS })
  // GET /api/messages?status, and the queue's depth and age
  .index({ status: 1, createdAt: -1, _id: -1 })
  // the sweep: what should have been tried by now, and what lost its sender
  .index({ status: 1, nextAttemptAt: 1 })
  .index({ status: 1, leaseUntil: 1 });
