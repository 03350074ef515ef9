import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error';
import { Settings, type ZegoSettings } from '../../config/settings';
import { Upstream } from '../upstream/upstream';
import { UpstreamMetrics } from '../upstream/upstream-metrics';
import { token04, type TokenRequest } from './token04';
import { ZegoApi } from './zego-api';

/** The agency's app at ZEGO, where video runs, as far as it is configured. */
@Injectable()
export class Zego {
  private readonly settings: ZegoSettings | undefined;
  private readonly key: KeyObject | undefined;
  private readonly api: ZegoApi | undefined;

  constructor({ zego }: Settings, metrics: UpstreamMetrics) {
    this.settings = zego;
    if (!zego) return;
    this.key = createSecretKey(Buffer.from(zego.serverSecret, 'utf8'));
    this.api = new ZegoApi(new Upstream('zego', zego.apiBaseUrl, metrics), zego);
  }

  get configured(): boolean {
    return this.settings !== undefined;
  }

  /** Whether media can run: the sandbox's ZEGO has a server API and no media. */
  get hasMedia(): boolean {
    return this.settings !== undefined && !this.settings.isSandbox;
  }

  get appId(): number | null {
    return this.settings?.appId ?? null;
  }

  /** Where a page's SDK connects to: wss://…; null where there is no media. */
  get webServer(): string | null {
    return this.hasMedia ? (this.settings?.webServer ?? null) : null;
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE where no app is configured */
  token(request: Omit<TokenRequest, 'appId'>): { token: string; appId: number } {
    if (!this.settings || !this.key)
      throw new AppError('SERVICE_UNAVAILABLE', { message: '视频服务未配置，请联系管理员' });
    const { appId } = this.settings;
    return { token: token04({ appId, ...request }, this.key), appId };
  }

  /** Puts everybody out of the room at ZEGO; nothing where no app is configured. */
  async closeRoom(roomId: string): Promise<void> {
    await this.api?.closeRoom(roomId);
  }
}
