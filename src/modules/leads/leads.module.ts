import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { CustomersModule } from '../customers/customers.module';
import { MessagesModule } from '../messages/messages.module';
import { UsersModule } from '../users/users.module';
import { CUSTOMER_ACTION, customerActionSchema } from './customer-action.schema';
import { LeadsController } from './leads.controller';
import { Leads } from './leads.service';

@Module({
  imports: [
    UsersModule,
    CustomersModule,
    MessagesModule,
    CollectionsModule.of([{ name: CUSTOMER_ACTION, schema: customerActionSchema }]),
  ],
  controllers: [LeadsController],
  providers: [Leads],
})
export class LeadsModule {}
