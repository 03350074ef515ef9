import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { MessagesModule } from '../messages/messages.module';
import { UsersModule } from '../users/users.module';
import { ASSIGNMENT_LOG, assignmentLogSchema } from './assignment-log.schema';
import { AssignmentsService } from './assignments.service';
import { CustomerListing } from './customer-listing.service';
import { CustomerStatistics } from './customer-statistics.service';
import { CUSTOMER, customerSchema } from './customer.schema';
import { CustomersController } from './customers.controller';
import { CustomersService } from './customers.service';
import { FOLLOW_UP, followUpSchema } from './follow-up.schema';
import { FollowUpsService } from './follow-ups.service';

@Module({
  imports: [
    UsersModule,
    MessagesModule,
    CollectionsModule.of([
      { name: CUSTOMER, schema: customerSchema },
      { name: ASSIGNMENT_LOG, schema: assignmentLogSchema },
      { name: FOLLOW_UP, schema: followUpSchema },
    ]),
  ],
  controllers: [CustomersController],
  providers: [CustomersService, CustomerListing, CustomerStatistics, AssignmentsService, FollowUpsService],
  exports: [CustomersService],
})
export class CustomersModule {}
