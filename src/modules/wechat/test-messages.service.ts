import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, invalidField } from '../../common/errors/app-error';
import { formatShanghaiMinute } from '../../common/time/shanghai';
import { Settings } from '../../config/settings';
import { messageData } from '../../platforms/wechat/message-data';
import { UsersService } from '../users/users.service';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { TestMessageDto } from './wechat.dto';

/** Shows an administrator whether the official account reaches somebody. */
@Injectable()
export class TestMessages {
  constructor(
    private readonly users: UsersService,
    private readonly wechat: WechatClients,
    private readonly settings: Settings,
  ) {}

  /** @throws {AppError} INVALID_PARAMS for an account without a follower; UPSTREAM_ERROR with WeChat's errcode */
  async send({ userId, message }: TestMessageDto): Promise<{ msgid: string }> {
    const user = await this.users.findOrFail(userId);
    if (!user.officialOpenid) throw invalidField('userId', '用户未绑定微信');
    const templateId = this.settings.env.WECHAT_MP_TEMPLATE_ID;
    if (!templateId) throw new AppError('SERVICE_UNAVAILABLE', { message: '公众号消息模板未配置' });
    const { msgid } = await this.wechat.officialAccount.sendTemplate({
      touser: user.officialOpenid,
      template_id: templateId,
      client_msg_id: randomUUID(),
      data: messageData({
        thing1: message,
        time2: formatShanghaiMinute(new Date()),
        thing3: '未提供',
        thing7: user.name,
      }),
    });
    return { msgid: String(msgid ?? '') };
  }
}
