import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { Transactions } from '../../database/transactions';
import type { Payment, PaymentState } from '../../platforms/wechat-pay/payment-provider';
import { PaymentAlarms } from '../payments/payment-alarms';
import { Benefits } from './benefits';
import { OrderStates } from './order-states';
import { ORDER_STATUS } from './order-status';
import type { Order } from './order.schema';
import { OrdersStore } from './orders.store';
import { Refunds } from './refunds.service';

/**
 * What WeChat Pay says of a payment becomes what the order is. Notices, questions and the watch all come here, in
 * whatever order and however often: the status changes once, and what was paid for is given in the same transaction.
 */
@Injectable()
export class Settlements {
  constructor(
    private readonly orders: OrdersStore,
    private readonly states: OrderStates,
    private readonly benefits: Benefits,
    private readonly refunds: Refunds,
    private readonly transactions: Transactions,
    private readonly alarms: PaymentAlarms,
  ) {}

  /**
   * @param by notice, query or watch
   * @throws {AppError} NOT_FOUND for no order of ours, INVALID_PARAMS for a payment that is not the order's
   */
  async settle(orderNo: string, state: PaymentState, by: string): Promise<void> {
    if (state.kind !== 'paid' && state.kind !== 'refunded') return;
    const order = await this.orders.find(orderNo);
    if (!order) {
      this.alarms.raise('unknown-order', { orderNo, by });
      throw new AppError('NOT_FOUND', { message: '订单不存在' });
    }
    // whatever it was that somebody paid: it has been given back
    if (state.kind === 'refunded') return this.findRefunded(order, state.payment, by);
    await this.requireOwnPayment(order, state.payment, by);
    await this.pay(order, state.payment, by);
  }

  private async pay(order: Order, payment: Payment, by: string): Promise<void> {
    if (isSettled(order, payment)) return;
    const { transactionId, paidAt } = payment;
    await this.transactions.run({}, async (session) => {
      const paid = await this.states.move(order._id, 'pay', { by, session, set: { transactionId, paidAt } });
      if (paid) await this.fulfil(paid, session);
      else await this.takeLatePayment(order._id, payment, by, session);
    });
  }

  private async fulfil(order: Order, session: ClientSession): Promise<void> {
    if (await this.benefits.of(order).grant(order, session))
      return this.orders.update(order._id, { fulfilledAt: new Date() }, session);
    await this.refunds.add(
      order,
      {
        source: 'not-deliverable',
        reason: '信息已关闭或下架，款项退回',
        amount: order.amount,
        takenBack: {},
      },
      session,
    );
    this.transactions.afterCommit(session, () =>
      this.alarms.raise('not-deliverable', { orderNo: order.orderNo }),
    );
  }

  /** The order is not pending any more: it was settled by somebody else, or was cancelled and the money has come all the same. */
  private async takeLatePayment(
    id: number,
    payment: Payment,
    by: string,
    session: ClientSession,
  ): Promise<void> {
    const order = await this.orders.findById(id, session);
    if (!order || order.status !== ORDER_STATUS.cancelled || order.transactionId) return;
    const { transactionId, paidAt } = payment;
    const events = [...order.events, { at: new Date(), what: 'payLate', by }];
    await this.orders.update(id, { transactionId, paidAt, events }, session);
    await this.refunds.add(
      order,
      { source: 'late-payment', reason: '订单已取消，款项退回', amount: order.amount, takenBack: {} },
      session,
    );
    this.transactions.afterCommit(session, () =>
      this.alarms.raise('paid-when-closed', { orderNo: order.orderNo }),
    );
  }

  /** Of ours a refund has made it so; of a pending order's payment, somebody at WeChat Pay's own pages. */
  private async findRefunded(order: Order, payment: Payment, by: string): Promise<void> {
    const { transactionId, paidAt } = payment;
    const found = await this.states.move(order._id, 'findRefunded', { by, set: { transactionId, paidAt } });
    const unnoticed = order.status === ORDER_STATUS.cancelled && !order.transactionId;
    // of what is disputed somebody knows already, and has just seen to it
    if ((found && !order.disputedAt) || unnoticed)
      this.alarms.raise('refunded-elsewhere', { orderNo: order.orderNo });
  }

  private async requireOwnPayment(order: Order, payment: Payment, by: string): Promise<void> {
    const { orderNo, amount, openid } = order;
    const differs = [
      ...(payment.amount === amount ? [] : ['amount']),
      ...(payment.currency === 'CNY' ? [] : ['currency']),
      ...(payment.openid === openid ? [] : ['payer']),
      ...(order.transactionId && order.transactionId !== payment.transactionId ? ['transaction'] : []),
    ];
    if (differs.length === 0) return;
    if (await this.states.dispute(order._id, by))
      this.alarms.raise('payment-differs', {
        orderNo,
        differs,
        by,
        expected: amount,
        received: payment.amount,
      });
    throw new AppError('INVALID_PARAMS', { message: `支付信息与订单不符：${differs.join('、')}` });
  }
}

function isSettled({ status, transactionId }: Order, payment: Payment): boolean {
  return status !== ORDER_STATUS.pending && transactionId === payment.transactionId;
}
