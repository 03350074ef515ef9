import { Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logging.module';
import { Settings } from '../../config/settings';
import { openIdCardReader } from '../../platforms/ocr/open-reader';
import { OcrMetrics } from './ocr-metrics';
import { OcrController } from './ocr.controller';
import { ID_CARD_READER, OcrService } from './ocr.service';

@Module({
  controllers: [OcrController],
  providers: [
    OcrService,
    OcrMetrics,
    {
      provide: ID_CARD_READER,
      inject: [Settings, LOGGER],
      useFactory: (settings: Settings, logger: Logger) => openIdCardReader(settings, logger),
    },
  ],
})
export class OcrModule {}
