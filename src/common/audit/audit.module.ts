import { Global, Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { AUDIT_LOG, auditLogSchema } from './audit-log.schema';
import { AuditTrail } from './audit-trail';

@Global()
@Module({
  imports: [CollectionsModule.of([{ name: AUDIT_LOG, schema: auditLogSchema }])],
  providers: [AuditTrail],
  exports: [AuditTrail, CollectionsModule],
})
export class AuditModule {}
