import { Body, Get, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { GenerateGuestTokenDto, GenerateTokenDto, zegoConfig, zegoToken } from './zego.dto';
import { ZegoTokens } from './zego-tokens.service';

@CrmController('zego', '视频服务')
export class ZegoController {
  constructor(private readonly tokens: ZegoTokens) {}

  @Post('generate-token')
  @Access('staff')
  @Answers({ summary: '主持人、经理或管理员进入房间视频的 Token；主持人由此回到房间', data: zegoToken })
  generate(@Body() input: GenerateTokenDto, @CurrentCaller() caller: StaffCaller) {
    return this.tokens.forStaff(input, caller);
  }

  @Post('generate-guest-token')
  @Access('public')
  @RateLimit('guestToken')
  @Answers({ summary: '访客进入房间视频的 Token；访客须已加入该房间', data: zegoToken })
  generateForGuest(@Body() input: GenerateGuestTokenDto) {
    return this.tokens.forGuest(input);
  }

  @Get('config')
  @Access('public')
  @Answers({ summary: '页面的视频设置', data: zegoConfig })
  config() {
    return this.tokens.config();
  }
}
