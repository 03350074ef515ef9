import { startOfShanghaiDay } from '../common/time/shanghai';
import type { AssignmentLog } from '../modules/customers/assignment-log.schema';
import type { Stage } from '../modules/customers/customer.enums';
import type { Customer } from '../modules/customers/customer.schema';
import type { FollowUp } from '../modules/customers/follow-up.schema';
import { searchTerms } from '../common/search/search-terms';
import type { User } from '../modules/users/user.schema';
import { assignments } from './assignments';
import { followUps } from './follow-ups';
import { address, customerName, mobileNumber } from './people';
import type { Random } from './random';
import { leadLevel, PROGRESS, SOURCES, wishes } from './wishes';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A customer with everything that hangs on it. */
export interface CustomerStory {
  customer: Customer;
  followUps: FollowUp[];
  assignmentLogs: AssignmentLog[];
}

/** When the customers came: over the year before `base`, in office hours, more of them lately; oldest first. */
export function arrivals(random: Random, count: number, base: Date): Date[] {
  const today = startOfShanghaiDay(base).getTime();
  const moment = (): number => {
    const day = today - Math.floor(365 * random.next() ** 1.25) * DAY_MS;
    const at = day + 8 * HOUR_MS + Math.floor(random.next() * 13 * HOUR_MS);
    return at > base.getTime() ? at - DAY_MS : at;
  };
  return Array.from({ length: count }, moment)
    .toSorted((a, b) => a - b)
    .map((at) => new Date(at));
}

/** The customer with this number (from 1), and how the agency has dealt with them up to `base`. */
export function customerStory(
  random: Random,
  number: number,
  createdAt: Date,
  base: Date,
  team: User[],
): CustomerStory {
  const progress = random.weighted(PROGRESS);
  const [contractStatus, status] = progress;
  const name = customerName(random);
  const phone = random.chance(0.96) ? mobileNumber(random, number) : undefined;
  const customer: Customer = {
    _id: random.objectId(createdAt),
    customerId: `CUS${String(number).padStart(11, '0')}`,
    name,
    phone,
    wechatId: !phone || random.chance(0.35) ? `wx_${random.int(100_000, 999_999)}${number}` : undefined,
    ...wishes(random, createdAt, progress),
    address: random.chance(0.6) ? address(random) : undefined,
    leadSource: random.weighted(SOURCES),
    leadLevel: random.chance(0.9) ? leadLevel(random, status) : undefined,
    contractStatus,
    status,
    assignedTo: null,
    assignedBy: null,
    assignedAt: null,
    createdBy: random.pick(team.filter(({ role }) => role !== 'hr'))._id,
    lastFollowUpAt: null,
    lastFollowUpBy: null,
    nextFollowUpAt: null,
    searchTerms: searchTerms(name, phone),
    createdAt,
    updatedAt: createdAt,
  };
  const assignmentLogs = assignments(random, customer, base, team);
  const written = followUps(random, customer, base);
  customer.nextFollowUpAt = nextFollowUp(random, status, base);
  return { customer, followUps: written, assignmentLogs };
}

/** Customers who may still sign are to be called again: some are overdue, many today, most within two weeks. */
function nextFollowUp(random: Random, stage: Stage, base: Date): Date | null {
  if (stage === 'signed' || stage === 'lost' || !random.chance(0.45)) return null;
  const days = random.weighted([
    [0, 12],
    [random.int(-4, -1), 15],
    [random.int(1, 14), 73],
  ]);
  return new Date(startOfShanghaiDay(base).getTime() + days * DAY_MS + random.stepped(9, 20, 1) * HOUR_MS);
}
