import { z } from 'zod';
import { sendAnswer, type SendResult } from './mini-program';
import type { WechatApi } from './wechat-api';

export interface TemplateMessage {
  touser: string;
  template_id: string;
  data: Record<string, { value: string }>;
  /** opens this page of the mini-program when tapped */
  miniprogram?: { appid: string; pagepath: string };
  /** WeChat delivers messages of one id once */
  client_msg_id: string;
}

export interface SceneCode {
  /** address of the picture to scan */
  imageUrl: string;
  expiresInSeconds: number;
}

const qrAnswer = z.object({ ticket: z.string().min(1), expire_seconds: z.int(), url: z.string() });
const userAnswer = z.object({
  subscribe: z.int(),
  openid: z.string().optional(),
  unionid: z.string().optional(),
});
/** What the service asks of WeChat as an official account. https://developers.weixin.qq.com/doc/service/ */
export class OfficialAccount {
  constructor(
    private readonly api: WechatApi,
    /** base URL of the pictures, which WeChat keeps on a host of their own */
    private readonly imageBaseUrl: string,
  ) {}

  /** A QR code whose scan WeChat reports with `scene` (1–64 characters), for at most 30 days. */
  async sceneCode(scene: string, expireSeconds: number): Promise<SceneCode> {
    const answer = await this.api.authorised(
      {
        operation: 'qrcode/create',
        method: 'POST',
        path: '/cgi-bin/qrcode/create',
        body: {
          expire_seconds: expireSeconds,
          action_name: 'QR_STR_SCENE',
          action_info: { scene: { scene_str: scene } },
        },
        repeatable: true,
      },
      qrAnswer,
    );
    return {
      imageUrl: `${this.imageBaseUrl}/cgi-bin/showqrcode?ticket=${encodeURIComponent(answer.ticket)}`,
      expiresInSeconds: answer.expire_seconds,
    };
  }

  /** The follower's unionid, if the account belongs to an open-platform account. */
  async unionidOf(openid: string): Promise<string | undefined> {
    const answer = await this.api.authorised(
      {
        operation: 'user/info',
        method: 'GET',
        path: '/cgi-bin/user/info',
        query: { openid },
        repeatable: true,
      },
      userAnswer,
    );
    return answer.unionid;
  }

  /** May be repeated: WeChat knows a message by its client_msg_id. */
  sendTemplate(message: TemplateMessage): Promise<SendResult> {
    return this.api.authorised(
      {
        operation: 'template/send',
        method: 'POST',
        path: '/cgi-bin/message/template/send',
        body: message,
        repeatable: true,
      },
      sendAnswer,
    );
  }
}
