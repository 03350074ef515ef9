import { Global, Module } from '@nestjs/common';
import { Spool } from './spool';
import { UploadReader } from './upload-reader';

/** Reading of files that are sent to the service. */
@Global()
@Module({ providers: [Spool, UploadReader], exports: [Spool, UploadReader] })
export class UploadsModule {}
