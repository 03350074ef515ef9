import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { AppError } from '../../common/errors/app-error';
import { type Benefit, Benefits, type Revoked } from '../orders/benefits';
import type { Order } from '../orders/order.schema';
import type { TakenBack } from '../orders/refund.schema';
import { VoucherLedger } from './voucher-ledger';

/** What an order of vouchers gives, and what a refund takes back of it. */
@Injectable()
export class VoucherBenefit implements Benefit, OnModuleInit {
  constructor(
    private readonly ledger: VoucherLedger,
    private readonly benefits: Benefits,
  ) {}

  onModuleInit(): void {
    this.benefits.register('voucher', this);
  }

  async grant({ memberId, orderNo, title, voucherNum = 0 }: Order, session: ClientSession): Promise<boolean> {
    const posting = { memberId, type: 'buy' as const, title: `购买${title}`, changeNum: voucherNum, orderNo };
    await this.ledger.post(posting, session);
    return true;
  }

  /**
   * Takes back those that are not used, at most as many as were bought, and refunds their part of the price, rounded
   * down to the fen: what is used stays paid. Vouchers are all alike; those that were given or bought elsewhere count as used first.
   * @throws {AppError} CONFLICT where all are used
   */
  async revoke(order: Order, session: ClientSession): Promise<Revoked> {
    const { memberId, orderNo, amount, voucherNum = 0 } = order;
    const unused = Math.min(await this.ledger.balanceOf(memberId, session), voucherNum);
    const worth = Math.floor((amount * unused) / Math.max(voucherNum, 1));
    if (worth < 1) throw new AppError('CONFLICT', { message: '该订单购买的联系券已全部使用，不能退款' });
    const posting = {
      memberId,
      type: 'refund' as const,
      title: '退款收回',
      changeNum: -unused,
      refundOf: orderNo,
    };
    // what was read is what is written: who changes the balance meanwhile makes this transaction run again
    if (!(await this.ledger.post(posting, session))) throw new AppError('CONFLICT');
    return { amount: worth, takenBack: { vouchers: unused } };
  }

  async restore(
    { memberId, orderNo }: Order,
    { vouchers = 0 }: TakenBack,
    session: ClientSession,
  ): Promise<void> {
    if (vouchers === 0) return;
    const posting = {
      memberId,
      type: 'refund' as const,
      title: '退款未成功，退回',
      changeNum: vouchers,
      refundOf: orderNo,
    };
    await this.ledger.post(posting, session);
  }
}
