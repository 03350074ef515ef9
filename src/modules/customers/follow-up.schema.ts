import { Schema, type Types } from 'mongoose';
import { z } from 'zod';
import { FOLLOW_UP_TYPES, STAGES, type Stage } from './customer.enums';

export const FOLLOW_UP = 'FollowUp';

export interface FollowUp {
  _id: Types.ObjectId;
  customerId: Types.ObjectId;
  content: string;
  type: (typeof FOLLOW_UP_TYPES)[number];
  /** the stage that the customer was moved to, if any */
  status: Stage | null;
  nextFollowUpAt: Date | null;
  /** written by the service itself, when a customer changes hands */
  system: boolean;
  createdBy: Types.ObjectId;
  createdAt: Date;
}

export const followUpSchema = new Schema<FollowUp>(
  {
    customerId: { type: Schema.Types.ObjectId, required: true },
    content: { type: String, required: true },
    type: { type: String, required: true },
    status: { type: String, default: null },
    nextFollowUpAt: { type: Date, default: null },
    system: { type: Boolean, default: false },
    createdBy: { type: Schema.Types.ObjectId, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'customer_follow_ups', versionKey: false },
)
  // GET :id/follow-ups, newest first
  .index({ customerId: 1, createdAt: -1, _id: -1 });

export const followUpView = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  content: z.string().meta({ example: '已联系客户，客户表示下周可以面试' }),
  type: z.enum(FOLLOW_UP_TYPES).meta({ example: 'phone' }),
  status: z.enum(STAGES).nullable().meta({ example: 'contacted' }),
  nextFollowUpAt: z.iso.datetime().nullable(),
  system: z.boolean(),
  createdBy: z.string(),
  createdByName: z.string().meta({ example: '李静' }),
  createdAt: z.iso.datetime(),
});
export type FollowUpView = z.infer<typeof followUpView>;
