import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { AUDIT_LOG, AUDIT_LOG_INDEXES, type AuditLogRecord } from '../../common/audit/audit-log.schema';
import { type Page, pageOf } from '../../common/http/paging';
import type { AuditLogView, ListAuditLogsDto } from './audit.dto';

/** Reading the audit trail; it is written by the features through AuditTrail. */
@Injectable()
export class AuditService {
  constructor(@InjectCollection(AUDIT_LOG) private readonly logs: Collection<AuditLogRecord>) {}

  async list(query: ListAuditLogsDto): Promise<Page<AuditLogView>> {
    const { entity, entityId, actorId, from, to } = query;
    const filter = {
      ...(entity ? { entity } : {}),
      ...(entityId ? { entityId } : {}),
      ...(actorId ? { actorId } : {}),
      ...(from || to ? { at: { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } } : {}),
    };
    const { rows, total } = await findPage(this.logs, {
      filter,
      sort: { at: -1, _id: -1 },
      hint: indexOf(query),
      page: query.page,
      pageSize: query.pageSize,
    });
    return pageOf(rows.map(toView), total, query);
  }
}

/** Led by the filter that leaves fewest; the others are compared within it. */
function indexOf({ entityId, actorId, entity }: ListAuditLogsDto) {
  if (entityId) return AUDIT_LOG_INDEXES.entityId;
  if (actorId) return AUDIT_LOG_INDEXES.actorId;
  return entity ? AUDIT_LOG_INDEXES.entity : AUDIT_LOG_INDEXES.none;
}

function toView(row: AuditLogRecord): AuditLogView {
  return {
    id: row._id.toHexString(),
    entity: row.entity,
    entityId: row.entityId,
    action: row.action,
    actorId: row.actorId,
    actorName: row.actorName,
    before: row.before,
    after: row.after,
    requestId: row.requestId,
    at: row.at.toISOString(),
  };
}
