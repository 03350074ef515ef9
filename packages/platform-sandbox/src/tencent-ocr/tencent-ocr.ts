import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { TencentCredentials } from '../credentials';
import type { Platform, PlatformAnswer, PlatformRequest } from '../platform/platform';
import { type CardSide, fieldsOf, hasSide, type OcrCard, rectified, SAMPLE_CARD } from './card';
import { OCR_CARD } from './card-schema';
import { refusal, TENCENT_REFUSALS } from './refusals';
import { signatureFault } from './tc3-signature';

const VERSION = '2018-11-19';
/** of the picture in base64 */
const LARGEST_PICTURE = 10 * 1024 * 1024;
const LARGEST_BODY = 11 * 1024 * 1024;

interface IdCardOrder {
  ImageBase64?: unknown;
  CardSide?: unknown;
  Config?: unknown;
  EnableRecognitionRectify?: unknown;
}

/** Tencent Cloud's IDCardOCR, under `/tencent-ocr`: signatures are checked in earnest, pictures are not looked at. */
export class TencentOcr implements Platform {
  readonly name = 'tencent-ocr';
  readonly refusals = TENCENT_REFUSALS;
  readonly routes: Platform['routes'] = [
    { method: 'POST', path: '/', bodyLimit: LARGEST_BODY, handle: (request) => this.handle(request) },
  ];
  private card: OcrCard = SAMPLE_CARD;

  constructor(readonly credentials: TencentCredentials) {}

  /** `POST /_control/ocr-card`: what the next pictures show, until `reset`; `{}` is a picture without a card. */
  control(app: FastifyInstance): void {
    app.post<{ Body: OcrCard }>(
      '/ocr-card',
      { schema: { body: OCR_CARD } },
      ({ body }) => (this.card = body),
    );
  }

  reset(): void {
    this.card = SAMPLE_CARD;
  }

  private handle(request: PlatformRequest): PlatformAnswer {
    // the prefix is part of what the SDK signs
    const path = `/${this.name}${request.url.split('?')[0]}`;
    const signed = { method: 'POST', path, headers: request.headers, body: request.body };
    const fault = signatureFault(signed, this.credentials, Date.now() / 1000);
    if (fault) throw refusal(fault);
    if (request.headers['x-tc-action'] !== 'IDCardOCR') throw refusal('InvalidAction');
    if (request.headers['x-tc-version'] !== VERSION) throw refusal('NoSuchVersion');
    return { Response: { ...this.read(parse(request.body)), RequestId: randomUUID() } };
  }

  private read(order: IdCardOrder): Record<string, unknown> {
    requirePicture(order.ImageBase64);
    const side = this.sideOf(order.CardSide);
    const fields = fieldsOf(this.card, side);
    const { EnableRecognitionRectify: rectify = true, Config } = order;
    return { ...(rectify === false ? fields : rectified(fields)), ...advancedInfo(this.card, Config) };
  }

  private sideOf(wanted: unknown): CardSide {
    if (wanted !== undefined && wanted !== 'FRONT' && wanted !== 'BACK')
      throw refusal('InvalidParameterValue.InvalidParameterValueLimit');
    const there = (['FRONT', 'BACK'] as const).filter((side) => hasSide(this.card, side));
    const [first] = there;
    if (!first) throw refusal('FailedOperation.ImageNoIdCard');
    if (wanted && !there.includes(wanted)) throw refusal('FailedOperation.CardSideError');
    return wanted ?? first;
  }
}

function parse(json: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(json)) as Record<string, unknown>;
  } catch {
    throw refusal('InvalidRequest');
  }
}

/** The cloud knows JPEG, PNG and BMP; anything else it cannot decode. */
const MAGIC = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('\x89PNG', 'latin1'), Buffer.from('BM')];

function requirePicture(base64: unknown): void {
  if (typeof base64 !== 'string' || base64 === '') throw refusal('FailedOperation.EmptyImageError');
  if (base64.length > LARGEST_PICTURE) throw refusal('LimitExceeded.TooLargeFileError');
  const head = Buffer.from(base64.slice(0, 16), 'base64');
  if (!MAGIC.some((magic) => head.subarray(0, magic.length).equals(magic)))
    throw refusal('FailedOperation.ImageDecodeFailed');
}

/** A JSON string of what Config has asked for. */
function advancedInfo({ Quality = 90, WarnInfos = [] }: OcrCard, config: unknown): { AdvancedInfo?: string } {
  const asked = typeof config === 'string' ? parse(config) : {};
  const warns = Object.keys(asked).some((name) => name.endsWith('Warn'));
  const info = { ...(asked['Quality'] ? { Quality } : {}), ...(warns ? { WarnInfos } : {}) };
  return Object.keys(info).length === 0 ? {} : { AdvancedInfo: JSON.stringify(info) };
}
