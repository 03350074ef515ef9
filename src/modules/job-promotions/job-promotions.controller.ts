import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { placedOrder } from '../orders/order.views';
import { PaidRefreshDto, TopJobDto } from './job-promotions.dto';
import { JobPromotions } from './job-promotions.service';

@MarketplaceController('jobs', '市场：招聘')
export class JobPromotionsController {
  constructor(private readonly promotions: JobPromotions) {}

  @Post('top')
  @Access('member')
  @Idempotent('own-transactions')
  @MarketplaceAnswers({ summary: '付费置顶：返回订单和支付参数', data: placedOrder })
  top(@Body() input: TopJobDto, @CurrentCaller() caller: MemberCaller) {
    return this.promotions.top(input, caller);
  }

  @Post('refresh/pay')
  @Access('member')
  @Idempotent('own-transactions')
  @MarketplaceAnswers({ summary: '付费刷新：返回订单和支付参数', data: placedOrder })
  refresh(@Body() input: PaidRefreshDto, @CurrentCaller() caller: MemberCaller) {
    return this.promotions.refresh(input, caller);
  }
}
