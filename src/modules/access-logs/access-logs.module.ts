import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { AccessLogBuffer } from './access-log.buffer';
import { ACCESS_LOG, accessLogSchema } from './access-log.schema';
import { AccessLogsController } from './access-logs.controller';
import { AccessLogs } from './access-logs.service';

@Module({
  imports: [CollectionsModule.of([{ name: ACCESS_LOG, schema: accessLogSchema }])],
  controllers: [AccessLogsController],
  providers: [AccessLogs, AccessLogBuffer],
})
export class AccessLogsModule {}
