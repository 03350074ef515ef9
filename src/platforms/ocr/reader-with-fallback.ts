import type { Logger } from 'pino';
import { AppError } from '../../common/errors/app-error';
import type { CardReading, CardSide, IdCardReader, Picture } from './id-card';

/** How an outside provider fails; what is wrong with a picture is wrong everywhere. */
const OUTAGES = ['UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'];

/** Reads with one provider and, when that is out of service, with another: which one it was is in the answer. */
export class ReaderWithFallback implements IdCardReader {
  constructor(
    private readonly first: IdCardReader,
    private readonly second: IdCardReader,
    private readonly logger: Logger,
  ) {}

  get provider() {
    return this.first.provider;
  }

  async read(picture: Picture, side?: CardSide): Promise<CardReading> {
    try {
      return await this.first.read(picture, side);
    } catch (error) {
      this.noteOutage(error);
      const reading = await this.second.read(picture, side);
      return { ...reading, warnings: ['云端识别不可用，结果由本机识别', ...reading.warnings] };
    }
  }

  async check(): Promise<string> {
    try {
      return await this.first.check();
    } catch (error) {
      this.noteOutage(error);
      return `云端识别不可用，由本机代替：${await this.second.check()}`;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()]);
  }

  private noteOutage(error: unknown): void {
    if (!(error instanceof AppError) || !OUTAGES.includes(error.code)) throw error;
    this.logger.warn({ code: error.code, err: error.cause }, 'reading with the second provider');
  }
}
