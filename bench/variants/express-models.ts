import { model, Schema } from 'mongoose';
import type { AccountRow, ContactRow, EntryRow, PassRow } from './contact';
import type { JobRow } from './job';
import type { CutRow } from './job-list';

const AS_IT_IS = { versionKey: false, autoIndex: false, autoCreate: false, id: false } as const;

/** The marketplace's collections as mongoose models. */
export const Job = model(
  'Job',
  new Schema<JobRow>(
    {
      _id: { type: Number, required: true },
      memberId: Number,
      bizType: Number,
      positions: String,
      companyName: String,
      contactPersonName: String,
      contact: String,
      description: String,
      photoUrls: [String],
      firstAreaId: Number,
      firstAreaDes: String,
      secondAreaId: Number,
      secondAreaDes: String,
      thirdAreaId: Number,
      thirdAreaDes: String,
      fourAreaId: Number,
      fourAreaDes: String,
      address: String,
      longitude: Number,
      latitude: Number,
      salaryMin: Number,
      salaryMax: Number,
      basicProtection: [String],
      salaryBenefits: [String],
      attendanceLeave: [String],
      status: Number,
      lastRefreshAt: Date,
      topStartsAt: Date,
      topEndsAt: Date,
      createdAt: Date,
      updatedAt: Date,
    },
    { ...AS_IT_IS, collection: 'marketplace_jobs' },
  ),
);

/** Only ever asked by pipelines and as plain objects. */
export const Listing = model('Listing', new Schema({}, { ...AS_IT_IS, collection: 'job_listings' }));

export const Cut = model(
  'Cut',
  new Schema<CutRow>(
    { _id: String, revision: Number, takenAt: Date, total: Number, longitude: Number, latitude: Number },
    { ...AS_IT_IS, collection: 'job_cuts' },
  ),
);

export const Counter = model(
  'Counter',
  new Schema<{ _id: string; last: number }>(
    { _id: String, last: Number },
    { ...AS_IT_IS, collection: 'sequences' },
  ),
);

export const Member = model(
  'Member',
  new Schema<{ _id: number; tokenVersion: number }>(
    { _id: Number, tokenVersion: Number },
    { ...AS_IT_IS, collection: 'members' },
  ),
);

export const Pass = model(
  'Pass',
  new Schema<PassRow>({ _id: String, paidAt: Date }, { ...AS_IT_IS, collection: 'contact_passes' }),
);

export const Account = model(
  'Account',
  new Schema<AccountRow>(
    { _id: Number, balance: Number, entries: Number, updatedAt: Date },
    { ...AS_IT_IS, collection: 'voucher_accounts' },
  ),
);

export const Entry = model(
  'Entry',
  new Schema<EntryRow>(
    {
      _id: Number,
      memberId: Number,
      type: String,
      title: String,
      changeNum: Number,
      jobId: Number,
      seq: Number,
      lastNum: Number,
      nextNum: Number,
      createdAt: Date,
    },
    { ...AS_IT_IS, collection: 'voucher_entries' },
  ),
);

export const Contact = model(
  'Contact',
  new Schema<ContactRow>(
    {
      _id: Number,
      memberId: Number,
      jobId: Number,
      ownerId: Number,
      bizType: Number,
      positions: String,
      address: String,
      name: String,
      phone: String,
      createdAt: Date,
    },
    { ...AS_IT_IS, collection: 'contacts' },
  ),
);
