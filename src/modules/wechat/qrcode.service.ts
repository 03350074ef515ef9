import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { mongo, Schema } from 'mongoose';
import { AppError, invalidField } from '../../common/errors/app-error';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { ERRCODE, WechatError } from '../../platforms/wechat/wechat-error';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { GenerateQrcodeDto, QrcodeAnswer } from './wechat.dto';

export const WECHAT_QRCODE = 'WechatQrcode';

interface WechatQrcode {
  /** name of the file in its address, made of what the picture shows; looked up by it alone */
  _id: string;
  contentType: string;
  bytes: mongo.Binary;
  createdAt: Date;
}

const KEPT_SECONDS = 90 * 24 * 3600;

export const wechatQrcodeSchema = new Schema<WechatQrcode>(
  { _id: String, contentType: String, bytes: Buffer, createdAt: Date },
  { collection: 'wechat_qrcodes', versionKey: false },
)
  // pictures that nobody has asked for again
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

/** Mini-program codes. WeChat makes the picture; it is kept, so that its address works for those who scan it later. */
@Injectable()
export class Qrcodes {
  constructor(
    @InjectCollection(WECHAT_QRCODE) private readonly pictures: Collection<WechatQrcode>,
    private readonly wechat: WechatClients,
    private readonly settings: Settings,
  ) {}

  /** @throws {AppError} INVALID_PARAMS for a page or a scene that WeChat refuses */
  async generate(input: GenerateQrcodeDto): Promise<QrcodeAnswer> {
    // keyed: whoever knows page and scene must still not know the address
    const digest = createHmac('sha256', this.settings.jwtSecret)
      .update(`qrcode:${JSON.stringify(input)}`)
      .digest('hex')
      .slice(0, 32);
    const { _id, bytes } = (await this.kept(digest)) ?? (await this.make(digest, input));
    return {
      qrcodeUrl: `${this.settings.publicBaseUrl}/api/wechat/qrcode/${_id}`,
      buffer: Buffer.from(bytes.buffer).toString('base64'),
    };
  }

  /** The same code again is the same picture: WeChat counts what it makes. */
  private kept(digest: string): Promise<WechatQrcode | null> {
    return this.pictures.findOneAndUpdate(
      { _id: { $in: [`${digest}.png`, `${digest}.jpg`] } },
      { $set: { createdAt: new Date() } },
    );
  }

  private async make(digest: string, input: GenerateQrcodeDto): Promise<WechatQrcode> {
    const { contentType, bytes } = await this.wechat.miniProgram.codeImage(input).catch(refusedField);
    const _id = `${digest}.${contentType === 'image/png' ? 'png' : 'jpg'}`;
    const picture = { contentType, bytes: new mongo.Binary(bytes), createdAt: new Date() };
    await this.pictures.updateOne({ _id }, { $set: picture }, { upsert: true });
    return { _id, ...picture };
  }

  async picture(name: string): Promise<{ contentType: string; bytes: Buffer }> {
    const kept = await this.pictures.findOne({ _id: name });
    if (!kept) throw new AppError('NOT_FOUND', { message: '小程序码不存在或已过期' });
    return { contentType: kept.contentType, bytes: Buffer.from(kept.bytes.buffer) };
  }
}

function refusedField(error: unknown): never {
  if (error instanceof WechatError && error.errcode === ERRCODE.unknownPage)
    throw invalidField('page', '小程序中没有这个页面，或尚未发布');
  if (error instanceof WechatError && error.errcode === ERRCODE.badScene)
    throw invalidField('scene', '微信不接受这个 scene');
  throw error;
}
