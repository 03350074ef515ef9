import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { type ClientSession, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { invalidField } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { Transactions } from '../../database/transactions';
import { StaffDirectory } from '../users/staff-directory';
import { StaffNotifications } from '../messages/staff-notifications.service';
import { UsersService } from '../users/users.service';
import { ASSIGNMENT_LOG, type AssignmentLog, type AssignmentLogView } from './assignment-log.schema';
import { allowed, mayHoldCustomers, readableCustomer } from './customer-access';
import { CUSTOMER, type Customer } from './customer.schema';
import { type CustomerDetail, toDetail } from './customer.views';
import type { AssignCustomerDto, PageDto } from './customers.dto';
import { FollowUpsService } from './follow-ups.service';

/** Who holds a customer, and who held it before. */
@Injectable()
export class AssignmentsService {
  constructor(
    @InjectCollection(CUSTOMER) private readonly customers: Collection<Customer>,
    @InjectCollection(ASSIGNMENT_LOG) private readonly logs: Collection<AssignmentLog>,
    private readonly users: UsersService,
    private readonly staff: StaffDirectory,
    private readonly followUps: FollowUpsService,
    private readonly notifications: StaffNotifications,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Gives the customer to another member of staff, with a log entry and a follow-up, as one transaction. Two at once:
   * the second runs again on what the first has left, so each entry names the owner that it really replaced.
   */
  async assign(
    id: string,
    { assignedTo, reason = '' }: AssignCustomerDto,
    caller: StaffCaller,
  ): Promise<CustomerDetail> {
    const _id = new Types.ObjectId(id);
    return this.transactions.run(caller, async (session) => {
      await this.inTurnFor(assignedTo, session);
      const before = allowed(await this.customers.findOne<Customer>({ _id }, { session }), caller.principal);
      await this.requireHolder(assignedTo, session);
      if (before.assignedTo?.toHexString() === assignedTo) return toDetail(before, this.staff);
      const after = handedOver(before, assignedTo, reason, caller);
      const { assignedBy, assignedAt, updatedAt } = after;
      await this.customers.updateOne(
        { _id },
        {
          $set: { assignedTo: after.assignedTo, assignedBy, assignedAt, assignmentReason: reason, updatedAt },
        },
        { session },
      );
      await this.log(after, before.assignedTo, reason, session);
      await this.tellNewOwner(after, session);
      await this.followUps.recordBySystem(after, this.describe(before, after, reason), caller, session);
      await this.audit.record(
        { entity: 'customer', entityId: id, action: 'assign', before: { ...before }, after: { ...after } },
        caller,
        session,
      );
      return toDetail(after, this.staff);
    });
  }

  /** The log entry of a customer that is somebody's from its creation on. */
  async logFirst(customer: Customer, session: ClientSession): Promise<void> {
    await this.log(customer, null, '', session, 'create');
  }

  async history(id: string, query: PageDto, caller: StaffCaller): Promise<Page<AssignmentLogView>> {
    const customerId = await readableCustomer(this.customers, id, caller.principal);
    const { rows, total } = await findPage(this.logs, {
      filter: { customerId },
      sort: { assignedAt: -1, _id: -1 },
      ...query,
    });
    return pageOf(
      rows.map((row) => this.toView(row)),
      total,
      query,
    );
  }

  /** Those who give customers to one person write that person's record (requireHolder): first thing in a transaction. */
  async inTurnFor(userId: string, session: ClientSession): Promise<void> {
    await this.transactions.inTurn(`customers of ${userId}`, session);
  }

  /**
   * Asks the database rather than the directory, and holds the account until the transaction ends: an account that is
   * disabled a moment before gets no customer, and one that is disabled at the same moment is so before or after.
   */
  async requireHolder(userId: string, session: ClientSession): Promise<void> {
    const user = await this.users.holdInTransaction(userId, session);
    if (!user) throw invalidField('assignedTo', '负责人不存在');
    if (!mayHoldCustomers(user)) throw invalidField('assignedTo', '该员工已停用或不能负责客户');
  }

  /** Within the transaction that gives the customer: the message is there if that commits. */
  async tellNewOwner(customer: Customer, session: ClientSession): Promise<void> {
    if (!customer.assignedTo) return;
    const { name, phone, _id } = customer;
    const page = `pages/customer/detail?id=${_id.toHexString()}`;
    await this.notifications.byAnyWay(
      customer.assignedTo,
      { text: '您有新分配的客户', name, phone, page },
      session,
    );
  }

  private async log(
    customer: Customer,
    oldAssignedTo: Types.ObjectId | null,
    reason: string,
    session: ClientSession,
    action: AssignmentLog['action'] = oldAssignedTo ? 'reassign' : 'assign',
  ): Promise<void> {
    if (!customer.assignedTo || !customer.assignedBy || !customer.assignedAt) return;
    await this.logs.insertOne(
      {
        _id: new Types.ObjectId(),
        customerId: customer._id,
        oldAssignedTo,
        newAssignedTo: customer.assignedTo,
        assignedBy: customer.assignedBy,
        assignedAt: customer.assignedAt,
        reason,
        action,
      },
      { session },
    );
  }

  private describe(before: Customer, after: Customer, reason: string): string {
    const from = before.assignedTo ? `由 ${this.staff.nameOf(before.assignedTo)} ` : '';
    return `客户${from}分配给 ${this.staff.nameOf(after.assignedTo)}${reason ? `，原因：${reason}` : ''}`;
  }

  private toView(log: AssignmentLog): AssignmentLogView {
    return {
      id: log._id.toHexString(),
      customerId: log.customerId.toHexString(),
      oldAssignedTo: log.oldAssignedTo?.toHexString() ?? null,
      oldAssignedToName: this.staff.nameOf(log.oldAssignedTo),
      newAssignedTo: log.newAssignedTo.toHexString(),
      newAssignedToName: this.staff.nameOf(log.newAssignedTo),
      assignedBy: log.assignedBy.toHexString(),
      assignedByName: this.staff.nameOf(log.assignedBy),
      assignedAt: log.assignedAt.toISOString(),
      reason: log.reason,
      action: log.action,
    };
  }
}

function handedOver(before: Customer, assignedTo: string, reason: string, caller: StaffCaller): Customer {
  const now = new Date();
  return {
    ...before,
    assignedTo: new Types.ObjectId(assignedTo),
    assignedBy: new Types.ObjectId(caller.principal.id),
    assignedAt: now,
    assignmentReason: reason,
    updatedAt: now,
  };
}
