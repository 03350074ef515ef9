import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { OrdersModule } from '../orders/orders.module';
import { PaymentsModule } from '../payments/payments.module';
import { ReconciliationController } from './reconciliation.controller';
import { DIFFERENCE, differenceSchema, RECONCILIATION, reconciliationSchema } from './reconciliation.schema';
import { Reconciliations } from './reconciliation.service';

@Module({
  imports: [
    CollectionsModule.of([
      { name: RECONCILIATION, schema: reconciliationSchema },
      { name: DIFFERENCE, schema: differenceSchema },
    ]),
    OrdersModule,
    PaymentsModule,
  ],
  controllers: [ReconciliationController],
  providers: [Reconciliations],
})
export class ReconciliationModule {}
