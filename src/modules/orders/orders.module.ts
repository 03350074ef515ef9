import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { MembersModule } from '../members/members.module';
import { PaymentsModule } from '../payments/payments.module';
import { SkusModule } from '../skus/skus.module';
import { Benefits } from './benefits';
import { OrderAdmin } from './order-admin.service';
import { OrderChecks } from './order-checks.service';
import { OrderSettling } from './order-settling.service';
import { OrderStates } from './order-states';
import { OrderWatch } from './order-watch';
import { ORDER, orderSchema } from './order.schema';
import { OrdersAdminController } from './orders-admin.controller';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { OrdersStore } from './orders.store';
import { PayNoticesController } from './pay-notices.controller';
import { PayNotices } from './pay-notices.service';
import { RefundProcessing } from './refund-processing.service';
import { REFUND, refundSchema } from './refund.schema';
import { Refunds } from './refunds.service';
import { Settlements } from './settlements.service';

const OrderCollections = CollectionsModule.of([
  { name: ORDER, schema: orderSchema },
  { name: REFUND, schema: refundSchema },
]);

@Module({
  imports: [OrderCollections, SkusModule, MembersModule, PaymentsModule],
  controllers: [OrdersController, OrdersAdminController, PayNoticesController],
  providers: [
    OrdersService,
    OrdersStore,
    OrderStates,
    OrderChecks,
    OrderWatch,
    OrderAdmin,
    Benefits,
    Settlements,
    Refunds,
    RefundProcessing,
    PayNotices,
    OrderSettling,
  ],
  exports: [OrdersService, Benefits, OrderSettling, OrderCollections],
})
export class OrdersModule {}
