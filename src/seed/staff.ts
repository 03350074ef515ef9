import type { Role } from '../common/access/principal';
import type { User } from '../modules/users/user.schema';
import { fullName, mobileNumber } from './people';
import type { Random } from './random';

const DAY_MS = 86_400_000;

/** Where the staff's numbers begin in the row of phone numbers; the customers' lie before it. */
const STAFF_PHONES_FROM = 90_000_000;

const TEAM: readonly (readonly [role: Role, count: number])[] = [
  ['admin', 1],
  ['manager', 3],
  ['employee', 12],
  ['hr', 2],
];

/** `demo-employee03`; the log-in names of the whole demonstration team. */
export const DEMO_USERNAME = /^demo-(admin|manager|employee|hr)\d{2}$/;

/** One of the employees has left the agency: disabled, and still named on old records. */
const LEFT = 'demo-employee12';

/** The demonstration team: every role, all with the one password whose hash is given. */
export function staff(random: Random, base: Date, passwordHash: string): User[] {
  return TEAM.flatMap(([role, count]) =>
    Array.from({ length: count }, (_, index) => ({ role, number: index + 1 })),
  ).map(({ role, number }, index) => {
    const username = `demo-${role}${String(number).padStart(2, '0')}`;
    const createdAt = random.between(
      new Date(base.getTime() - 700 * DAY_MS),
      new Date(base.getTime() - 380 * DAY_MS),
    );
    return {
      _id: random.objectId(createdAt),
      username,
      usernameKey: username,
      passwordHash,
      name: fullName(random),
      phone: mobileNumber(random, STAFF_PHONES_FROM + index),
      role,
      active: username !== LEFT,
      tokenVersion: 1,
      // the one date that is not invented: by it a running service notices new accounts
      stateChangedAt: new Date(),
      createdAt,
      updatedAt: createdAt,
    };
  });
}
