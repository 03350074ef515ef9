import { Global, Module } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { LocalStorage } from './local-storage';
import { ObjectStorage } from './object-storage';

/** The object storage that the settings choose. */
@Global()
@Module({
  providers: [{ provide: ObjectStorage, inject: [Settings], useFactory: openStorage }],
  exports: [ObjectStorage],
})
export class StorageModule {}

/** Also for programs that run without the application. */
export async function openStorage({ storageDir, storageS3 }: Settings): Promise<ObjectStorage> {
  if (!storageS3) return new LocalStorage(storageDir);
  // the SDK is large: loaded only where it is used
  const { S3Storage } = await import('./s3-storage');
  return new S3Storage(storageS3);
}
