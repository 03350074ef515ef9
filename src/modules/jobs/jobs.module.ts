import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { RememberedCounts } from '../../database/remembered-counts';
import { ContactsModule } from '../contacts/contacts.module';
import { FilesModule } from '../files/files.module';
import { MembersModule } from '../members/members.module';
import { ContactVisibility } from './contact-visibility';
import { FAVOURITE, favouriteSchema } from './favourite.schema';
import { FavouritesController } from './favourites.controller';
import { Favourites } from './favourites.service';
import { JobAdminController } from './job-admin.controller';
import { JobBoard } from './job-board';
import { JOB_CUT, jobCutSchema } from './job-cut.schema';
import { JobCuts } from './job-cuts';
import { JobDensity } from './job-density';
import { JOB_LISTING, jobListingSchema } from './job-listing.schema';
import { JobListings } from './job-listing.service';
import { JobReading } from './job-reading.service';
import { JobTops } from './job-tops';
import { JOB, jobSchema } from './job.schema';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';
import { TakeDowns } from './take-downs.service';

@Module({
  imports: [
    MembersModule,
    ContactsModule,
    FilesModule,
    CollectionsModule.of([
      { name: JOB, schema: jobSchema },
      { name: JOB_LISTING, schema: jobListingSchema },
      { name: JOB_CUT, schema: jobCutSchema },
      { name: FAVOURITE, schema: favouriteSchema },
    ]),
  ],
  controllers: [JobsController, FavouritesController, JobAdminController],
  providers: [
    JobsService,
    JobReading,
    JobListings,
    JobBoard,
    JobCuts,
    JobDensity,
    JobTops,
    ContactVisibility,
    Favourites,
    TakeDowns,
    RememberedCounts,
  ],
  exports: [JobsService],
})
export class MarketplaceJobsModule {}
