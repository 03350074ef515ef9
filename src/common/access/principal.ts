/** Roles of staff, from the agency's own organisation. */
export const ROLES = ['admin', 'manager', 'employee', 'hr'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_LABELS: Record<Role, string> = {
  admin: '系统管理员',
  manager: '经理',
  employee: '普通员工',
  hr: '面试官',
};

/** Whom a token was issued for; a token of one audience is refused by the other. */
export type Audience = 'crm' | 'marketplace';

export interface StaffPrincipal {
  kind: 'staff';
  id: string;
  name: string;
  role: Role;
  /** the token's jti, so that logout can revoke this one token */
  tokenId: string;
  /** seconds since 1970 */
  tokenExpiresAt: number;
}

export interface MemberPrincipal {
  kind: 'member';
  id: number;
}

export type Principal = StaffPrincipal | MemberPrincipal;
