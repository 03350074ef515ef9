import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession, mongo } from 'mongoose';
import type { Logger } from 'pino';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError } from '../../common/errors/app-error';
import { LOGGER } from '../../common/logging/logging.module';
import { type Page, pageOf } from '../../common/http/paging';
import { type Collection, InjectCollection } from '../../database/collections';
import { withLeadingRange } from '../../database/leading-range';
import { Transactions } from '../../database/transactions';
import { Payments } from '../payments/payments';
import { Benefits } from './benefits';
import { OrderChecks } from './order-checks.service';
import { ORDER_NO } from './order-numbers';
import { ORDER_STATUS } from './order-status';
import { ORDER, ORDER_INDEXES, type Order } from './order.schema';
import { type AdminOrder, isRefundable, LIST_FIELDS, toAdminDetail, toAdminOrder } from './order.views';
import type { ListOrdersDto, RefundOrderDto } from './orders.dto';
import { OrdersStore } from './orders.store';
import { RefundProcessing } from './refund-processing.service';
import type { RefundRecord } from './refund.schema';
import { Refunds } from './refunds.service';

/** Orders, as administrators see and refund them. */
@Injectable()
export class OrderAdmin {
  constructor(
    @InjectCollection(ORDER) private readonly collection: Collection<Order>,
    private readonly orders: OrdersStore,
    private readonly refunds: Refunds,
    private readonly processing: RefundProcessing,
    private readonly checks: OrderChecks,
    private readonly benefits: Benefits,
    private readonly payments: Payments,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Newest first; compared and counted within an index, whatever is asked. */
  async list(query: ListOrdersDto): Promise<Page<AdminOrder>> {
    const { page, pageSize } = query;
    const { filter, hint } = planOf(query);
    const [rows, total] = await Promise.all([
      this.collection
        .find<Order>(filter, { projection: LIST_FIELDS, hint })
        .sort({ createdAt: -1, _id: -1 })
        .skip((page - 1) * pageSize)
        .limit(pageSize)
        .toArray(),
      this.collection.countDocuments(filter, { hint }),
    ]);
    return pageOf(rows.map(toAdminOrder), total, query);
  }

  /** Of a disputed order WeChat Pay is asked first: that the payment has been given back, nobody else would tell. */
  async get(id: string) {
    const found = await this.findOrFail(id);
    const order = found.disputedAt ? await this.askedAbout(found) : found;
    return toAdminDetail(order, await this.refunds.ofOrder(order._id));
  }

  /**
   * Gives the money of an order back. What it had paid for is taken back first, within the transaction that writes the
   * refund; then WeChat Pay is asked at once, and if that does not work out, by the watch until it does.
   * @throws {AppError} NOT_FOUND; CONFLICT for an order that is not paid, is refunded, or has nothing left to refund
   */
  async refund(id: string, { reason }: RefundOrderDto, caller: StaffCaller) {
    if (!this.payments.isConfigured) throw new AppError('SERVICE_UNAVAILABLE', { message: '微信支付未配置' });
    const { _id } = await this.findOrFail(id);
    const { before, added } = await this.transactions.run(caller, async (session) => {
      const found = await this.refunds.madeBefore(_id, caller.claim, session);
      return found ? { before: found } : { added: await this.addRefund(_id, reason, caller, session) };
    });
    const processed = added ? this.processing.processTaken(added) : this.processing.process(before._id);
    await processed.catch((error: unknown) =>
      this.logger.warn({ err: error, refundNo: (added ?? before)._id }, 'refund: left to the watch'),
    );
    return this.get(String(_id));
  }

  private async askedAbout(order: Order): Promise<Order> {
    await this.checks.check(order, 'query', { patient: false }).catch((error: unknown) => {
      // it is still what it was, or WeChat Pay is away
      this.logger.info({ err: error, orderNo: order.orderNo }, 'orders: still disputed');
    });
    return (await this.orders.findById(order._id)) ?? order;
  }

  private async addRefund(
    id: number,
    reason: string,
    caller: StaffCaller,
    session: ClientSession,
  ): Promise<RefundRecord> {
    const { principal, claim } = caller;
    const order = await this.orders.findById(id, session);
    if (!order || !isRefundable(order))
      throw new AppError('CONFLICT', { message: '订单不是已支付状态，不能退款' });
    const revoked =
      order.status === ORDER_STATUS.paid && order.fulfilledAt
        ? await this.benefits.of(order).revoke(order, session)
        : { amount: order.amount, takenBack: {} };
    const requestedBy = { id: principal.id, name: principal.name };
    const added = await this.refunds.add(
      order,
      { source: 'admin', reason, requestedBy, claim, ...revoked },
      session,
    );
    const { _id: refundNo, amount, takenBack } = added;
    const after = { refundNo, amount, reason, takenBack };
    await this.audit.record(
      { entity: 'order', entityId: String(id), action: 'refund', before: null, after },
      caller,
      session,
    );
    return added;
  }

  private async findOrFail(id: string): Promise<Order> {
    const order = ORDER_NO.test(id) ? await this.orders.find(id) : await this.orders.findById(Number(id));
    if (!order) throw new AppError('NOT_FOUND', { message: '订单不存在' });
    return order;
  }
}

function planOf(query: ListOrdersDto): { filter: mongo.Filter<Order>; hint?: string } {
  const { status, type, memberId, orderNo, refundStatus, from, to } = query;
  const createdAt = { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) };
  const filter: mongo.Filter<Order> = {
    ...(memberId === undefined ? {} : { memberId }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(refundStatus === undefined ? {} : { 'refund.status': refundStatus }),
    ...(from || to ? { createdAt } : {}),
    ...(orderNo === undefined ? {} : { orderNo }),
  };
  // by the unique index of orderNo
  if (orderNo !== undefined) return { filter };
  if (memberId !== undefined) return { filter, hint: ORDER_INDEXES.ofMember };
  return { filter: withLeadingRange(filter, 'createdAt'), hint: ORDER_INDEXES.all };
}
