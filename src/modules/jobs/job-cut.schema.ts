import { Schema } from 'mongoose';

export const JOB_CUT = 'JobCut';

/** Before the versions that a cut may show are removed, with room for clocks that differ. */
export const CUT_KEPT_SECONDS = 25 * 60;

/** At which revision of the board the pages of one request_id are cut. */
export interface JobCut {
  /** hash of request_id, caller, kind of list and filter */
  _id: string;
  revision: number;
  takenAt: Date;
  /** how many there are, once somebody has counted */
  total?: number;
  /** from where the distances of this list are measured, degrees */
  longitude?: number;
  latitude?: number;
}

export const jobCutSchema = new Schema<JobCut>(
  { _id: { type: String, required: true }, revision: { type: Number, required: true }, takenAt: Date },
  { collection: 'job_cuts', versionKey: false, strict: false },
)
  // whoever turned these pages has stopped
  .index({ takenAt: 1 }, { expireAfterSeconds: CUT_KEPT_SECONDS });
