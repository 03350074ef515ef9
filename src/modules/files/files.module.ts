import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { FileAddresses } from './file-addresses';
import { FileDelivery } from './file-delivery';
import { FileIntake } from './file-intake';
import { FileStore } from './file-store';
import { FileSweep } from './file-sweep';
import { FilesController } from './files.controller';
import { Images } from './images';
import { OfferedFiles } from './offered-files';
import { STORED_FILE, storedFileSchema } from './stored-file.schema';

@Module({
  imports: [CollectionsModule.of([{ name: STORED_FILE, schema: storedFileSchema }])],
  controllers: [FilesController],
  providers: [FileAddresses, FileDelivery, FileIntake, FileStore, FileSweep, Images, OfferedFiles],
  exports: [FileAddresses, FileIntake, FileStore, OfferedFiles],
})
export class FilesModule {}
