import { Injectable } from '@nestjs/common';
import type { MemberCaller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { RateLimiter } from '../../common/rate-limit/rate-limiter';
import { WechatPayError } from '../../platforms/wechat-pay/wechat-pay-error';
import { MembersService } from '../members/members.service';
import { Payments } from '../payments/payments';
import { type SkuWanted, SkusService } from '../skus/skus.service';
import { OrderChecks } from './order-checks.service';
import { ORDER_STATUS } from './order-status';
import type { Order } from './order.schema';
import { type OrderStatusView, type PlacedOrder, toPlaced, toStatus } from './order.views';
import { OrdersStore } from './orders.store';

/** A buyer's asking reaches WeChat Pay at most once in so long; in between the answer is what is known here. */
const ASK_PAUSE_MS = 3_000;

/** What WeChat Pay says of an order that an earlier attempt has made, and that has come to its end since. */
const OVER = ['ORDERPAID', 'ORDER_CLOSED'];

export interface Purchase extends SkuWanted {
  /** fen, as the buyer was shown it */
  price: number;
  /** names the size in the request, for who asks for one that is not on sale */
  field: string;
  jobId?: number;
}

/** Orders, as those who buy see them. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersStore,
    private readonly checks: OrderChecks,
    private readonly skus: SkusService,
    private readonly members: MembersService,
    private readonly payments: Payments,
    private readonly limits: RateLimiter,
  ) {}

  /**
   * An order, and what the mini-program pays it with. The order is committed before WeChat Pay hears of it, so that
   * no notice is earlier than it; if WeChat Pay's answer gets lost, the next attempt under the same idempotency key
   * has the same order taken on again, and one without a key makes another order, which leaves this one to run out.
   * @throws {AppError} AMOUNT_MISMATCH, INVALID_PARAMS, RATE_LIMITED, SERVICE_UNAVAILABLE, UPSTREAM_ERROR, UPSTREAM_TIMEOUT; CONFLICT
   * where the order of an earlier attempt has been paid by now
   */
  async place(purchase: Purchase, caller: MemberCaller): Promise<PlacedOrder> {
    const { provider } = this.payments;
    // it keeps its price, whatever the price list says by now
    const made = await this.orders.madeBefore(caller.claim);
    const order = made ?? (await this.make(purchase, caller));
    if (order.status !== ORDER_STATUS.pending) throw paidAlready();
    const prepayId = await this.prepare(order);
    await this.orders.update(order._id, { prepayId });
    return toPlaced(order, provider.payParams(prepayId));
  }

  /**
   * What has become of an order; while it can be paid, WeChat Pay is asked.
   * @throws {AppError} NOT_FOUND, for another member's order too
   */
  async status(orderNo: string, caller: MemberCaller): Promise<OrderStatusView> {
    const order = await this.orders.find(orderNo);
    if (!order || order.memberId !== caller.principal.id)
      throw new AppError('NOT_FOUND', { message: '订单不存在' });
    if (order.status !== ORDER_STATUS.pending) return toStatus(order);
    if (!(await this.orders.takeTurnToAsk(order, ASK_PAUSE_MS))) return toStatus(order);
    await this.ask(order);
    return toStatus((await this.orders.findById(order._id)) ?? order);
  }

  private async make(purchase: Purchase, { principal, claim }: MemberCaller): Promise<Order> {
    const { price, field, jobId, ...wanted } = purchase;
    const { id: memberId } = principal;
    const sku = await this.skus.wanted(wanted, price, field);
    await this.limits.take('placeOrder', `member:${memberId}`);
    const openid = await this.members.openidOf(memberId);
    return this.orders.make({ memberId, openid, sku, jobId, claim });
  }

  private async prepare(order: Order): Promise<string> {
    const { orderNo, title, amount, openid, expiresAt } = order;
    try {
      return await this.payments.provider.prepare({
        orderNo,
        description: title,
        amount,
        openid,
        expiresAt,
      });
    } catch (error) {
      if (!(error instanceof WechatPayError) || !OVER.includes(error.reason)) throw error;
      await this.checks.check(order, 'query');
      throw error.reason === 'ORDERPAID' ? paidAlready() : error;
    }
  }

  /**
   * Where WeChat Pay does not answer, the buyer is told what is known here, and the watch asks again; so too where what
   * was paid is not what the order asks for, which somebody has been called about.
   */
  private async ask(order: Order): Promise<void> {
    try {
      await this.checks.check(order, 'query', { patient: false });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}

function paidAlready(): AppError {
  return new AppError('CONFLICT', { message: '这笔订单已经支付，请刷新后查看' });
}
