import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';
import { AccessModule } from './common/access/access.module';
import { AuditModule } from './common/audit/audit.module';
import { ErrorFilter } from './common/errors/exception.filter';
import { IdempotencyModule } from './common/idempotency/idempotency.module';
import { JobsModule } from './common/jobs/jobs.module';
import { LoggingModule } from './common/logging/logging.module';
import { MetricsModule } from './common/metrics/metrics.module';
import { UploadsModule } from './common/uploads/uploads.module';
import { ValidationPipe } from './common/validation/validation.pipe';
import type { Settings } from './config/settings';
import { SettingsModule } from './config/settings.module';
import { DatabaseModule } from './database/database.module';
import type { DatabaseServer } from './database/server';
import { AccessLogsModule } from './modules/access-logs/access-logs.module';
import { ArticlesModule } from './modules/articles/articles.module';
import { AuditLogsModule } from './modules/audit/audit-logs.module';
import { AuthModule } from './modules/auth/auth.module';
import { BannersModule } from './modules/banners/banners.module';
import { CustomersModule } from './modules/customers/customers.module';
import { FilesModule } from './modules/files/files.module';
import { HealthModule } from './modules/health/health.module';
import { ResumesModule } from './modules/resumes/resumes.module';
import { LeadsModule } from './modules/leads/leads.module';
import { MessagesModule } from './modules/messages/messages.module';
import { InterviewModule } from './modules/interview/interview.module';
import { OcrModule } from './modules/ocr/ocr.module';
import { H5Module } from './modules/h5/h5.module';
import { ContactsModule } from './modules/contacts/contacts.module';
import { MarketplaceJobsModule } from './modules/jobs/jobs.module';
import { MembersModule } from './modules/members/members.module';
import { PicturesModule } from './modules/pictures/pictures.module';
import { SkusModule } from './modules/skus/skus.module';
import { PaymentsModule } from './modules/payments/payments.module';
import { OrdersModule } from './modules/orders/orders.module';
import { VouchersModule } from './modules/vouchers/vouchers.module';
import { JobPromotionsModule } from './modules/job-promotions/job-promotions.module';
import { ReconciliationModule } from './modules/reconciliation/reconciliation.module';
import { UsersModule } from './modules/users/users.module';
import { WechatModule } from './modules/wechat/wechat.module';
import { ZegoModule } from './modules/zego/zego.module';
import { StorageModule } from './platforms/storage/storage.module';

export interface Surroundings {
  settings: Settings;
  logger: Logger;
  database: DatabaseServer;
  /** beyond the service's own; tests bring probes of what all features share */
  features?: Type[];
}

@Module({})
export class AppModule {
  static in({ settings, logger, database, features = [] }: Surroundings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        LoggingModule.with(logger),
        DatabaseModule.with(database),
        MetricsModule,
        AccessModule,
        IdempotencyModule,
        AuditModule,
        JobsModule,
        StorageModule,
        UploadsModule,
        HealthModule,
        UsersModule,
        AuthModule,
        AuditLogsModule,
        CustomersModule,
        WechatModule,
        MessagesModule,
        LeadsModule,
        BannersModule,
        ArticlesModule,
        AccessLogsModule,
        ResumesModule,
        OcrModule,
        FilesModule,
        InterviewModule,
        ZegoModule,
        H5Module,
        MembersModule,
        ContactsModule,
        MarketplaceJobsModule,
        PicturesModule,
        SkusModule,
        PaymentsModule,
        OrdersModule,
        VouchersModule,
        JobPromotionsModule,
        ReconciliationModule,
        ...features,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
    };
  }
}
