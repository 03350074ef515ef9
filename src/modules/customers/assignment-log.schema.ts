import { Schema, type Types } from 'mongoose';
import { z } from 'zod';

export const ASSIGNMENT_LOG = 'AssignmentLog';

export interface AssignmentLog {
  _id: Types.ObjectId;
  customerId: Types.ObjectId;
  oldAssignedTo: Types.ObjectId | null;
  newAssignedTo: Types.ObjectId;
  assignedBy: Types.ObjectId;
  assignedAt: Date;
  reason: string;
  /** create: with the customer itself; assign: from nobody; reassign: from somebody */
  action: 'create' | 'assign' | 'reassign';
}

export const assignmentLogSchema = new Schema<AssignmentLog>(
  {
    customerId: { type: Schema.Types.ObjectId, required: true },
    oldAssignedTo: { type: Schema.Types.ObjectId, default: null },
    newAssignedTo: { type: Schema.Types.ObjectId, required: true },
    assignedBy: { type: Schema.Types.ObjectId, required: true },
    assignedAt: { type: Date, required: true },
    reason: { type: String, default: '' },
    action: { type: String, required: true },
  },
  { collection: 'customer_assignment_logs', versionKey: false },
)
  // GET :id/assignment-logs, newest first
  .index({ customerId: 1, assignedAt: -1, _id: -1 });

const person = z.string().nullable();
export const assignmentLogView = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  oldAssignedTo: person,
  oldAssignedToName: z.string().meta({ example: '王芳' }),
  newAssignedTo: z.string(),
  newAssignedToName: z.string().meta({ example: '李静' }),
  assignedBy: z.string(),
  assignedByName: z.string().meta({ example: '陈经理' }),
  assignedAt: z.iso.datetime(),
  reason: z.string().meta({ example: '客户要求更换顾问' }),
  action: z.enum(['create', 'assign', 'reassign']),
});
export type AssignmentLogView = z.infer<typeof assignmentLogView>;
