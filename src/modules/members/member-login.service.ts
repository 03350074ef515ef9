import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/access/caller';
import { Tokens } from '../../common/access/tokens';
import { AppError, invalidField } from '../../common/errors/app-error';
import { WechatClients } from '../wechat-clients/wechat-clients';
import type { Member } from './member.schema';
import type { MemberRegisterDto } from './members.dto';
import { MembersService } from './members.service';

export interface Session {
  memberId: number;
  /** as the `Authorization` header carries it */
  authorization: string;
}

/** Members come in by WeChat alone: registering needs the phone too, logging in only the account. */
@Injectable()
export class MemberLogin {
  constructor(
    private readonly members: MembersService,
    private readonly wechat: WechatClients,
    private readonly tokens: Tokens,
  ) {}

  /**
   * Registering again logs in, and leaves everything as it is.
   * @throws {AppError} UNAUTHORIZED for a login_code, INVALID_PARAMS for a phone_code that WeChat refuses
   */
  async register(input: MemberRegisterDto, caller: Caller): Promise<Session> {
    const identity = await this.identify(input.login_code);
    const known = await this.members.findByOpenid(identity.openid);
    if (known) return this.sessionOf(known);
    const phone = await this.provedPhone(input.phone_code);
    const inviterId = input.inviter_id ?? undefined;
    return this.sessionOf(await this.members.register({ ...identity, phone, inviterId }, caller));
  }

  /** @throws {AppError} UNAUTHORIZED for a login_code that WeChat refuses; NOT_FOUND for nobody known */
  async login(code: string): Promise<Session> {
    const { openid } = await this.identify(code);
    const member = await this.members.findByOpenid(openid);
    if (!member) throw new AppError('NOT_FOUND', { message: 'user not found' });
    return this.sessionOf(member);
  }

  /** The number that its owner has just let WeChat tell. @throws {AppError} INVALID_PARAMS */
  async provedPhone(code: string): Promise<string> {
    const refused = invalidField('phone_code', '手机号授权码无效或已使用，请重新授权');
    const { countryCode, purePhoneNumber } = await this.wechat.phoneNumber(code, refused);
    return countryCode === '86' ? purePhoneNumber : `+${countryCode}${purePhoneNumber}`;
  }

  private identify(code: string) {
    const refused = new AppError('UNAUTHORIZED', { message: '微信登录凭证无效或已使用，请重试' });
    return this.wechat.identify(code, refused);
  }

  private sessionOf({ _id: memberId, tokenVersion }: Member): Session {
    const token = this.tokens.issue('marketplace', String(memberId), tokenVersion);
    return { memberId, authorization: `Bearer ${token}` };
  }
}
