import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { orderStatusView } from './order.views';
import { OrderStatusDto } from './orders.dto';
import { OrdersService } from './orders.service';

@MarketplaceController('order', '市场：支付')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post('status')
  @Access('member')
  @MarketplaceAnswers({ summary: '订单状态；待支付时会向微信支付查询', data: orderStatusView })
  status(@Body() { order_no }: OrderStatusDto, @CurrentCaller() caller: MemberCaller) {
    return this.orders.status(order_no, caller);
  }
}
