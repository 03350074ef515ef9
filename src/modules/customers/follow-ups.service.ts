import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { type ClientSession, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { type Page, pageOf } from '../../common/http/paging';
import { Transactions } from '../../database/transactions';
import { StaffDirectory } from '../users/staff-directory';
import { allowed, readableCustomer } from './customer-access';
import { CUSTOMER, type Customer } from './customer.schema';
import type { CreateFollowUpDto, PageDto } from './customers.dto';
import { FOLLOW_UP, type FollowUp, type FollowUpView } from './follow-up.schema';

/** What was said to a customer, and when to speak again. */
@Injectable()
export class FollowUpsService {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    @InjectCollection(FOLLOW_UP) private readonly followUps: Collection<FollowUp>,
    private readonly staff: StaffDirectory,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** Writes the follow-up and moves the customer along, together. No date given leaves the planned one as it is. */
  async create(id: string, input: CreateFollowUpDto, caller: StaffCaller): Promise<FollowUpView> {
    const _id = new Types.ObjectId(id);
    return this.transactions.run(caller, async (session) => {
      const before = allowed(await this.customers.findOne<Customer>({ _id }, { session }), caller.principal);
      const followUp = newFollowUp(_id, input, caller);
      const moved = movement(input, followUp);
      await this.customers.updateOne({ _id }, { $set: moved }, { session });
      await this.followUps.insertOne(followUp, { session });
      await this.audit.record(
        {
          entity: 'customer',
          entityId: id,
          action: 'follow-up',
          before: { ...before },
          after: { ...before, ...moved },
        },
        caller,
        session,
      );
      return this.toView(followUp);
    });
  }

  /** An entry that the service writes itself, within the change that it tells of. */
  async recordBySystem(
    customer: Customer,
    content: string,
    caller: StaffCaller,
    session: ClientSession,
  ): Promise<void> {
    const entry = newFollowUp(customer._id, { content, type: 'other' }, caller);
    await this.followUps.insertOne({ ...entry, system: true }, { session });
  }

  async list(id: string, query: PageDto, caller: StaffCaller): Promise<Page<FollowUpView>> {
    const customerId = await readableCustomer(this.customers, id, caller.principal);
    const { rows, total } = await findPage(this.followUps, {
      filter: { customerId },
      sort: { createdAt: -1, _id: -1 },
      ...query,
    });
    return pageOf(
      rows.map((row) => this.toView(row)),
      total,
      query,
    );
  }

  private toView(followUp: FollowUp): FollowUpView {
    return {
      id: followUp._id.toHexString(),
      customerId: followUp.customerId.toHexString(),
      content: followUp.content,
      type: followUp.type,
      status: followUp.status,
      nextFollowUpAt: followUp.nextFollowUpAt?.toISOString() ?? null,
      system: followUp.system,
      createdBy: followUp.createdBy.toHexString(),
      createdByName: this.staff.nameOf(followUp.createdBy),
      createdAt: followUp.createdAt.toISOString(),
    };
  }
}

function newFollowUp(customerId: Types.ObjectId, input: CreateFollowUpDto, caller: StaffCaller): FollowUp {
  return {
    _id: new Types.ObjectId(),
    customerId,
    content: input.content,
    type: input.type,
    status: input.status ?? null,
    nextFollowUpAt: input.nextFollowUpDate ?? null,
    system: false,
    createdBy: new Types.ObjectId(caller.principal.id),
    createdAt: new Date(),
  };
}

function movement(input: CreateFollowUpDto, followUp: FollowUp): Partial<Customer> {
  return {
    lastFollowUpAt: followUp.createdAt,
    lastFollowUpBy: followUp.createdBy,
    updatedAt: followUp.createdAt,
    ...(input.nextFollowUpDate === undefined ? {} : { nextFollowUpAt: input.nextFollowUpDate }),
    ...(input.status ? { status: input.status } : {}),
  };
}
