import { Schema } from 'mongoose';

export const VOUCHER_ACCOUNT = 'VoucherAccount';
export const VOUCHER_ENTRY = 'VoucherEntry';

/** A member's contact vouchers. */
export interface VoucherAccount {
  /** the member's id */
  _id: number;
  /** never below 0, and always the sum of the entries */
  balance: number;
  /** how many entries there are */
  entries: number;
  updatedAt: Date;
}

export const voucherAccountSchema = new Schema<VoucherAccount>(
  { _id: Number, balance: Number, entries: Number, updatedAt: Date },
  { collection: 'voucher_accounts', versionKey: false },
);

export const ENTRY_TYPES = ['buy', 'cost', 'refund', 'gift'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** One movement of an account: written once, with the balance before and after it, and never changed. */
export interface VoucherEntry {
  /** from a sequence */
  _id: number;
  memberId: number;
  /** which entry of the account it is, from 1 without a gap */
  seq: number;
  type: EntryType;
  title: string;
  changeNum: number;
  lastNum: number;
  nextNum: number;
  /** of what was bought */
  orderNo?: string;
  /** of what was taken back, or given again when a refund did not come about */
  refundOf?: string;
  /** of what was spent */
  jobId?: number;
  createdAt: Date;
}

export const voucherEntrySchema = new Schema<VoucherEntry>(
  {
    _id: Number,
    memberId: { type: Number, required: true },
    seq: { type: Number, required: true },
    type: { type: String, required: true },
    orderNo: String,
  },
  { collection: 'voucher_entries', versionKey: false, strict: false },
)
  // POST /contact_voucher/records, newest first; the entries of an account follow one another
  .index({ memberId: 1, seq: -1 }, { unique: true })
  // what an order has paid for is given once
  .index({ orderNo: 1 }, { unique: true, partialFilterExpression: { type: 'buy' }, name: 'bought_once' });
