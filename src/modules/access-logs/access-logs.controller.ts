import { Body, Get, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Beacon } from '../../common/http/route-config';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import {
  accessLogView,
  accessStats,
  AccessStatsDto,
  ListAccessLogsDto,
  reportAnswer,
  ReportAccessDto,
} from './access-logs.dto';
import { AccessLogs } from './access-logs.service';

@CrmController('miniprogram-access-log', '访问日志')
export class AccessLogsController {
  constructor(private readonly logs: AccessLogs) {}

  @Post()
  @Access('public')
  @RateLimit('accessLog')
  @Beacon()
  @Answers({ summary: '记录页面访问：一条，或最多 100 条的数组', message: '记录成功', data: reportAnswer })
  report(@Body() { entries }: ReportAccessDto, @CurrentCaller() caller: Caller) {
    return this.logs.report(entries, caller);
  }

  @Get()
  @Access('admin', 'manager')
  @Answers({ summary: '访问记录，最新的在前', data: pageSchema(accessLogView) })
  list(@Query() query: ListAccessLogsDto) {
    return this.logs.list(query);
  }

  @Get('stats')
  @Access('admin', 'manager')
  @Answers({ summary: '浏览次数和访客数：合计、按页面、按天；默认最近 7 天', data: accessStats })
  stats(@Query() query: AccessStatsDto) {
    return this.logs.stats(query);
  }
}
