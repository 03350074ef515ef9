import { Schema, type Types } from 'mongoose';

export const AUDIT_LOG = 'AuditLog';

export interface AuditLogRecord {
  _id: Types.ObjectId;
  /** what kind of record: customer, user, resume … */
  entity: string;
  entityId: string;
  /** create, update, assign … in the feature's words */
  action: string;
  /** null for the service itself */
  actorId: string | null;
  actorName: string;
  /** only the fields that changed, as they were and as they are */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  requestId: string;
  at: Date;
}

const definition = {
  entity: { type: String, required: true },
  entityId: { type: String, required: true },
  action: { type: String, required: true },
  actorId: { type: String, default: null },
  actorName: { type: String, default: '' },
  before: { type: Schema.Types.Mixed, default: null },
  after: { type: Schema.Types.Mixed, default: null },
  requestId: { type: String, required: true },
  at: { type: Date, required: true },
} as const;

export const auditLogSchema = new Schema(definition, {
  collection: 'audit_logs',
  versionKey: false,
  minimize: false,
})
  // GET /api/audit-logs without a filter
  .index({ at: -1, _id: -1 })
  // GET /api/audit-logs?entity&entityId: the history of one record
  .index({ entity: 1, entityId: 1, at: -1, _id: -1 })
  // GET /api/audit-logs?entity
  .index({ entity: 1, at: -1, _id: -1 })
  // GET /api/audit-logs?entityId
  .index({ entityId: 1, at: -1, _id: -1 })
  // GET /api/audit-logs?actorId
  .index({ actorId: 1, at: -1, _id: -1 });
