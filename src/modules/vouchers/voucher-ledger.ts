import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { runAgainOnDuplicate } from '../../database/transactions';
import { VOUCHER_ACCOUNT, VOUCHER_ENTRY, type VoucherAccount, type VoucherEntry } from './voucher.schema';

export type Posting = Pick<
  VoucherEntry,
  'memberId' | 'type' | 'title' | 'changeNum' | 'orderNo' | 'refundOf' | 'jobId'
>;

/**
 * The one place that moves vouchers. The balance changes and its entry is written in one transaction, and all that
 * move one account write its one document: of two at once, the second sees what the first has left.
 */
@Injectable()
export class VoucherLedger {
  constructor(
    @InjectCollection(VOUCHER_ACCOUNT) private readonly accounts: Collection<VoucherAccount>,
    @InjectCollection(VOUCHER_ENTRY) private readonly entries: Collection<VoucherEntry>,
    private readonly sequences: Sequences,
  ) {}

  /** By _id. */
  async balanceOf(memberId: number, session?: ClientSession): Promise<number> {
    const account = await this.accounts.findOne({ _id: memberId }, { session });
    return account?.balance ?? 0;
  }

  /** null where the balance does not reach; nothing is written then */
  async post(posting: Posting, session: ClientSession): Promise<VoucherEntry | null> {
    const { memberId, changeNum } = posting;
    const now = new Date();
    const account = await this.accounts
      .findOneAndUpdate(
        { _id: memberId, ...(changeNum < 0 ? { balance: { $gte: -changeNum } } : {}) },
        { $inc: { balance: changeNum, entries: 1 }, $set: { updatedAt: now } },
        { session, returnDocument: 'after', upsert: changeNum > 0 },
      )
      .catch((error: unknown) => runAgainOnDuplicate(error));
    if (!account) return null;
    const entry: VoucherEntry = {
      _id: await this.sequences.next('voucher-entry'),
      ...posting,
      seq: account.entries,
      lastNum: account.balance - changeNum,
      nextNum: account.balance,
      createdAt: now,
    };
    await this.entries.insertOne(entry, { session, ignoreUndefined: true });
    return entry;
  }

  /** An account and one page of its entries, newest first. */
  async page(
    memberId: number,
    pageNum: number,
    pageSize: number,
  ): Promise<{ balance: number; total: number; rows: VoucherEntry[] }> {
    const [account, rows] = await Promise.all([
      this.accounts.findOne({ _id: memberId }),
      this.entries
        .find<VoucherEntry>({ memberId })
        .sort({ seq: -1 })
        .skip((pageNum - 1) * pageSize)
        .limit(pageSize)
        .toArray(),
    ]);
    return { balance: account?.balance ?? 0, total: account?.entries ?? 0, rows };
  }
}
