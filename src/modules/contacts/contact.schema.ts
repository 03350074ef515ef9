import { Schema } from 'mongoose';

export const CONTACT = 'Contact';
export const CONTACT_PASS = 'ContactPass';

/** One member has asked for the phone of another's job, and called perhaps. */
export interface Contact {
  /** from a sequence */
  _id: number;
  memberId: number;
  jobId: number;
  /** whose job it is */
  ownerId: number;
  /** of the job: 1 recruiting, 2 looking for work, 3 to let */
  bizType: number;
  /** as the job said when the contact was made */
  positions: string;
  address: string;
  name: string;
  phone: string;
  createdAt: Date;
}

export const contactSchema = new Schema<Contact>(
  { _id: { type: Number, required: true }, memberId: Number, ownerId: Number, createdAt: Date },
  { collection: 'contacts', versionKey: false, strict: false },
)
  // POST /contact_history/out, newest first; of all kinds, one run through each
  .index({ memberId: 1, bizType: 1, createdAt: -1, _id: -1 })
  // POST /contact_history/in
  .index({ ownerId: 1, bizType: 1, createdAt: -1, _id: -1 });

/** That a member has paid for contacting a job: one record for both, which all who charge for it write. */
export interface ContactPass {
  /** `<member>:<job>` */
  _id: string;
  /** when it was last paid for */
  paidAt: Date;
}

export const contactPassSchema = new Schema<ContactPass>(
  { _id: { type: String, required: true }, paidAt: { type: Date, required: true } },
  { collection: 'contact_passes', versionKey: false },
);

export const passId = (memberId: number, jobId: number): string => `${memberId}:${jobId}`;
