import { randomInt } from 'node:crypto';
import type { Role } from '../../src/common/access/principal';

export const PASSWORD = 'correct-horse-9';

/** A phone of an invented person that passes every check; a new one at each call. */
export function phone(): string {
  return `1${randomInt(3, 10)}${String(randomInt(0, 1_000_000_000)).padStart(9, '0')}`;
}

const unique = (() => {
  let count = randomInt(1, 1_000_000);
  return () => (count++).toString(36);
})();

export function userInput(overrides: { role?: Role; username?: string; name?: string; phone?: string } = {}) {
  return {
    username: `staff-${unique()}`,
    password: PASSWORD,
    name: '李静',
    role: 'employee' as Role,
    ...overrides,
  };
}

export function customerInput(overrides: Record<string, unknown> = {}) {
  return { name: '张小明', phone: phone(), serviceType: '月嫂', expectedBudget: 8000, ...overrides };
}
