import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { ContactsModule } from '../contacts/contacts.module';
import { MarketplaceJobsModule } from '../jobs/jobs.module';
import { MembersModule } from '../members/members.module';
import { OrdersModule } from '../orders/orders.module';
import { VoucherBenefit } from './voucher-benefit';
import { VoucherLedger } from './voucher-ledger';
import { VOUCHER_ACCOUNT, VOUCHER_ENTRY, voucherAccountSchema, voucherEntrySchema } from './voucher.schema';
import { VouchersController } from './vouchers.controller';
import { VouchersService } from './vouchers.service';

@Module({
  imports: [
    CollectionsModule.of([
      { name: VOUCHER_ACCOUNT, schema: voucherAccountSchema },
      { name: VOUCHER_ENTRY, schema: voucherEntrySchema },
    ]),
    MembersModule,
    MarketplaceJobsModule,
    ContactsModule,
    OrdersModule,
  ],
  controllers: [VouchersController],
  providers: [VouchersService, VoucherLedger, VoucherBenefit],
})
export class VouchersModule {}
