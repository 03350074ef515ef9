import { Schema, type Types } from 'mongoose';
import type { ContractStatus, Stage } from './customer.enums';

export const CUSTOMER = 'Customer';

export interface Customer {
  _id: Types.ObjectId;
  customerId: string;
  name: string;
  phone?: string;
  wechatId?: string;
  serviceType?: string;
  expectedBudget?: number;
  address?: string;
  notes?: string;
  leadSource: string;
  leadLevel?: string;
  contractStatus: ContractStatus;
  status: Stage;
  restSchedule?: string;
  educationRequirement?: string;
  expectedStartDate?: Date;
  expectedDeliveryDate?: Date;
  homeArea?: number;
  familySize?: number;
  serviceDays?: number;
  ageRequirement?: string;
  genderRequirement?: string;
  originRequirement?: string;
  dealAmount?: number;
  assignedTo: Types.ObjectId | null;
  assignedBy: Types.ObjectId | null;
  assignedAt: Date | null;
  assignmentReason?: string;
  createdBy: Types.ObjectId;
  lastFollowUpAt: Date | null;
  lastFollowUpBy: Types.ObjectId | null;
  nextFollowUpAt: Date | null;
  /** every part of the name, its pinyin and the phone by which the customer can be found */
  searchTerms: string[];
  createdAt: Date;
  updatedAt: Date;
}

/**
 * What a list can be filtered by. Standing behind the sort key of every list index, these are compared within the
 * index, so that only documents that are returned are read.
 */
const FILTERS = {
  status: 1,
  contractStatus: 1,
  leadSource: 1,
  leadLevel: 1,
  serviceType: 1,
} as const;

/** Index names, as the list gives them to the database as hints. */
export const CUSTOMER_INDEXES = {
  keyword: 'keyword',
  all: { updatedAt: 'all_updated', createdAt: 'all_created', nextFollowUpAt: 'all_next_follow_up' },
  owned: { updatedAt: 'owned_updated', createdAt: 'owned_created', nextFollowUpAt: 'owned_next_follow_up' },
} as const;

const { all, owned, keyword } = CUSTOMER_INDEXES;

export const customerSchema = new Schema<Customer>(
  {
    customerId: { type: String, required: true },
    name: { type: String, required: true },
    phone: String,
    assignedTo: { type: Schema.Types.ObjectId, default: null },
    searchTerms: [String],
  },
  { collection: 'customers', versionKey: false, strict: false, timestamps: true },
)
  // keyword of exactly a customer's number; no number twice
  .index({ customerId: 1 }, { unique: true })
  // no phone twice; leads look a phone up
  .index({ phone: 1 }, { unique: true, partialFilterExpression: { phone: { $type: 'string' } } })
  // GET list?keyword
  .index(
    { searchTerms: 1, updatedAt: -1, _id: -1, assignedTo: 1, ...FILTERS, createdAt: 1, nextFollowUpAt: 1 },
    { name: keyword },
  )
  // GET list, a manager's; statistics by group
  .index(
    { updatedAt: -1, _id: -1, assignedTo: 1, ...FILTERS, createdAt: 1, nextFollowUpAt: 1 },
    { name: all.updatedAt },
  )
  // GET list?sort=createdAt; statistics: new today
  .index({ createdAt: -1, _id: -1, assignedTo: 1, ...FILTERS, nextFollowUpAt: 1 }, { name: all.createdAt })
  // GET list?sort=nextFollowUpAt; statistics: to be followed up today
  .index(
    { nextFollowUpAt: -1, _id: -1, assignedTo: 1, ...FILTERS, createdAt: 1 },
    { name: all.nextFollowUpAt },
  )
  // GET list, an employee's or ?assignedTo; statistics of one owner; employees/list: customers per owner
  .index(
    { assignedTo: 1, updatedAt: -1, _id: -1, ...FILTERS, createdAt: 1, nextFollowUpAt: 1 },
    { name: owned.updatedAt },
  )
  // the same, sorted by creation; new today
  .index({ assignedTo: 1, createdAt: -1, _id: -1, ...FILTERS, nextFollowUpAt: 1 }, { name: owned.createdAt })
  // the same, sorted by the next follow-up; to be followed up today
  .index(
    { assignedTo: 1, nextFollowUpAt: -1, _id: -1, ...FILTERS, createdAt: 1 },
    { name: owned.nextFollowUpAt },
  );
