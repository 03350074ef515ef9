import { Schema, type Types } from 'mongoose';

export const SUBSCRIPTION = 'AdvisorSubscription';

/** A member of staff's consent to messages of one template, as the mini-program reports it. */
export interface Subscription {
  _id: Types.ObjectId;
  advisorId: Types.ObjectId;
  openid: string;
  templateId: string;
  subscribed: boolean;
  /** what the mini-program adds for its own purposes */
  subscribeData?: Record<string, unknown>;
  subscribeTime: Date;
}

export const subscriptionSchema = new Schema<Subscription>(
  {
    advisorId: Schema.Types.ObjectId,
    openid: String,
    templateId: String,
    subscribed: Boolean,
    subscribeData: Schema.Types.Mixed,
    subscribeTime: Date,
  },
  { collection: 'advisor_subscriptions', versionKey: false },
)
  // POST /api/advisor/subscribe: one record of a template
  .index({ advisorId: 1, templateId: 1 }, { unique: true })
  // the template that a message to somebody goes by: the one consented to last
  .index({ advisorId: 1, subscribed: 1, subscribeTime: -1 });
