import { Injectable } from '@nestjs/common';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { Tokens } from '../../common/access/tokens';
import { AppError, invalidField } from '../../common/errors/app-error';
import { maskPhone } from '../../common/logging/masking';
import type { PhoneNumber } from '../../platforms/wechat/mini-program';
import { WechatIdentities } from '../users/wechat-identities';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { WechatLoginAnswer } from './wechat.dto';

/** What the codes of the mini-program turn into: an account, an openid, a phone number. */
@Injectable()
export class WechatAccounts {
  constructor(
    private readonly wechat: WechatClients,
    private readonly identities: WechatIdentities,
    private readonly tokens: Tokens,
  ) {}

  /** Logs the openid's account in; one that sees nothing of the CRM is made where there is none. */
  async login(code: string, caller: Caller): Promise<WechatLoginAnswer> {
    const refused = new AppError('LOGIN_FAILED', { message: '微信登录凭证无效或已使用，请重试' });
    const { openid } = await this.wechat.identify(code, refused);
    const user = await this.identities.accountOf(openid, caller);
    if (!user.active) throw new AppError('ACCOUNT_DISABLED');
    const id = user._id.toHexString();
    const phone = user.phone ?? user.provedPhone;
    return {
      token: this.tokens.issue('crm', id, user.tokenVersion),
      userInfo: {
        id,
        name: user.name,
        avatar: user.avatar ?? '',
        phone: phone ? maskPhone(phone) : '',
        openid,
        role: user.role,
      },
    };
  }

  async openid(code: string): Promise<{ openid: string }> {
    const { openid } = await this.wechat.identify(code, badCode());
    return { openid };
  }

  async phone(code: string, caller: StaffCaller): Promise<PhoneNumber> {
    const { phoneNumber, purePhoneNumber, countryCode } = await this.wechat.phoneNumber(code, badCode());
    await this.identities.recordProvedPhone(phoneNumber, caller);
    return { phoneNumber, purePhoneNumber, countryCode };
  }
}

function badCode(): AppError {
  return invalidField('code', 'code 无效或已使用，请重新获取');
}
