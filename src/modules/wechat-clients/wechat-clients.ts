import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error';
import { Settings } from '../../config/settings';
import { Upstream } from '../../platforms/upstream/upstream';
import { UpstreamMetrics } from '../../platforms/upstream/upstream-metrics';
import { MiniProgram, type PhoneNumber, type WechatIdentity } from '../../platforms/wechat/mini-program';
import { OfficialAccount } from '../../platforms/wechat/official-account';
import { WechatApi } from '../../platforms/wechat/wechat-api';
import { ERRCODE, WechatError } from '../../platforms/wechat/wechat-error';
import { WechatTokenStore } from './wechat-token.store';

const WECHAT_HOST = 'https://api.weixin.qq.com';
const WECHAT_IMAGE_HOST = 'https://mp.weixin.qq.com';
const REFUSED_CODES: readonly number[] = [ERRCODE.badCode, ERRCODE.usedCode, ERRCODE.blockedUser];

/** The agency's mini-program and official account, as far as they are configured. */
@Injectable()
export class WechatClients {
  private readonly ownMiniProgram: MiniProgram | undefined;
  private readonly ownOfficialAccount: OfficialAccount | undefined;

  constructor({ env }: Settings, tokens: WechatTokenStore, metrics: UpstreamMetrics) {
    if (env.WECHAT_APP_ID && env.WECHAT_APP_SECRET) {
      const credentials = { appId: env.WECHAT_APP_ID, appSecret: env.WECHAT_APP_SECRET };
      const upstream = new Upstream('wechat', env.WECHAT_API_BASE_URL, metrics);
      this.ownMiniProgram = new MiniProgram(new WechatApi(upstream, credentials, tokens));
    }
    if (env.WECHAT_MP_APP_ID && env.WECHAT_MP_APP_SECRET) {
      const credentials = { appId: env.WECHAT_MP_APP_ID, appSecret: env.WECHAT_MP_APP_SECRET };
      const upstream = new Upstream('wechat-mp', env.WECHAT_MP_BASE_URL, metrics);
      const images = env.WECHAT_MP_BASE_URL === WECHAT_HOST ? WECHAT_IMAGE_HOST : env.WECHAT_MP_BASE_URL;
      this.ownOfficialAccount = new OfficialAccount(new WechatApi(upstream, credentials, tokens), images);
    }
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE where none is configured */
  get miniProgram(): MiniProgram {
    return this.ownMiniProgram ?? notConfigured('微信小程序');
  }

  /** @throws {AppError} SERVICE_UNAVAILABLE where none is configured */
  get officialAccount(): OfficialAccount {
    return this.ownOfficialAccount ?? notConfigured('微信公众号');
  }

  /** Who has logged in; `refused` is thrown for a code that is wrong, used or a blocked user's. */
  identify(code: string, refused: AppError): Promise<WechatIdentity> {
    return this.miniProgram.identify(code).catch(translated(refused));
  }

  /** The phone behind the code of the phone button; `refused` as above. */
  phoneNumber(code: string, refused: AppError): Promise<PhoneNumber> {
    return this.miniProgram.phoneNumber(code).catch(translated(refused));
  }
}

function notConfigured(what: string): never {
  throw new AppError('SERVICE_UNAVAILABLE', { message: `${what}未配置，请联系管理员` });
}

function translated(refused: AppError): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof WechatError)) throw error;
    if (REFUSED_CODES.includes(error.errcode)) throw refused;
    if (error.errcode === ERRCODE.tooOften)
      throw new AppError('RATE_LIMITED', { retryAfter: 60, cause: error });
    throw error;
  };
}
