import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { ReconcileDto, ReconciliationDateParam, ReconciliationPageDto } from './reconciliation.dto';
import { Reconciliations } from './reconciliation.service';
import { reconciliationDetail, reconciliationView } from './reconciliation.views';

@CrmController('admin/reconciliations', '市场管理')
export class ReconciliationController {
  constructor(private readonly reconciliations: Reconciliations) {}

  @Get()
  @Access('admin')
  @Answers({ summary: '对账报告，最新的日期在前', data: pageSchema(reconciliationView) })
  list(@Query() query: ReconciliationPageDto) {
    return this.reconciliations.list(query);
  }

  @Post()
  @Access('admin')
  @Idempotent('own-transactions')
  @Answers({
    summary: '下载某一天的交易账单并核对；可以重复',
    message: '对账已开始',
    data: reconciliationView,
  })
  start(@Body() { date }: ReconcileDto, @CurrentCaller() caller: StaffCaller) {
    return this.reconciliations.start(date, caller);
  }

  @Get(':date')
  @Access('admin')
  @Answers({ summary: '某一天的对账报告和差异', data: reconciliationDetail })
  get(@Param() { date }: ReconciliationDateParam, @Query() query: ReconciliationPageDto) {
    return this.reconciliations.get(date, query);
  }
}
