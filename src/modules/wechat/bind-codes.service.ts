import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ClientSession, Schema, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { StaffDirectory } from '../users/staff-directory';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { BindQrcodeAnswer } from './wechat.dto';

export const BIND_CODE = 'WechatBindCode';

interface BindCode {
  /** the scene that the QR code carries; looked up by it alone */
  _id: string;
  userId: Types.ObjectId;
  expiresAt: Date;
  usedAt: Date | null;
}

export const bindCodeSchema = new Schema<BindCode>(
  { _id: String, userId: Schema.Types.ObjectId, expiresAt: Date, usedAt: Date },
  { collection: 'wechat_bind_codes', versionKey: false },
)
  // codes that can no longer be used
  .index({ expiresAt: 1 }, { expireAfterSeconds: 24 * 3600 });

const LIFETIME_S = 10 * 60;

/** QR codes that bind whoever scans them to a member of staff: each once, and for ten minutes. */
@Injectable()
export class BindCodes {
  constructor(
    @InjectCollection(BIND_CODE) private readonly codes: Collection<BindCode>,
    private readonly wechat: WechatClients,
    private readonly staff: StaffDirectory,
  ) {}

  /** @throws {AppError} FORBIDDEN for anyone but that person and administrators */
  async create(userId: string, { principal }: StaffCaller): Promise<BindQrcodeAnswer> {
    if (principal.id !== userId && principal.role !== 'admin') throw new AppError('FORBIDDEN');
    const user = this.staff.get(userId);
    if (!user) throw new AppError('NOT_FOUND', { message: '用户不存在' });
    if (!user.active) throw new AppError('CONFLICT', { message: '账号已停用，不能绑定微信' });
    const sceneStr = `bind_${randomBytes(16).toString('hex')}`;
    const expiresAt = new Date(Date.now() + LIFETIME_S * 1000);
    await this.codes.insertOne({
      _id: sceneStr,
      userId: new Types.ObjectId(userId),
      expiresAt,
      usedAt: null,
    });
    const { imageUrl } = await this.wechat.officialAccount.sceneCode(sceneStr, LIFETIME_S);
    return { qrCodeUrl: imageUrl, sceneStr, expireTime: expiresAt.toISOString() };
  }

  /** Whether a scan of that scene can still bind somebody. */
  async isUsable(scene: string): Promise<boolean> {
    return (await this.codes.findOne({ _id: scene, usedAt: null, expiresAt: { $gt: new Date() } })) !== null;
  }

  /** Uses the code up: whose it is, or null when it was used or is over. */
  async use(scene: string, session: ClientSession): Promise<Types.ObjectId | null> {
    const now = new Date();
    const code = await this.codes.findOneAndUpdate(
      { _id: scene, usedAt: null, expiresAt: { $gt: now } },
      { $set: { usedAt: now } },
      { session },
    );
    return code?.userId ?? null;
  }
}
