import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { UsersModule } from '../users/users.module';
import { WechatClientsModule } from '../wechat-clients/wechat-clients.module';
import { ACCOUNT_EVENT, accountEventSchema, AccountEvents } from './account-events.service';
import { BIND_CODE, bindCodeSchema, BindCodes } from './bind-codes.service';
import { Qrcodes, WECHAT_QRCODE, wechatQrcodeSchema } from './qrcode.service';
import { TestMessages } from './test-messages.service';
import { WechatAccounts } from './wechat-accounts.service';
import { WechatEventController } from './wechat-event.controller';
import { WechatController } from './wechat.controller';

@Module({
  imports: [
    UsersModule,
    WechatClientsModule,
    CollectionsModule.of([
      { name: WECHAT_QRCODE, schema: wechatQrcodeSchema },
      { name: BIND_CODE, schema: bindCodeSchema },
      { name: ACCOUNT_EVENT, schema: accountEventSchema },
    ]),
  ],
  controllers: [WechatController, WechatEventController],
  providers: [WechatAccounts, Qrcodes, BindCodes, AccountEvents, TestMessages],
})
export class WechatModule {}
