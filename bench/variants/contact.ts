import { type MongoClient, ReadConcern } from 'mongodb';

/** That a member has paid for contacting a job; free again for so long. */
export interface PassRow {
  _id: string;
  paidAt: Date;
}
const FREE_AGAIN_MS = 30 * 24 * 3_600_000;

export const passId = (memberId: number, jobId: number): string => `${memberId}:${jobId}`;

export function mustPay(pass: PassRow | null, now: Date): boolean {
  return !pass || pass.paidAt.getTime() + FREE_AGAIN_MS <= now.getTime();
}

export interface AccountRow {
  _id: number;
  balance: number;
  entries: number;
  updatedAt: Date;
}

/** What the ledger keeps of a voucher that was spent. */
export function entryOf(_id: number, account: AccountRow, jobId: number, createdAt: Date) {
  return {
    _id,
    memberId: account._id,
    type: 'cost',
    title: '拨打电话',
    changeNum: -1,
    jobId,
    seq: account.entries,
    lastNum: account.balance + 1,
    nextNum: account.balance,
    createdAt,
  };
}
export type EntryRow = ReturnType<typeof entryOf>;

interface ContactedJob {
  _id: number;
  memberId: number;
  bizType: number;
  positions: string;
  address: string;
  contactPersonName: string;
  contact: string;
}

/** What both members' histories show of it. */
export function contactOf(_id: number, memberId: number, job: ContactedJob, createdAt: Date) {
  return {
    _id,
    memberId,
    jobId: job._id,
    ownerId: job.memberId,
    bizType: job.bizType,
    positions: job.positions,
    address: job.address,
    name: job.contactPersonName,
    phone: job.contact,
    createdAt,
  };
}
export type ContactRow = ReturnType<typeof contactOf>;

/** As the service opens its transactions. */
export const TRANSACTION: Parameters<ReturnType<MongoClient['startSession']>['withTransaction']>[1] = {
  readConcern: new ReadConcern('snapshot'),
  writeConcern: { w: 'majority' },
  maxCommitTimeMS: 10_000,
};
