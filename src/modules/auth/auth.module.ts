import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module';
import { WechatClientsModule } from '../wechat-clients/wechat-clients.module';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { MiniprogramLogin } from './miniprogram-login.service';

@Module({
  imports: [UsersModule, WechatClientsModule],
  controllers: [AuthController],
  providers: [AuthService, MiniprogramLogin],
})
export class AuthModule {}
