import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module';
import { PicturesController } from './pictures.controller';
import { Pictures } from './pictures.service';

@Module({ imports: [FilesModule], controllers: [PicturesController], providers: [Pictures] })
export class PicturesModule {}
