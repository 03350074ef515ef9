import { readFile } from 'node:fs/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/errors/app-error';
import { UploadReader } from '../../common/uploads/upload-reader';
import type { CardSide, IdCardReader } from '../../platforms/ocr/id-card';
import { warningsAbout } from './card-checks';
import { OcrMetrics } from './ocr-metrics';
import { ID_CARD_FORM, wantedSide } from './ocr.dto';
import { type IdCardView, type OcrHealth, toIdCardView } from './ocr.views';

export const ID_CARD_READER = Symbol('reader of identity cards');

/** Reads identity cards. Neither the pictures nor what is on them is kept or logged. */
@Injectable()
export class OcrService implements OnApplicationShutdown {
  constructor(
    @Inject(ID_CARD_READER) private readonly reader: IdCardReader,
    private readonly uploads: UploadReader,
    private readonly metrics: OcrMetrics,
  ) {}

  /** @throws {AppError} as the upload and the reader do */
  readUpload(request: FastifyRequest): Promise<IdCardView> {
    return this.uploads.read(request, ID_CARD_FORM, async ({ files: [file], fields }) => {
      const side = wantedSide(fields);
      if (!file) throw new AppError('INTERNAL_ERROR');
      return this.read(await readFile(file.path), side, request.id);
    });
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE, with the state as its details, when cards cannot be read */
  async health(): Promise<OcrHealth> {
    const startedAt = performance.now();
    const state = (status: OcrHealth['status'], message: string): OcrHealth => ({
      status,
      provider: this.reader.provider,
      message,
      latencyMs: Math.round(performance.now() - startedAt),
    });
    try {
      return state('healthy', await this.reader.check());
    } catch (error) {
      const message = error instanceof AppError ? error.message : '识别服务不可用';
      throw new AppError('SERVICE_UNAVAILABLE', {
        message,
        details: state('unhealthy', message),
        cause: error,
      });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader.close();
  }

  private async read(picture: Buffer, side: CardSide | undefined, requestId: string): Promise<IdCardView> {
    const reading = await this.metrics.measure(() => this.reader.read(picture, side));
    const warnings = [...reading.warnings, ...warningsAbout(reading.card, new Date())];
    return toIdCardView(reading, warnings, requestId);
  }
}
