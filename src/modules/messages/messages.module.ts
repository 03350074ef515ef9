import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { UsersModule } from '../users/users.module';
import { WechatClientsModule } from '../wechat-clients/wechat-clients.module';
import { MessageQueue } from './message-queue.service';
import { MessageSender } from './message-sender.service';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { OUTGOING_MESSAGE, outgoingMessageSchema } from './outgoing-message.schema';
import { StaffNotifications } from './staff-notifications.service';
import { SUBSCRIPTION, subscriptionSchema } from './subscription.schema';
import { Subscriptions } from './subscriptions.service';

@Module({
  imports: [
    UsersModule,
    WechatClientsModule,
    CollectionsModule.of([
      { name: OUTGOING_MESSAGE, schema: outgoingMessageSchema },
      { name: SUBSCRIPTION, schema: subscriptionSchema },
    ]),
  ],
  controllers: [MessagesController],
  providers: [MessageQueue, MessageSender, MessagesService, StaffNotifications, Subscriptions],
  exports: [StaffNotifications],
})
export class MessagesModule {}
