import { Get, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { auditLogView, ListAuditLogsDto } from './audit.dto';
import { AuditService } from './audit.service';

@CrmController('audit-logs', '操作记录')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Access('admin')
  @Answers({ summary: '谁在何时改了什么', data: pageSchema(auditLogView) })
  list(@Query() query: ListAuditLogsDto) {
    return this.audit.list(query);
  }
}
