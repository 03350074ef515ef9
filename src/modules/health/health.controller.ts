import { Get } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { Readiness } from './readiness';

const alive = z.strictObject({ status: z.literal('ok') });
const ready = z.strictObject({ status: z.literal('ok'), database: z.literal('ok') });

@CrmController('health', '运行状态')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Access('public')
  @Answers({ summary: '进程在运行', data: alive })
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @Access('public')
  @Answers({ summary: '可以处理请求：数据库可用，且没有在关闭', data: ready })
  async ready() {
    await this.readiness.check();
    return { status: 'ok', database: 'ok' };
  }
}
