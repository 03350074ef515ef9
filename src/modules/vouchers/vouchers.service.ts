import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { MemberCaller } from '../../common/access/caller';
import { AppError, invalidField } from '../../common/errors/app-error';
import { formatShanghaiTime } from '../../common/time/shanghai';
import { Settings } from '../../config/settings';
import { Transactions } from '../../database/transactions';
import { ContactsService } from '../contacts/contacts.service';
import { JOB_STATUS } from '../jobs/job-status';
import { JobsService } from '../jobs/jobs.service';
import { MembersService } from '../members/members.service';
import type { PlacedOrder } from '../orders/order.views';
import { OrdersService } from '../orders/orders.service';
import { VoucherLedger } from './voucher-ledger';
import type { VoucherEntry } from './voucher.schema';
import type { BuyVouchersDto, SpendVoucherDto, VoucherRecords, VoucherRecordsDto } from './vouchers.dto';

/** Contact vouchers: bought, spent on contacts, and looked at. */
@Injectable()
export class VouchersService implements OnModuleInit {
  constructor(
    private readonly ledger: VoucherLedger,
    private readonly orders: OrdersService,
    private readonly jobs: JobsService,
    private readonly contacts: ContactsService,
    private readonly members: MembersService,
    private readonly transactions: Transactions,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.members.onRegistered(({ _id }, session) => this.welcome(_id, session));
  }

  buy({ price, contact_voucher_num }: BuyVouchersDto, caller: MemberCaller): Promise<PlacedOrder> {
    return this.orders.place(
      { type: 'voucher', voucherNum: contact_voucher_num, price, field: 'contact_voucher_num' },
      caller,
    );
  }

  /**
   * Pays for contacting a job with one voucher, and writes the contact down. Once paid for, it is free for 30 days.
   * Whom to contact, and about what, is the job's to say: whatever the caller says of it is not looked at.
   * @throws {AppError} INSUFFICIENT_VOUCHER; INVALID_PARAMS for a job of one's own; NOT_FOUND; CONFLICT for one that is closed
   */
  async spend({ purpose_id: jobId }: SpendVoucherDto, caller: MemberCaller): Promise<null> {
    const { id: memberId } = caller.principal;
    const contactId = await this.contacts.nextId();
    await this.transactions.run(caller, async (session) => {
      const job = await this.jobs.contactOf(jobId, session);
      if (job.ownerId === memberId) throw invalidField('purpose_id', '这是您自己发布的信息');
      if (!(await this.contacts.mustPay(memberId, jobId, session))) return;
      if (job.status !== JOB_STATUS.active) throw new AppError('CONFLICT', { message: '信息已关闭' });
      const posting = { memberId, type: 'cost' as const, title: '拨打电话', changeNum: -1, jobId };
      const paid = await this.ledger.post(posting, session);
      if (!paid) throw new AppError('INSUFFICIENT_VOUCHER');
      const { ownerId, bizType, positions, address, name, phone } = job;
      await this.contacts.record(
        {
          _id: contactId,
          memberId,
          jobId,
          ownerId,
          bizType,
          positions,
          address,
          name,
          phone,
          createdAt: paid.createdAt,
        },
        session,
      );
    });
    return null;
  }

  async records({ page_num, page_size }: VoucherRecordsDto, caller: MemberCaller): Promise<VoucherRecords> {
    const { balance, total, rows } = await this.ledger.page(caller.principal.id, page_num, page_size);
    return { contact_voucher_num: balance, list: rows.map(toRecord), list_total: total };
  }

  private async welcome(memberId: number, session: ClientSession): Promise<void> {
    const changeNum = this.settings.env.REGISTER_GIFT_VOUCHERS;
    if (changeNum === 0) return;
    await this.ledger.post({ memberId, type: 'gift', title: '注册赠送', changeNum }, session);
  }
}

function toRecord({ _id, type, title, changeNum, createdAt }: VoucherEntry): VoucherRecords['list'][number] {
  return { id: _id, type, title, change_num: changeNum, create_at: formatShanghaiTime(createdAt) };
}
