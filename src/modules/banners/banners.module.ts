import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { BANNER, bannerSchema } from './banner.schema';
import { BannersController } from './banners.controller';
import { BannersService } from './banners.service';

@Module({
  imports: [CollectionsModule.of([{ name: BANNER, schema: bannerSchema }])],
  controllers: [BannersController],
  providers: [BannersService],
})
export class BannersModule {}
