import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '../../common/access/principal';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { mobile, text } from '../../common/validation/fields';
import { newPassword } from './passwords';

export const username = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._-]{3,32}$/, { error: '应为 3–32 位字母、数字、点、下划线或连字符' })
  .meta({ description: '登录名，不区分大小写', example: 'lijing' });

const name = text(20, 1).meta({ description: '姓名', example: '李静' });
const role = z
  .enum(ROLES)
  .meta({ description: 'admin 系统管理员、manager 经理、employee 普通员工、hr 面试官', example: 'employee' });

export class CreateUserDto extends createZodDto(
  z.object({
    username,
    password: newPassword,
    name,
    phone: mobile.optional(),
    role,
    active: z.boolean().default(true),
  }),
) {}

export class UpdateUserDto extends createZodDto(
  z
    .object({ name, phone: mobile.nullable(), role, active: z.boolean() })
    .partial()
    .meta({ examples: [{ role: 'manager' }] }),
) {}

export class ResetPasswordDto extends createZodDto(z.object({ password: newPassword })) {}

export class ListUsersDto extends createZodDto(
  pageQuery.extend({ role: role.optional(), active: z.stringbool().optional() }).superRefine(boundedDepth),
) {}
