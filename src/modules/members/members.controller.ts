import { Body, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { MemberLogin, type Session } from './member-login.service';
import { MemberProfiles } from './member-profiles.service';
import {
  type LoggedIn,
  loggedIn,
  MemberLoginDto,
  memberInfo,
  MemberRegisterDto,
  UpdateGeoDto,
  UpdateInfoDto,
} from './members.dto';

@MarketplaceController('', '市场：用户')
export class MembersController {
  constructor(
    private readonly members: MemberLogin,
    private readonly profiles: MemberProfiles,
  ) {}

  @Post('wechat/user/register')
  @Access('public')
  @RateLimit('memberRegister')
  // WeChat is asked in between; whoever is registered already is only logged in
  @Idempotent('own-transactions')
  @MarketplaceAnswers({ summary: '微信注册；已注册的直接登录', data: loggedIn, token: true })
  async register(
    @Body() input: MemberRegisterDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoggedIn> {
    return handOver(await this.members.register(input, caller), reply);
  }

  @Post('wechat/user/login')
  @Access('public')
  @RateLimit('memberLogin')
  @MarketplaceAnswers({ summary: '微信登录；未注册的返回 404', data: loggedIn, token: true })
  async login(
    @Body() { login_code }: MemberLoginDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoggedIn> {
    return handOver(await this.members.login(login_code), reply);
  }

  @Get('user/info')
  @Access('member')
  @MarketplaceAnswers({ summary: '个人信息', data: memberInfo })
  info(@CurrentCaller() caller: MemberCaller) {
    return this.profiles.info(caller);
  }

  @Post('user/update/info')
  @Access('member')
  @MarketplaceAnswers({ summary: '修改个人信息；换手机号需要 phone_code' })
  update(@Body() input: UpdateInfoDto, @CurrentCaller() caller: MemberCaller) {
    return this.profiles.update(input, caller);
  }

  @Post('user/update/geo')
  @Access('member')
  @MarketplaceAnswers({ summary: '更新位置' })
  updateGeo(@Body() input: UpdateGeoDto, @CurrentCaller() caller: MemberCaller) {
    return this.profiles.updateGeo(input, caller);
  }
}

function handOver({ memberId, authorization }: Session, reply: FastifyReply): LoggedIn {
  reply.header('Authorization', authorization);
  return { user_info: { id: memberId } };
}
