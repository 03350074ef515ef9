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

/**
 * By the filter that leads each of them: filters that may join it stand behind the sort key, where they are compared
 * within the index.
 */
export const AUDIT_LOG_INDEXES = {
  none: { at: -1, _id: -1 },
  entityId: { entityId: 1, at: -1, _id: -1, entity: 1, actorId: 1 },
  actorId: { actorId: 1, at: -1, _id: -1, entity: 1 },
  entity: { entity: 1, at: -1, _id: -1 },
} as const;

export const auditLogSchema = new Schema(definition, {
  collection: 'audit_logs',
  versionKey: false,
  minimize: false,
})
  // GET /api/audit-logs, from and to
  .index(AUDIT_LOG_INDEXES.none)
  // GET /api/audit-logs?entityId, the history of one record; with or without ?entity and ?actorId
  .index(AUDIT_LOG_INDEXES.entityId)
  // GET /api/audit-logs?actorId, with or without ?entity
  .index(AUDIT_LOG_INDEXES.actorId)
  // GET /api/audit-logs?entity
  .index(AUDIT_LOG_INDEXES.entity);
