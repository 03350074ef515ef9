import { Module } from '@nestjs/common';
import { MarketplaceJobsModule } from '../jobs/jobs.module';
import { OrdersModule } from '../orders/orders.module';
import { JobPromotionsController } from './job-promotions.controller';
import { JobPromotions } from './job-promotions.service';
import { PromotionBenefits } from './promotion-benefits';

@Module({
  imports: [MarketplaceJobsModule, OrdersModule],
  controllers: [JobPromotionsController],
  providers: [JobPromotions, PromotionBenefits],
})
export class JobPromotionsModule {}
