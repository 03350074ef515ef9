import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { OrderAdmin } from './order-admin.service';
import { adminOrder, adminOrderDetail } from './order.views';
import { ListOrdersDto, OrderIdParam, RefundOrderDto } from './orders.dto';

@CrmController('admin/orders', '市场管理')
export class OrdersAdminController {
  constructor(private readonly orders: OrderAdmin) {}

  @Get()
  @Access('admin')
  @Answers({ summary: '订单列表，最新的在前', data: pageSchema(adminOrder) })
  list(@Query() query: ListOrdersDto) {
    return this.orders.list(query);
  }

  @Get(':id')
  @Access('admin')
  @Answers({ summary: '订单详情：退款和经过', data: adminOrderDetail })
  get(@Param() { id }: OrderIdParam) {
    return this.orders.get(id);
  }

  @Post(':id/refund')
  @Access('admin')
  @Idempotent('own-transactions')
  @Answers({
    summary: '退款：收回未使用的联系券（只退其对应的金额）或未到期的置顶，款项原路退回',
    message: '退款已提交',
    data: adminOrderDetail,
  })
  refund(@Param() { id }: OrderIdParam, @Body() input: RefundOrderDto, @CurrentCaller() caller: StaffCaller) {
    return this.orders.refund(id, input, caller);
  }
}
