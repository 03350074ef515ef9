import { Module } from '@nestjs/common';
import { ZegoPlatformModule } from '../../platforms/zego/zego.module';
import { H5Controller } from './h5.controller';
import { Pages } from './pages';

@Module({ imports: [ZegoPlatformModule], controllers: [H5Controller], providers: [Pages] })
export class H5Module {}
