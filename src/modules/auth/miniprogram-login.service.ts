import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/access/caller';
import { Tokens } from '../../common/access/tokens';
import { AppError } from '../../common/errors/app-error';
import { WechatIdentities } from '../users/wechat-identities';
import type { User } from '../users/user.schema';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { WechatIdentity } from '../../platforms/wechat/mini-program';
import type { MiniprogramLoginDto, MiniprogramUser } from './auth.dto';

/** Log-in of staff in the mini-program: by the WeChat account once bound, and before that by a proved phone. */
@Injectable()
export class MiniprogramLogin {
  constructor(
    private readonly wechat: WechatClients,
    private readonly identities: WechatIdentities,
    private readonly tokens: Tokens,
  ) {}

  /**
   * Having a code proves who holds the openid, and nothing about a phone number: that is proved by WeChat's phone
   * button, or by the unionid that the account's own QR code was scanned with.
   * @throws {AppError} PHONE_NOT_VERIFIED, LOGIN_FAILED, ACCOUNT_DISABLED
   */
  async login(
    { code, phone, phoneCode }: MiniprogramLoginDto,
    caller: Caller,
  ): Promise<{ token: string; user: MiniprogramUser }> {
    const identity = await this.wechat.identify(code, refusedCode());
    const bound = await this.identities.findByOpenid(identity.openid);
    const user =
      bound && !isProvisional(bound)
        ? this.ofBound(bound, phone)
        : await this.ofProved(identity, phone, phoneCode, caller);
    if (!user.active) throw new AppError('ACCOUNT_DISABLED');
    const id = user._id.toHexString();
    return {
      token: this.tokens.issue('crm', id, user.tokenVersion),
      user: { id, phone: user.phone ?? '', name: user.name, role: user.role },
    };
  }

  private ofBound(bound: User, phone: string): User {
    if (bound.phone === phone) return bound;
    throw new AppError('LOGIN_FAILED', { message: '手机号与该微信绑定的账号不符' });
  }

  /** The proof comes first: without one, nothing is told about a phone, not even whether it is registered. */
  private async ofProved(
    identity: WechatIdentity,
    phone: string,
    phoneCode: string | undefined,
    caller: Caller,
  ): Promise<User> {
    const holder = await this.identities.findByPhone(phone);
    const proved = phoneCode
      ? await this.isOwnPhone(phone, phoneCode)
      : identity.unionid !== undefined && holder?.unionid === identity.unionid;
    if (!proved) throw new AppError('PHONE_NOT_VERIFIED');
    if (!holder) throw new AppError('LOGIN_FAILED', { message: '手机号未注册，请联系管理员' });
    return this.identities.bind(identity.openid, holder, caller);
  }

  private async isOwnPhone(phone: string, phoneCode: string): Promise<boolean> {
    const proof = await this.wechat.phoneNumber(phoneCode, refusedCode());
    return proof.countryCode === '86' && proof.purePhoneNumber === phone;
  }
}

/** An account that only a WeChat log-in has made may turn out to be a member of staff's. */
function isProvisional({ madeByWechat, phone }: User): boolean {
  return madeByWechat === true && !phone;
}

function refusedCode(): AppError {
  return new AppError('LOGIN_FAILED', { message: '微信登录凭证无效或已使用，请重试' });
}
