import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { type ClientSession, Types } from 'mongoose';
import { theString } from '../../database/partial-indexes';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { AuditTrail, differences } from '../../common/audit/audit-trail';
import { AppError, invalidField } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { Sequences } from '../../database/sequences';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { StaffDirectory } from '../users/staff-directory';
import { AssignmentsService } from './assignments.service';
import { allowed, seesAllCustomers } from './customer-access';
import { CUSTOMER, type Customer } from './customer.schema';
import { type CustomerDetail, DETAIL_FIELDS, toDetail } from './customer.views';
import type { CreateCustomerDto, UpdateCustomerDto } from './customers.dto';
import { searchTerms } from '../../common/search/search-terms';

/** One customer: made, read and changed. */
@Injectable()
export class CustomersService {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    private readonly assignments: AssignmentsService,
    private readonly staff: StaffDirectory,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  async get(id: string, caller: StaffCaller): Promise<CustomerDetail> {
    const customer = await this.customers.findOne<Customer>(
      { _id: new Types.ObjectId(id) },
      { projection: DETAIL_FIELDS },
    );
    return toDetail(allowed(customer, caller.principal), this.staff);
  }

  /**
   * An employee's new customer is theirs; a manager's is whoever's they say, or nobody's yet.
   * @throws {AppError} MISSING_CONTACT without phone and wechatId; DUPLICATE_PHONE
   */
  async create(input: CreateCustomerDto, caller: StaffCaller): Promise<CustomerDetail> {
    requireContact(input);
    const { assignedTo: chosen, ...fields } = input;
    const owner = seesAllCustomers(caller.principal) ? chosen : caller.principal.id;
    const customerId = await this.nextCustomerId();
    const customer = newCustomer({ ...fields, customerId }, owner, caller.principal.id);
    const another = owner === caller.principal.id ? undefined : owner;
    await this.transactions.run(caller, async (session) => {
      if (another) {
        await this.assignments.inTurnFor(another, session);
        await this.assignments.requireHolder(another, session);
      }
      await this.insert(customer, session);
      await this.recordCreation(customer, caller, session);
      if (another) await this.assignments.tellNewOwner(customer, session);
    });
    return toDetail(customer, this.staff);
  }

  /** Null clears a field. Who holds the customer is changed by assigning, not here. */
  async update(id: string, input: UpdateCustomerDto, caller: StaffCaller): Promise<CustomerDetail> {
    const _id = new Types.ObjectId(id);
    return this.transactions.run(caller, async (session) => {
      const before = allowed(await this.customers.findOne<Customer>({ _id }, { session }), caller.principal);
      const after = changed(before, input);
      requireContact(after);
      if (!differences({ ...before }, { ...after }).after) return toDetail(before, this.staff);
      await this.replace(before, after, session);
      await this.audit.record(
        { entity: 'customer', entityId: id, action: 'update', before: { ...before }, after: { ...after } },
        caller,
        session,
      );
      return toDetail(after, this.staff);
    });
  }

  /**
   * Whether there is such a customer, whom the caller may see; looked up by _id.
   * @throws {AppError} FORBIDDEN for somebody else's
   */
  async isThere(id: string, { principal, session }: StaffCaller): Promise<boolean> {
    const customer = await this.customers.findOne<Pick<Customer, 'assignedTo'>>(
      { _id: new Types.ObjectId(id) },
      { projection: { assignedTo: 1 }, session },
    );
    return customer !== null && Boolean(allowed(customer, principal));
  }

  /** Whose phone it is, as a transaction sees it; null when it is no customer's yet. By the unique index of phone. */
  async findIdByPhone(phone: string, session: ClientSession): Promise<Types.ObjectId | null> {
    const customer = await this.customers.findOne(
      { phone: theString(phone) },
      { session, projection: { _id: 1 } },
    );
    return customer?._id ?? null;
  }

  /** The next customer number, for a lead; outside of any transaction, where it would be a point of conflict. */
  nextLeadNumber(): Promise<string> {
    return this.nextCustomerId();
  }

  /**
   * A customer whom nobody has entered: somebody who has shown interest, and belongs to the advisor concerned.
   * When another transaction has just made one of this phone, the whole transaction runs again and finds it.
   */
  async addLead(lead: Lead, caller: Caller, session: ClientSession): Promise<Customer> {
    const { advisorId, ...fields } = lead;
    const customer = newCustomer(
      { ...fields, leadSource: '其他', contractStatus: '待定', leadLevel: 'B类', status: 'new' },
      advisorId,
      advisorId,
    );
    await this.customers
      .insertOne(customer, { session, ignoreUndefined: true })
      .catch((error: unknown) => runAgainOnDuplicate(error, 'phone'));
    await this.recordCreation(customer, caller, session);
    return customer;
  }

  private async nextCustomerId(): Promise<string> {
    return `CUS${String(await this.sequences.next('customer')).padStart(11, '0')}`;
  }

  private async recordCreation(customer: Customer, caller: Caller, session: ClientSession): Promise<void> {
    await this.audit.record(
      {
        entity: 'customer',
        entityId: customer._id.toHexString(),
        action: 'create',
        before: null,
        after: { ...customer },
      },
      caller,
      session,
    );
    if (customer.assignedTo) await this.assignments.logFirst(customer, session);
  }

  private async insert(customer: Customer, session: ClientSession): Promise<void> {
    await this.customers.insertOne(customer, { session, ignoreUndefined: true }).catch(duplicatePhone);
  }

  private async replace(before: Customer, after: Customer, session: ClientSession): Promise<void> {
    const { _id, ...fields } = after;
    await this.customers
      .replaceOne({ _id: before._id }, fields, { session, ignoreUndefined: true })
      .catch(duplicatePhone);
  }
}

function requireContact({ phone, wechatId }: { phone?: string | null; wechatId?: string | null }): void {
  if (!phone && !wechatId) throw new AppError('MISSING_CONTACT');
}

export interface Lead {
  customerId: string;
  name: string;
  phone: string;
  wechatId: string;
  notes: string;
  advisorId: string;
}

type NewFields = Omit<CreateCustomerDto, 'assignedTo'> & { customerId: string };

function newCustomer(fields: NewFields, owner: string | undefined, createdBy: string): Customer {
  const now = new Date();
  const creator = new Types.ObjectId(createdBy);
  return {
    _id: new Types.ObjectId(),
    ...fields,
    assignedTo: owner ? new Types.ObjectId(owner) : null,
    assignedBy: owner ? creator : null,
    assignedAt: owner ? now : null,
    createdBy: creator,
    lastFollowUpAt: null,
    lastFollowUpBy: null,
    nextFollowUpAt: null,
    searchTerms: searchTerms(fields.name, fields.phone),
    createdAt: now,
    updatedAt: now,
  };
}

function changed(before: Customer, input: UpdateCustomerDto): Customer {
  const after: Customer = { ...before, updatedAt: new Date() };
  // null is how a caller clears a field; it is kept as absent
  for (const [field, value] of Object.entries(input) as [string, unknown][])
    Object.assign(after, { [field]: value ?? undefined });
  if (after.name !== before.name || after.phone !== before.phone)
    after.searchTerms = searchTerms(after.name, after.phone);
  return after;
}

function duplicatePhone(error: unknown): never {
  if (!duplicateKeyFields(error)?.includes('phone')) throw error;
  throw new AppError('DUPLICATE_PHONE', { details: invalidField('phone', '手机号已存在').details });
}
