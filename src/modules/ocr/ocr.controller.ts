import { Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { TakesFiles } from '../../common/uploads/upload-form';
import { OcrMetrics } from './ocr-metrics';
import { ID_CARD_FORM } from './ocr.dto';
import { OcrService } from './ocr.service';
import { idCardView, ocrHealth, ocrMetrics } from './ocr.views';

@CrmController('ocr', '证件识别')
export class OcrController {
  constructor(
    private readonly ocr: OcrService,
    private readonly metrics: OcrMetrics,
  ) {}

  @Post('idcard')
  @Access('admin', 'manager', 'employee')
  @RateLimit('readIdCard')
  @TakesFiles(ID_CARD_FORM)
  @Answers({ summary: '识别身份证的一面；图片不保存', message: '识别成功', data: idCardView })
  readIdCard(@Req() request: FastifyRequest) {
    return this.ocr.readUpload(request);
  }

  @Get('health')
  @Access('admin', 'manager')
  @Answers({ summary: '识别服务是否可用；不可用时为 503，details 中有同样的内容', data: ocrHealth })
  health() {
    return this.ocr.health();
  }

  @Get('metrics')
  @Access('admin', 'manager')
  @Answers({ summary: '本进程启动以来的识别次数和耗时；读取不清零', data: ocrMetrics })
  readMetrics() {
    return this.metrics.read();
  }
}
