import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { withLeadingRange } from '../../database/leading-range';
import { type mongo, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { type Page, pageOf } from '../../common/http/paging';
import { StaffDirectory } from '../users/staff-directory';
import { seesAllCustomers } from './customer-access';
import { STAGES } from './customer.enums';
import { CUSTOMER, CUSTOMER_INDEXES, type Customer } from './customer.schema';
import { type CustomerListItem, LIST_FIELDS, type ListedCustomer, toListItem } from './customer.views';
import type { ListCustomersDto } from './customers.dto';
import { normaliseKeyword } from '../../common/search/search-terms';

type SortField = 'updatedAt' | 'createdAt' | 'nextFollowUpAt';
const CUSTOMER_NUMBER = /^cus\d{11}$/;

interface Plan {
  filter: mongo.Filter<Customer>;
  sort: Record<string, 1 | -1>;
  /** the index that holds the order and every field of the filter; none where a unique index answers */
  hint?: string;
  /** the index does not hold this order: its keys are sorted first, then only the page's documents are read */
  keysFirst?: boolean;
}

/** The list of customers, filtered, searched and sorted: one page and a count, whatever is asked. */
@Injectable()
export class CustomerListing {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    private readonly staff: StaffDirectory,
  ) {}

  async list(query: ListCustomersDto, caller: StaffCaller): Promise<Page<CustomerListItem>> {
    const plan = planOf(query, caller);
    const [rows, total] = await Promise.all([
      plan.keysFirst ? this.rowsByKeys(plan, query) : this.rows(plan, query),
      this.count(plan),
    ]);
    return pageOf(
      rows.map((row) => toListItem(row, this.staff)),
      total,
      query,
    );
  }

  private rows(plan: Plan, query: ListCustomersDto): Promise<ListedCustomer[]> {
    return this.page<ListedCustomer>(plan, query, LIST_FIELDS).toArray();
  }

  private async rowsByKeys(plan: Plan, query: ListCustomersDto): Promise<ListedCustomer[]> {
    const keys = await this.page<{ _id: Types.ObjectId }>(plan, query, keysOf(plan)).toArray();
    if (keys.length === 0) return [];
    const found = await this.customers
      .find<ListedCustomer>({ _id: { $in: keys.map(({ _id }) => _id) } }, { projection: LIST_FIELDS })
      .toArray();
    const byId = new Map(found.map((row) => [row._id.toHexString(), row]));
    return keys.flatMap(({ _id }) => byId.get(_id.toHexString()) ?? []);
  }

  private page<T extends mongo.Document>(
    { filter, sort, hint }: Plan,
    { page, pageSize }: ListCustomersDto,
    projection: mongo.Document,
  ): mongo.FindCursor<T> {
    return this.customers
      .find<T>(filter, { projection, hint })
      .sort(sort)
      .skip((page - 1) * pageSize)
      .limit(pageSize);
  }

  /** Without any filter the collection's own count answers at once; else the index is counted, no document read. */
  private count({ filter, hint }: Plan): Promise<number> {
    if (Object.keys(filter).length === 0) return this.customers.estimatedDocumentCount();
    return this.customers.countDocuments(filter, { hint });
  }
}

/** The fields of the order alone, which an index answers without a document. */
function keysOf({ sort }: Plan): Record<string, 1> {
  return Object.fromEntries(Object.keys(sort).map((field) => [field, 1]));
}

/** Which filter, order and index answer a query. Named rather than left to the database's guess, so that it stays so. */
export function planOf(query: ListCustomersDto, caller: StaffCaller): Plan {
  const field = query.sort.replace('-', '') as SortField;
  const direction = query.sort.startsWith('-') ? -1 : 1;
  const sort = { [field]: direction, _id: direction } as Plan['sort'];
  const self = seesAllCustomers(caller.principal) ? undefined : caller.principal.id;
  const owner = agreed(self, query.assignedTo);
  const filter = {
    ...(owner === undefined
      ? {}
      : { assignedTo: typeof owner === 'string' ? new Types.ObjectId(owner) : owner }),
    ...chosen(query),
  } as mongo.Filter<Customer>;
  if (!query.keyword) {
    if (owner !== undefined) return { filter, sort, hint: CUSTOMER_INDEXES.owned[field] };
    return { filter: withLeadingRange(filter, field), sort, hint: CUSTOMER_INDEXES.all[field] };
  }
  const keyword = normaliseKeyword(query.keyword);
  if (CUSTOMER_NUMBER.test(keyword))
    return { filter: { ...filter, customerId: keyword.toUpperCase() }, sort };
  return {
    filter: { searchTerms: keyword, ...filter },
    sort,
    hint: CUSTOMER_INDEXES.keyword,
    keysFirst: field !== 'updatedAt',
  };
}

/** The filters that the caller chose, each on a field that every list index holds. */
function chosen(query: ListCustomersDto): Record<string, unknown> {
  const { status, leadSource, leadLevel, serviceType } = query;
  const stage = STAGES.find((value) => value === status);
  const contractStatus = agreed(stage ? undefined : status, query.contractStatus);
  const created = range(query.createdFrom, query.createdTo);
  const followUp = range(query.followUpFrom, query.followUpTo);
  return {
    ...(stage ? { status: stage } : {}),
    ...(contractStatus ? { contractStatus } : {}),
    ...(leadSource ? { leadSource } : {}),
    ...(leadLevel ? { leadLevel } : {}),
    ...(serviceType ? { serviceType } : {}),
    ...(created ? { createdAt: created } : {}),
    ...(followUp ? { nextFollowUpAt: followUp } : {}),
  };
}

/** Two wishes for one field: the value that both mean, or what no record has when they contradict each other. */
function agreed(one?: string, other?: string): string | { $in: never[] } | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one === other ? one : { $in: [] };
}

function range(from: Date | undefined, to: Date | undefined): { $gte?: Date; $lt?: Date } | undefined {
  return from || to ? { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } : undefined;
}
