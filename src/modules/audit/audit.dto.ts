import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { dayFrom, dayTo, text } from '../../common/validation/fields';

export class ListAuditLogsDto extends createZodDto(
  pageQuery
    .extend({
      entity: text(40, 1).optional().meta({ description: '记录种类', example: 'customer' }),
      entityId: text(64, 1).optional().meta({ description: '记录编号' }),
      actorId: text(64, 1).optional().meta({ description: '操作人编号' }),
      from: dayFrom.optional(),
      to: dayTo.optional(),
    })
    .superRefine(boundedDepth),
) {}

const fields = z.record(z.string(), z.unknown()).nullable();

export const auditLogView = z.strictObject({
  id: z.string(),
  entity: z.string().meta({ example: 'customer' }),
  entityId: z.string().meta({ example: '66f1a2b3c4d5e6f708192a3b' }),
  action: z.string().meta({ example: 'update' }),
  actorId: z.string().nullable(),
  actorName: z.string().meta({ example: '李静' }),
  before: fields.meta({ example: { status: 'new' } }),
  after: fields.meta({ example: { status: 'contacted' } }),
  requestId: z.string(),
  at: z.iso.datetime(),
});
export type AuditLogView = z.infer<typeof auditLogView>;
