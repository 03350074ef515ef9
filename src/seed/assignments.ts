import type { AssignmentLog } from '../modules/customers/assignment-log.schema';
import type { Customer } from '../modules/customers/customer.schema';
import type { User } from '../modules/users/user.schema';
import type { Random } from './random';

const ASSIGNED = 0.7;
const REASSIGNED = 0.08;
const REASONS = ['客户要求更换顾问', '按区域分配', '原顾问休假', '该顾问擅长月嫂', '客户指定'];

/** Gives about 70 % of the customers to somebody, changing `customer` as assigning does; returns the log, oldest first. */
export function assignments(random: Random, customer: Customer, base: Date, team: User[]): AssignmentLog[] {
  if (!random.chance(ASSIGNED)) return [];
  const creator = team.find(({ _id }) => _id.equals(customer.createdBy));
  const log: AssignmentLog[] = [];
  if (creator?.role === 'employee') {
    log.push(
      handOver(random, customer, { to: creator, by: creator, at: customer.createdAt, reason: '' }, 'create'),
    );
  } else {
    const at = random.within(customer.createdAt, 36, base);
    log.push(
      handOver(random, customer, { to: adviser(random, team), by: dispatcher(random, team), at, reason: '' }),
    );
  }
  const next = adviser(random, team);
  if (random.chance(REASSIGNED) && !next._id.equals(log[0]?.newAssignedTo)) {
    const at = random.within(customer.updatedAt, 30 * 24, base);
    const reason = random.pick(REASONS);
    log.push(handOver(random, customer, { to: next, by: dispatcher(random, team), at, reason }));
  }
  return log;
}

interface HandOver {
  to: User;
  by: User;
  at: Date;
  reason: string;
}

function handOver(
  random: Random,
  customer: Customer,
  { to, by, at, reason }: HandOver,
  action: AssignmentLog['action'] = customer.assignedTo ? 'reassign' : 'assign',
): AssignmentLog {
  const entry: AssignmentLog = {
    _id: random.objectId(at),
    customerId: customer._id,
    oldAssignedTo: customer.assignedTo,
    newAssignedTo: to._id,
    assignedBy: by._id,
    assignedAt: at,
    reason,
    action,
  };
  Object.assign(customer, { assignedTo: to._id, assignedBy: by._id, assignedAt: at, updatedAt: at });
  if (reason) customer.assignmentReason = reason;
  return entry;
}

function adviser(random: Random, team: User[]): User {
  return random.pick(team.filter(({ role }) => role === 'employee'));
}

function dispatcher(random: Random, team: User[]): User {
  return random.pick(team.filter(({ role }) => role === 'manager'));
}
