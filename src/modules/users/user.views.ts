import { z } from 'zod';
import { ROLES } from '../../common/access/principal';
import { recordId } from '../../common/validation/fields';
import type { User } from './user.schema';

export const userView = z.strictObject({
  id: recordId,
  username: z.string().meta({ example: 'lijing' }),
  name: z.string().meta({ example: '李静' }),
  phone: z.string().nullable().meta({ example: '13800138000' }),
  role: z.enum(ROLES).meta({ example: 'employee' }),
  active: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type UserView = z.infer<typeof userView>;

export function toUserView(user: Omit<User, 'stateChangedAt'>): UserView {
  return {
    id: user._id.toHexString(),
    username: user.username ?? '',
    name: user.name,
    phone: user.phone ?? null,
    role: user.role,
    active: user.active,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}
