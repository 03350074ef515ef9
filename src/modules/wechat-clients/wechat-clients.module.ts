import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { UpstreamModule } from '../../platforms/upstream/upstream.module';
import { WechatClients } from './wechat-clients';
import { WECHAT_TOKEN, WechatTokenStore, wechatTokenSchema } from './wechat-token.store';

/** The clients of WeChat, for the features that talk to it. */
@Module({
  imports: [UpstreamModule, CollectionsModule.of([{ name: WECHAT_TOKEN, schema: wechatTokenSchema }])],
  providers: [WechatClients, WechatTokenStore],
  exports: [WechatClients, UpstreamModule],
})
export class WechatClientsModule {}
