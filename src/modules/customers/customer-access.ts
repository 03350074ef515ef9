import { Types } from 'mongoose';
import type { Role, StaffPrincipal } from '../../common/access/principal';
import { AppError } from '../../common/errors/app-error';
import type { Collection } from '../../database/collections';
import type { Customer } from './customer.schema';

/** Managers and administrators see every customer; an employee sees those assigned to them. */
export function seesAllCustomers(principal: StaffPrincipal): boolean {
  return principal.role === 'admin' || principal.role === 'manager';
}

/** Interviewers see nothing of the customers, so they can hold none. */
export function mayHoldCustomers({ active, role }: { active: boolean; role: Role }): boolean {
  return active && role !== 'hr';
}

/**
 * The customer, if there is one and the caller may have it.
 * @throws {AppError} NOT_FOUND, or FORBIDDEN for somebody else's customer
 */
export function allowed<C extends Pick<Customer, 'assignedTo'>>(
  customer: C | null,
  principal: StaffPrincipal,
): C {
  if (!customer) throw new AppError('NOT_FOUND', { message: '客户不存在' });
  const own = customer.assignedTo?.toHexString() === principal.id;
  if (!own && !seesAllCustomers(principal))
    throw new AppError('FORBIDDEN', { message: '只能查看自己负责的客户' });
  return customer;
}

/**
 * The key of a customer whose history the caller may read; looked up by _id.
 * @throws {AppError} NOT_FOUND, or FORBIDDEN for somebody else's customer
 */
export async function readableCustomer(
  customers: Collection<Customer>,
  id: string,
  principal: StaffPrincipal,
): Promise<Types.ObjectId> {
  const _id = new Types.ObjectId(id);
  allowed(await customers.findOne<Customer>({ _id }, { projection: { assignedTo: 1 } }), principal);
  return _id;
}
