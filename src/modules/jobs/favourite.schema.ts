import { Schema } from 'mongoose';

export const FAVOURITE = 'Favourite';

/** A job that a member has put aside. */
export interface Favourite {
  /** `<member>:<job>`, so that nothing is put aside twice */
  _id: string;
  memberId: number;
  jobId: number;
  bizType: number;
  createdAt: Date;
}

export const favouriteSchema = new Schema<Favourite>(
  {
    _id: { type: String, required: true },
    memberId: Number,
    jobId: Number,
    bizType: Number,
    createdAt: Date,
  },
  { collection: 'job_favourites', versionKey: false },
)
  // POST /collect/my, newest first; of all kinds, one run through each
  .index({ memberId: 1, bizType: 1, createdAt: -1, jobId: -1 });

export const favouriteId = (memberId: number, jobId: number): string => `${memberId}:${jobId}`;
