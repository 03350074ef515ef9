import { Body, Get, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import {
  ChangePasswordDto,
  loginAnswer,
  LoginDto,
  miniprogramLoginAnswer,
  MiniprogramLoginDto,
  staffProfile,
  tokenAnswer,
} from './auth.dto';
import { AuthService } from './auth.service';
import { MiniprogramLogin } from './miniprogram-login.service';

@CrmController('auth', '登录')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly miniprogram: MiniprogramLogin,
  ) {}

  @Post('login')
  @Access('public')
  @RateLimit('login')
  @Answers({ summary: '用户名密码登录', message: '登录成功', data: loginAnswer })
  login(@Body() input: LoginDto, @CurrentCaller() caller: Caller) {
    return this.auth.login(input, caller);
  }

  @Post('miniprogram-login')
  @Access('public')
  @RateLimit('wechatLogin')
  @Answers({
    summary: '员工在小程序登录：微信账号已绑定，或手机号已验证',
    message: '登录成功',
    data: miniprogramLoginAnswer,
  })
  miniprogramLogin(@Body() input: MiniprogramLoginDto, @CurrentCaller() caller: Caller) {
    return this.miniprogram.login(input, caller);
  }

  @Get('me')
  @Access('staff')
  @Answers({ summary: '当前登录的员工', data: staffProfile })
  me(@CurrentCaller() caller: StaffCaller) {
    return this.auth.me(caller);
  }

  @Post('logout')
  @Access('staff')
  @Answers({ summary: '退出登录；此令牌随即失效', message: '已退出登录' })
  logout(@CurrentCaller() caller: StaffCaller) {
    return this.auth.logout(caller);
  }

  @Post('change-password')
  @Access('staff')
  @Answers({
    summary: '修改自己的密码；返回新令牌，其他登录随即失效',
    message: '密码已修改',
    data: tokenAnswer,
  })
  changePassword(@Body() input: ChangePasswordDto, @CurrentCaller() caller: StaffCaller) {
    return this.auth.changePassword(input, caller);
  }
}
