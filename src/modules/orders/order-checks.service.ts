import { Injectable } from '@nestjs/common';
import type { PaymentState } from '../../platforms/wechat-pay/payment-provider';
import { Payments } from '../payments/payments';
import { OrderStates } from './order-states';
import type { Order } from './order.schema';
import { Settlements } from './settlements.service';

/** A buyer who is entering a password at an order's end is let finish, for so long. */
const PATIENCE_WITH_PAYERS_MS = 15 * 60_000;

/**
 * Asks WeChat Pay what has become of an order, and makes it so. An order whose time is over is closed there first and
 * cancelled here then: as long as it is not closed, it might be paid after having been cancelled.
 */
@Injectable()
export class OrderChecks {
  constructor(
    private readonly payments: Payments,
    private readonly settlements: Settlements,
    private readonly states: OrderStates,
  ) {}

  /** @param by query or watch; `patient` whether what fails is tried again, for who has the time */
  async check(order: Order, by: string, { patient = true } = {}): Promise<void> {
    const { provider } = this.payments;
    const state = await provider.query(order.orderNo, { patient });
    if (await this.settled(order, state, by)) return;
    if (!this.isOver(order, state)) return;
    if (state.kind === 'unknown' || (await provider.close(order.orderNo))) return this.cancel(order, by);
    // not closed: paid at the last moment, or closed by somebody else
    const after = await provider.query(order.orderNo);
    await this.settled(order, after, by);
  }

  private async settled(order: Order, state: PaymentState, by: string): Promise<boolean> {
    if (state.kind === 'closed') {
      await this.cancel(order, by);
      return true;
    }
    if (state.kind !== 'paid' && state.kind !== 'refunded') return false;
    await this.settlements.settle(order.orderNo, state, by);
    return true;
  }

  private isOver({ expiresAt }: Order, state: PaymentState): boolean {
    const patience = state.kind === 'paying' ? PATIENCE_WITH_PAYERS_MS : 0;
    return Date.now() >= expiresAt.getTime() + patience;
  }

  private async cancel(order: Order, by: string): Promise<void> {
    await this.states.move(order._id, 'cancel', { by, set: { cancelledAt: new Date() } });
  }
}
