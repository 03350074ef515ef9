import type { User } from './user.schema';

/** Changes that may give the account to somebody else than whoever was bound to it. */
const BY_ANOTHERS_HAND = ['reset-password', 'recover-admin'];

export interface AccountUpdate {
  $set: Partial<User>;
  $unset?: { phone: '' };
  $inc?: { tokenVersion: 1 };
}

/** Whether somebody else may have the account from now on. */
export function isHandedOver(action: string, before: User, update: AccountUpdate): boolean {
  return BY_ANOTHERS_HAND.includes(action) || isAnothersPhone(before, update);
}

/** A number changed by an administrator is somebody else's; one added to an account without is not. */
function isAnothersPhone(before: User, { $set: { phone }, $unset }: AccountUpdate): boolean {
  return (
    before.phone !== undefined && ($unset !== undefined || (phone !== undefined && phone !== before.phone))
  );
}

export function isBound({ openid, officialOpenid, unionid }: User): boolean {
  return Boolean(openid ?? officialOpenid ?? unionid);
}

export function isActiveAdmin(user: User): boolean {
  return user.role === 'admin' && user.active;
}

export function audited(user: Omit<User, 'stateChangedAt'>): Record<string, unknown> {
  const { username, name, phone, role, active } = user;
  return { username, name, phone, role, active };
}

/** A password's change is recorded, the password is not. */
export function auditedChange(before: User, after: User) {
  const newPassword = before.passwordHash !== after.passwordHash;
  return {
    before: { ...audited(before), wechat: isBound(before), ...(newPassword ? { password: '***' } : {}) },
    after: {
      ...audited(after),
      wechat: isBound(after),
      ...(newPassword ? { password: '*** (已更换)' } : {}),
    },
  };
}
