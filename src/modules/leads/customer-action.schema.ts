import { Schema, type Types } from 'mongoose';

export const CUSTOMER_ACTION = 'CustomerAction';

export const ACTION_TYPES = ['view_resume', 'contact_advisor', 'book_service'] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

/** Something that somebody did in the mini-program and that an advisor may want to know of. */
export interface CustomerAction {
  _id: Types.ObjectId;
  openid: string;
  advisorId: Types.ObjectId;
  actionType: ActionType;
  actionData?: Record<string, unknown>;
  /** the customer that the phone is, if one was given */
  customerRecordId: Types.ObjectId | null;
  /** when a message about it was queued */
  noticeQueuedAt: Date | null;
  at: Date;
}

const KEPT_SECONDS = 365 * 24 * 3600;

export const customerActionSchema = new Schema<CustomerAction>(
  {
    openid: String,
    advisorId: Schema.Types.ObjectId,
    actionType: { type: String, enum: ACTION_TYPES },
    actionData: Schema.Types.Mixed,
    customerRecordId: Schema.Types.ObjectId,
    noticeQueuedAt: Date,
    at: Date,
  },
  { collection: 'customer_actions', versionKey: false },
)
  // what an advisor has been told of lately, which bounds what they are told next
  .index({ advisorId: 1, noticeQueuedAt: -1 })
  // anybody can make one, so they are not kept for ever
  .index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });
