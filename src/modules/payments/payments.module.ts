import { Module } from '@nestjs/common';
import { WechatClientsModule } from '../wechat-clients/wechat-clients.module';
import { PaymentAlarms } from './payment-alarms';
import { Payments } from './payments';

/** How money comes in, for the features that sell something. */
@Module({
  imports: [WechatClientsModule],
  providers: [Payments, PaymentAlarms],
  exports: [Payments, PaymentAlarms],
})
export class PaymentsModule {}
