import type { Role } from './principal';

/** What a route asks of its caller. */
export type AccessRule =
  | { kind: 'public' }
  /** works without a token; with one, it must be a valid staff token */
  | { kind: 'optional-staff' }
  | { kind: 'staff'; roles: readonly Role[] }
  | { kind: 'member' }
  /** works without a token, and with one that is no longer good: it then counts as none */
  | { kind: 'optional-member' };
