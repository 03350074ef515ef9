import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { MembersModule } from '../members/members.module';
import { ContactHistory } from './contact-history.service';
import { CONTACT, CONTACT_PASS, contactPassSchema, contactSchema } from './contact.schema';
import { ContactsController } from './contacts.controller';
import { ContactsService } from './contacts.service';

@Module({
  imports: [
    MembersModule,
    CollectionsModule.of([
      { name: CONTACT, schema: contactSchema },
      { name: CONTACT_PASS, schema: contactPassSchema },
    ]),
  ],
  controllers: [ContactsController],
  providers: [ContactsService, ContactHistory],
  exports: [ContactsService],
})
export class ContactsModule {}
