import { Injectable } from '@nestjs/common';
import { Schema } from 'mongoose';
import { type Collection, InjectCollection } from '../../database/collections';
import type { AccessToken, TokenStore } from '../../platforms/wechat/access-token';

export const WECHAT_TOKEN = 'WechatToken';

interface WechatToken {
  /** the app id; one document each, looked up by it alone */
  _id: string;
  value?: string;
  usableUntil?: Date;
  /** when an instance last had the token replaced by force */
  replacedAt?: Date;
}

export const wechatTokenSchema = new Schema<WechatToken>(
  { _id: String, value: String, usableUntil: Date, replacedAt: Date },
  { collection: 'wechat_tokens', versionKey: false },
);

/** WeChat replaces a token by force 20 times a day and not twice within 30 s. */
const REPLACEMENT_PAUSE_MS = 31_000;

/** Access tokens shared by all instances. */
@Injectable()
export class WechatTokenStore implements TokenStore {
  constructor(@InjectCollection(WECHAT_TOKEN) private readonly tokens: Collection<WechatToken>) {}

  async read(appId: string): Promise<AccessToken | null> {
    const kept = await this.tokens.findOne({ _id: appId });
    return kept?.value && kept.usableUntil ? { value: kept.value, usableUntil: kept.usableUntil } : null;
  }

  async save(appId: string, { value, usableUntil }: AccessToken): Promise<void> {
    await this.tokens.updateOne({ _id: appId }, { $set: { value, usableUntil } }, { upsert: true });
  }

  async claimReplacement(appId: string): Promise<boolean> {
    const now = new Date();
    const pauseOver = new Date(now.getTime() - REPLACEMENT_PAUSE_MS);
    const { matchedCount } = await this.tokens.updateOne(
      { _id: appId, $or: [{ replacedAt: { $exists: false } }, { replacedAt: { $lt: pauseOver } }] },
      { $set: { replacedAt: now } },
    );
    return matchedCount === 1;
  }
}
