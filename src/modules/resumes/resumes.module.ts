import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { FilesModule } from '../files/files.module';
import { UsersModule } from '../users/users.module';
import { PublicResumes } from './public-resumes.service';
import { Registrations } from './registrations.service';
import { RememberedCounts } from '../../database/remembered-counts';
import { ResumeFilesController } from './resume-files.controller';
import { ResumeFiles } from './resume-files.service';
import { ResumeListing } from './resume-listing.service';
import { ResumeSharesController } from './resume-shares.controller';
import { ResumeStatistics } from './resume-statistics.service';
import { ResumeValidation } from './resume-validation.service';
import { RESUME, resumeSchema } from './resume.schema';
import { ResumeStore } from './resume.store';
import { ResumesPublicController } from './resumes-public.controller';
import { ResumesController } from './resumes.controller';
import { ResumesService } from './resumes.service';
import { SHARE_LINK, shareLinkSchema } from './share-link.schema';
import { ShareLinks } from './share-links.service';

@Module({
  imports: [
    FilesModule,
    UsersModule,
    CollectionsModule.of([
      { name: RESUME, schema: resumeSchema },
      { name: SHARE_LINK, schema: shareLinkSchema },
    ]),
  ],
  // fixed paths before `:id`
  controllers: [ResumesPublicController, ResumeSharesController, ResumeFilesController, ResumesController],
  providers: [
    ResumesService,
    ResumeStore,
    ResumeListing,
    ResumeStatistics,
    ResumeValidation,
    PublicResumes,
    Registrations,
    ShareLinks,
    RememberedCounts,
    ResumeFiles,
  ],
  exports: [ResumesService],
})
export class ResumesModule {}
