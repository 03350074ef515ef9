import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { UpstreamMetrics } from '../../platforms/upstream/upstream-metrics';
import { WechatClients } from './wechat-clients';
import { WECHAT_TOKEN, WechatTokenStore, wechatTokenSchema } from './wechat-token.store';

/** The clients of WeChat, for the features that talk to it. */
@Module({
  imports: [CollectionsModule.of([{ name: WECHAT_TOKEN, schema: wechatTokenSchema }])],
  providers: [WechatClients, WechatTokenStore, UpstreamMetrics],
  exports: [WechatClients, UpstreamMetrics],
})
export class WechatClientsModule {}
