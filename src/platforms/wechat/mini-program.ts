import { z } from 'zod';
import type { WechatApi } from './wechat-api';

export interface WechatIdentity {
  openid: string;
  /** the same person at all apps of one open-platform account */
  unionid?: string;
}

export interface PhoneNumber {
  phoneNumber: string;
  purePhoneNumber: string;
  countryCode: string;
}

export interface MiniProgramCode {
  scene: string;
  page: string;
  /** pixels, 280–1280 */
  width: number;
  autoColor: boolean;
  lineColor?: { r: number; g: number; b: number };
}

export interface SubscribeMessage {
  touser: string;
  template_id: string;
  data: Record<string, { value: string }>;
  page?: string;
  miniprogram_state?: 'developer' | 'trial' | 'formal';
}

export interface SendResult {
  errcode: number;
  errmsg: string;
  msgid?: number | string;
}

const openid = z.string().min(1).max(128);
// session_key is in the answer too; nothing here needs it, so it is not even read
const sessionAnswer = z.object({ openid, unionid: openid.optional() });
const phoneAnswer = z.object({
  phone_info: z.object({ phoneNumber: z.string(), purePhoneNumber: z.string(), countryCode: z.string() }),
});
/** What becomes of a message, at both kinds of apps. */
export const sendAnswer = z.object({
  errcode: z.int(),
  errmsg: z.string(),
  msgid: z.union([z.number(), z.string()]).optional(),
});

/** What the service asks of WeChat as a mini-program. https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/ */
export class MiniProgram {
  constructor(private readonly api: WechatApi) {}

  get appId(): string {
    return this.api.appId;
  }

  /** Who has logged in, by the code of wx.login: good once, for five minutes. */
  identify(code: string): Promise<WechatIdentity> {
    return this.api.plain(
      {
        operation: 'jscode2session',
        method: 'GET',
        path: '/sns/jscode2session',
        query: { ...this.api.identity, js_code: code, grant_type: 'authorization_code' },
        repeatable: false,
      },
      sessionAnswer,
    );
  }

  /** The phone number that its owner has just agreed to give, by the code of the phone button: good once. */
  async phoneNumber(code: string): Promise<PhoneNumber> {
    const answer = await this.api.authorised(
      {
        operation: 'getuserphonenumber',
        method: 'POST',
        path: '/wxa/business/getuserphonenumber',
        body: { code },
        repeatable: false,
      },
      phoneAnswer,
    );
    return answer.phone_info;
  }

  /** A code that leads to a page of the mini-program: PNG or JPEG bytes. */
  codeImage({ scene, page, width, autoColor, lineColor }: MiniProgramCode) {
    return this.api.image({
      operation: 'getwxacodeunlimit',
      method: 'POST',
      path: '/wxa/getwxacodeunlimit',
      body: {
        scene,
        page,
        width,
        auto_color: autoColor,
        ...(lineColor ? { line_color: lineColor } : {}),
      },
      repeatable: true,
    });
  }

  /** Not repeated here: a message whose answer got lost may have been delivered. */
  sendSubscribeMessage(message: SubscribeMessage): Promise<SendResult> {
    return this.api.authorised(
      {
        operation: 'subscribe/send',
        method: 'POST',
        path: '/cgi-bin/message/subscribe/send',
        body: message,
        repeatable: false,
      },
      sendAnswer,
    );
  }
}
