import { Global, Module } from '@nestjs/common';
import { Jobs } from './jobs';

/** Durable jobs, for every feature that must do something later or regularly. */
@Global()
@Module({ providers: [Jobs], exports: [Jobs] })
export class JobsModule {}
