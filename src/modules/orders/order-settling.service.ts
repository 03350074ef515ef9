import { Injectable } from '@nestjs/common';
import { ORDER_STATUS } from './order-status';
import { OrderChecks } from './order-checks.service';
import { OrdersStore } from './orders.store';
import { RefundProcessing } from './refund-processing.service';

/** For features that find an order or a refund to be other than WeChat Pay says: asks, and makes it so. */
@Injectable()
export class OrderSettling {
  constructor(
    private readonly orders: OrdersStore,
    private readonly checks: OrderChecks,
    private readonly refunds: RefundProcessing,
  ) {}

  async see(orderNo: string, refundNo: string | null): Promise<void> {
    if (refundNo !== null) return this.refunds.lookUp(refundNo);
    const order = await this.orders.find(orderNo);
    if (order && order.status !== ORDER_STATUS.paid) await this.checks.check(order, 'reconciliation');
  }
}
