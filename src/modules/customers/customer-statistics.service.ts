import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { Types } from 'mongoose';
import { z } from 'zod';
import type { StaffCaller } from '../../common/access/caller';
import { endOfShanghaiDay, startOfShanghaiDay } from '../../common/time/shanghai';
import { StaffDirectory } from '../users/staff-directory';
import { seesAllCustomers } from './customer-access';
import { CUSTOMER, CUSTOMER_INDEXES, type Customer } from './customer.schema';
import { mayHoldCustomers } from './customer-access';
import { ROLE_LABELS, ROLES } from '../../common/access/principal';

const counts = z.record(z.string(), z.int());

export const customerStatistics = z.strictObject({
  total: z.int().meta({ example: 150 }),
  myCustomers: z.int().meta({ example: 25 }),
  newToday: z.int().meta({ example: 3 }),
  followUpToday: z.int().meta({ example: 5 }),
  byContractStatus: counts.meta({ example: { 待定: 120, 已签约: 30 } }),
  byLeadSource: counts.meta({ example: { 小红书: 80, 其他: 70 } }),
  byServiceType: counts.meta({ example: { 月嫂: 150 } }),
});
type Statistics = z.infer<typeof customerStatistics>;

export const assignableEmployee = z.strictObject({
  id: z.string(),
  name: z.string().meta({ example: '李静' }),
  role: z.string().meta({ example: '普通员工' }),
  roleCode: z.enum(ROLES).meta({ example: 'employee' }),
  customerCount: z.int().meta({ example: 15 }),
});
type AssignableEmployee = z.infer<typeof assignableEmployee>;

interface Group {
  _id: { contractStatus?: string; leadSource?: string; serviceType?: string };
  customers: number;
}

const EVER = { $gte: new Date(0) };

/** Figures for the start page: a fixed number of database calls, each answered from an index alone. */
@Injectable()
export class CustomerStatistics {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    private readonly staff: StaffDirectory,
  ) {}

  async overview({ principal }: StaffCaller, now = new Date()): Promise<Statistics> {
    const self = new Types.ObjectId(principal.id);
    const everyone = seesAllCustomers(principal);
    const view = everyone ? {} : { assignedTo: self };
    const index = everyone ? CUSTOMER_INDEXES.all : CUSTOMER_INDEXES.owned;
    const today = { $gte: startOfShanghaiDay(now), $lt: endOfShanghaiDay(now) };
    const [groups, myCustomers, newToday, followUpToday] = await Promise.all([
      this.groups(view, index.updatedAt),
      this.count({ assignedTo: self }, CUSTOMER_INDEXES.owned.updatedAt),
      this.count({ ...view, createdAt: today }, index.createdAt),
      this.count({ ...view, nextFollowUpAt: today }, index.nextFollowUpAt),
    ]);
    return { total: sum(groups), myCustomers, newToday, followUpToday, ...breakdown(groups) };
  }

  /** Active staff to whom a customer can be given, with how many each one has. */
  async assignableEmployees(): Promise<AssignableEmployee[]> {
    const holders = this.staff.all().filter(mayHoldCustomers);
    const rows = await this.customers
      .aggregate<{ _id: Types.ObjectId; customers: number }>(
        [
          { $match: { assignedTo: { $in: holders.map(({ id }) => new Types.ObjectId(id)) } } },
          { $group: { _id: '$assignedTo', customers: { $sum: 1 } } },
        ],
        { hint: CUSTOMER_INDEXES.owned.updatedAt },
      )
      .toArray();
    const held = new Map(rows.map((row) => [row._id.toHexString(), row.customers]));
    return holders.map(({ id, name, role }) => ({
      id,
      name,
      role: ROLE_LABELS[role],
      roleCode: role,
      customerCount: held.get(id) ?? 0,
    }));
  }

  /** One pass over the index for all three breakdowns: some thousand combinations at most, folded here. */
  private groups(view: object, hint: string): Promise<Group[]> {
    const key = { contractStatus: '$contractStatus', leadSource: '$leadSource', serviceType: '$serviceType' };
    return this.customers
      .aggregate<Group>(
        [{ $match: { ...view, updatedAt: EVER } }, { $group: { _id: key, customers: { $sum: 1 } } }],
        // all combinations in the first answer: the number of calls does not depend on the data
        { hint, batchSize: 10_000 },
      )
      .toArray();
  }

  private count(filter: object, hint: string): Promise<number> {
    return this.customers.countDocuments(filter, { hint });
  }
}

function sum(groups: Group[]): number {
  return groups.reduce((total, group) => total + group.customers, 0);
}

function breakdown(groups: Group[]): Pick<Statistics, 'byContractStatus' | 'byLeadSource' | 'byServiceType'> {
  const by = (field: keyof Group['_id']): Record<string, number> => {
    const totals: Record<string, number> = {};
    for (const { _id, customers } of groups) {
      const value = _id[field];
      if (value) totals[value] = (totals[value] ?? 0) + customers;
    }
    return totals;
  };
  return {
    byContractStatus: by('contractStatus'),
    byLeadSource: by('leadSource'),
    byServiceType: by('serviceType'),
  };
}
