import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { ZegoPlatformModule } from '../../platforms/zego/zego.module';
import { CustomersModule } from '../customers/customers.module';
import { ResumesModule } from '../resumes/resumes.module';
import { UsersModule } from '../users/users.module';
import { GuestsController } from './guests.controller';
import { Guests } from './guests.service';
import { RoomAdmission } from './room-admission.service';
import { RoomClosing } from './room-closing';
import { RoomEnding } from './room-ending.service';
import { RoomEvents } from './room-events';
import { RoomHandover } from './room-handover';
import { RoomListing } from './room-listing.service';
import { RoomStore } from './room-store';
import { RoomSweep } from './room-sweep';
import { ROOM, roomSchema } from './room.schema';
import { RoomsController } from './rooms.controller';
import { RoomsService } from './rooms.service';

@Module({
  imports: [
    UsersModule,
    CustomersModule,
    ResumesModule,
    ZegoPlatformModule,
    CollectionsModule.of([{ name: ROOM, schema: roomSchema }]),
  ],
  controllers: [RoomsController, GuestsController],
  providers: [
    RoomsService,
    RoomListing,
    RoomStore,
    RoomEvents,
    RoomEnding,
    RoomClosing,
    RoomSweep,
    RoomAdmission,
    RoomHandover,
    Guests,
  ],
  exports: [RoomAdmission],
})
export class InterviewModule {}
