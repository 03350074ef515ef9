import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { type mongo, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { type Page, pageOf } from '../../common/http/paging';
import { StaffDirectory } from '../users/staff-directory';
import { seesAllCustomers } from './customer-access';
import { STAGES } from './customer.enums';
import { CUSTOMER, CUSTOMER_INDEXES, type Customer } from './customer.schema';
import { type CustomerListItem, LIST_FIELDS, type ListedCustomer, toListItem } from './customer.views';
import type { ListCustomersDto } from './customers.dto';
import { normaliseKeyword, termOf } from './search-terms';

type SortField = 'updatedAt' | 'createdAt' | 'nextFollowUpAt';
const CUSTOMER_NUMBER = /^cus\d{11}$/;

interface Plan {
  filter: mongo.Filter<Customer>;
  sort: mongo.Sort;
  /** the index that holds the order and every field of the filter; none where a unique index answers */
  hint?: string;
}

/** The list of customers, filtered, searched and sorted: one page and a count, whatever is asked. */
@Injectable()
export class CustomerListing {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    private readonly staff: StaffDirectory,
  ) {}

  async list(query: ListCustomersDto, caller: StaffCaller): Promise<Page<CustomerListItem>> {
    const { filter, sort, hint } = planOf(query, caller);
    const page = this.customers
      .find<ListedCustomer>(filter, { projection: LIST_FIELDS, hint })
      .sort(sort)
      .skip((query.page - 1) * query.pageSize)
      .limit(query.pageSize);
    const [rows, total] = await Promise.all([page.toArray(), this.count(filter, hint)]);
    return pageOf(
      rows.map((row) => toListItem(row, this.staff)),
      total,
      query,
    );
  }

  /** Without any filter the collection's own count answers at once; else the index is counted, no document read. */
  private count(filter: mongo.Filter<Customer>, hint: string | undefined): Promise<number> {
    if (Object.keys(filter).length === 0) return this.customers.estimatedDocumentCount();
    return this.customers.countDocuments(filter, { hint });
  }
}

/** Which filter, order and index answer a query. Named rather than left to the database's guess, so that it stays so. */
export function planOf(query: ListCustomersDto, caller: StaffCaller): Plan {
  const field = query.sort.replace('-', '') as SortField;
  const direction = query.sort.startsWith('-') ? -1 : 1;
  const sort: mongo.Sort = { [field]: direction, _id: direction };
  const owner = seesAllCustomers(caller.principal) ? query.assignedTo : caller.principal.id;
  const filter: mongo.Filter<Customer> = {
    ...(owner ? { assignedTo: new Types.ObjectId(owner) } : {}),
    ...chosen(query),
  };
  const keyword = normaliseKeyword(query.keyword ?? '');
  if (CUSTOMER_NUMBER.test(keyword))
    return { filter: { ...filter, customerId: keyword.toUpperCase() }, sort };
  if (keyword)
    return { filter: { searchTerms: termOf(keyword), ...filter }, sort, hint: CUSTOMER_INDEXES.keyword };
  if (owner) return { filter, sort, hint: CUSTOMER_INDEXES.owned[field] };
  return { filter: withLeadingRange(filter, field), sort, hint: CUSTOMER_INDEXES.all[field] };
}

/** The filters that the caller chose, each on a field that every list index holds. */
function chosen(query: ListCustomersDto): mongo.Filter<Customer> {
  const { status, contractStatus, leadSource, leadLevel, serviceType } = query;
  const stage = STAGES.find((value) => value === status);
  const created = range(query.createdFrom, query.createdTo);
  const followUp = range(query.followUpFrom, query.followUpTo);
  const byStatus = stage ? { status: stage } : status ? { contractStatus: status } : {};
  return {
    ...byStatus,
    ...(contractStatus ? { contractStatus } : {}),
    ...(leadSource ? { leadSource } : {}),
    ...(leadLevel ? { leadLevel } : {}),
    ...(serviceType ? { serviceType } : {}),
    ...(created ? { createdAt: created } : {}),
    ...(followUp ? { nextFollowUpAt: followUp } : {}),
  } as mongo.Filter<Customer>;
}

function range(from: Date | undefined, to: Date | undefined): { $gte?: Date; $lt?: Date } | undefined {
  return from || to ? { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } : undefined;
}

/**
 * MongoDB compares the fields behind an index's first one within the index only when the first one is in the filter
 * too: a range that every record lies in puts it there. A record without a next follow-up has none, so that order
 * is left as it is.
 */
function withLeadingRange(filter: mongo.Filter<Customer>, field: SortField): mongo.Filter<Customer> {
  if (Object.keys(filter).length === 0 || field === 'nextFollowUpAt' || filter[field]) return filter;
  return { ...filter, [field]: { $gte: new Date(0) } };
}
