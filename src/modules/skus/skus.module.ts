import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { SKU, skuSchema } from './sku.schema';
import { SkusAdminController } from './skus-admin.controller';
import { SkusController } from './skus.controller';
import { SkusService } from './skus.service';

@Module({
  imports: [CollectionsModule.of([{ name: SKU, schema: skuSchema }])],
  controllers: [SkusController, SkusAdminController],
  providers: [SkusService],
  exports: [SkusService],
})
export class SkusModule {}
