import { Body, Get, Param, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { BindCodes } from './bind-codes.service';
import { Qrcodes } from './qrcode.service';
import { TestMessages } from './test-messages.service';
import { WechatAccounts } from './wechat-accounts.service';
import {
  bindQrcodeAnswer,
  CodeDto,
  GenerateQrcodeDto,
  openidAnswer,
  phoneAnswer,
  qrcodeAnswer,
  sentAnswer,
  TestMessageDto,
  UserIdParam,
  wechatLoginAnswer,
} from './wechat.dto';

@CrmController('wechat', '微信')
export class WechatController {
  constructor(
    private readonly accounts: WechatAccounts,
    private readonly qrcodes: Qrcodes,
    private readonly bindCodes: BindCodes,
    private readonly testMessages: TestMessages,
  ) {}

  @Post('login')
  @Access('public')
  @RateLimit('wechatLogin')
  @Answers({
    summary: '微信登录；没有账号时自动创建（面试官）',
    message: '登录成功',
    data: wechatLoginAnswer,
  })
  login(@Body() { code }: CodeDto, @CurrentCaller() caller: Caller) {
    return this.accounts.login(code, caller);
  }

  @Post('openid')
  @Access('public')
  @RateLimit('wechatLogin')
  @Answers({ summary: '用 code 换取 openid', message: '获取openid成功', data: openidAnswer })
  openid(@Body() { code }: CodeDto) {
    return this.accounts.openid(code);
  }

  @Post('get-phone')
  @Access('staff')
  @Answers({ summary: '用手机号按钮的 code 换取手机号', message: '获取手机号成功', data: phoneAnswer })
  phone(@Body() { code }: CodeDto, @CurrentCaller() caller: StaffCaller) {
    return this.accounts.phone(code, caller);
  }

  @Post('generate-qrcode')
  @Access('staff')
  @RateLimit('qrcode')
  @Answers({ summary: '生成小程序码', message: '生成成功', data: qrcodeAnswer })
  generateQrcode(@Body() input: GenerateQrcodeDto) {
    return this.qrcodes.generate(input);
  }

  @Get('bind-qrcode/:userId')
  @Access('staff')
  @Answers({ summary: '员工绑定公众号的二维码；10 分钟内有效，只能用一次', data: bindQrcodeAnswer })
  bindQrcode(@Param() { userId }: UserIdParam, @CurrentCaller() caller: StaffCaller) {
    return this.bindCodes.create(userId, caller);
  }

  @Post('test-message')
  @Access('admin')
  @Answers({ summary: '给已绑定公众号的员工发送测试消息', message: '发送成功', data: sentAnswer })
  testMessage(@Body() input: TestMessageDto) {
    return this.testMessages.send(input);
  }
}
