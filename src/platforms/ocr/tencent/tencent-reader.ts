import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import sharp from 'sharp';
import { ocr } from 'tencentcloud-sdk-nodejs-ocr';
import { AppError, invalidField } from '../../../common/errors/app-error';
import type { TencentOcrSettings } from '../../../config/settings';
import type { CardReading, CardSide, IdCardReader, Picture } from '../id-card';
import { readingOf } from './tencent-answer';
import { asAppError, servesDespite } from './tencent-errors';

/** What the cloud is asked to look at besides. */
const CONFIG = JSON.stringify({
  CopyWarn: true,
  BorderCheckWarn: true,
  ReshootWarn: true,
  DetectPsWarn: true,
  TempIdWarn: true,
  InvalidDateWarn: true,
  ReflectWarn: true,
  Quality: true,
});

const MOST_PIXELS = 50_000_000;
/** Pictures decoded at once, and those that may wait for it. */
const decoding = bulkhead(2, 20);

interface IdCardRequest {
  ImageBase64?: string;
  CardSide?: 'FRONT' | 'BACK';
  Config?: string;
  EnableRecognitionRectify?: boolean;
}

/** Reads cards with Tencent Cloud's IDCardOCR, through its SDK: the pictures leave this machine. */
export class TencentReader implements IdCardReader {
  readonly provider = 'tencent';
  private readonly client: InstanceType<typeof ocr.v20181119.Client>;

  constructor(
    { secretId, secretKey, region, endpoint }: TencentOcrSettings,
    private readonly timeoutMs: number,
  ) {
    const { protocol, host, pathname } = new URL(endpoint);
    this.client = new ocr.v20181119.Client({
      credential: { secretId, secretKey },
      region,
      profile: {
        httpProfile: {
          protocol: `${protocol}//`,
          endpoint: host + pathname.replace(/\/$/, ''),
          // the signal below is the limit; this one only ends what it has left behind
          reqTimeout: (2 * timeoutMs) / 1000,
        },
      },
    });
  }

  async read(picture: Picture, side?: CardSide): Promise<CardReading> {
    const answer = await this.call({
      ImageBase64: (await acceptable(picture)).toString('base64'),
      ...(side ? { CardSide: side === 'front' ? 'FRONT' : 'BACK' } : {}),
      Config: CONFIG,
      // left to itself, the cloud makes number, birth and sex agree: a fake would look like an honest card
      EnableRecognitionRectify: false,
    });
    return readingOf(answer, side);
  }

  /** A request without a picture: it is refused for that, and for nothing else, when keys and cloud are in order. */
  async check(): Promise<string> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      await this.client.request('IDCardOCR', {}, { signal });
    } catch (error) {
      if (!servesDespite(error)) throw asAppError(error, signal.aborted);
    }
    return '腾讯云识别可用';
  }

  async close(): Promise<void> {
    // the SDK keeps no connection
  }

  private async call(request: IdCardRequest): Promise<unknown> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      return await this.client.request('IDCardOCR', request, { signal });
    } catch (error) {
      throw asAppError(error, signal.aborted);
    }
  }
}

/** The cloud takes no WebP. Decoded, a pixel takes four bytes, so that few are at a time, and none is enormous. */
async function acceptable(picture: Picture): Promise<Buffer> {
  const isWebp = picture.subarray(8, 12).toString('latin1') === 'WEBP';
  if (!isWebp) return picture;
  try {
    return await decoding.execute(() =>
      sharp(picture, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 })
        .autoOrient()
        .flatten({ background: '#fff' })
        .jpeg({ quality: 92 })
        .toBuffer(),
    );
  } catch (error) {
    if (error instanceof BulkheadRejectedError)
      throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfter: 5 });
    throw invalidField('file', '图片已损坏或尺寸太大，无法读取');
  }
}
